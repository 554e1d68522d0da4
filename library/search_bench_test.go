package library_test

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/holtdb/holt/library"
)

// BenchmarkLibrary_SearchUnspaced searches 10,000 pages of 1,000 characters of a
// script without spaces: for two characters, which no index has, for three, and
// for a sentence that stands nowhere as a whole.
func BenchmarkLibrary_SearchUnspaced(b *testing.B) {
	const documents, pages, characters = 50, 200, 1000
	l := MustOpen(b, settings{idle: true})
	r := rand.New(rand.NewSource(1))
	zipf := rand.NewZipf(r, 1.1, 20, 2999)
	character := func() rune { return rune(0x4e00 + zipf.Uint64()) }
	var sample []rune
	for d := range documents {
		texts := make([]string, pages)
		for p := range texts {
			text := make([]rune, characters)
			for i := range text {
				text[i] = character()
			}
			texts[p], sample = string(text), text
		}
		if err := l.AddPages(b.Context(), fmt.Sprint("document ", d), texts); err != nil {
			b.Fatal(err)
		}
	}
	for _, c := range []struct {
		what string
		text string
	}{
		{"two", string(sample[100:102])},
		{"three", string(sample[200:203])},
		{"sentence", string(sample[300:306]) + string(sample[400:406])},
	} {
		b.Run(c.what, func(b *testing.B) {
			for b.Loop() {
				if len(MustSearch(b, l, library.Query{Text: c.text}).Hits) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}
