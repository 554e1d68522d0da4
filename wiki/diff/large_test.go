package diff_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/diff"
)

// large returns pairs of texts of about a megabyte, or a share of it; the pair
// without a common line is always whole.
func large(share int) map[string][2][]byte {
	r := rand.New(rand.NewPCG(7, 8))
	numbered := func(prefix string, n int) []byte {
		var b bytes.Buffer
		for i := range n {
			fmt.Fprintf(&b, "%s line number %d\n", prefix, i)
		}
		return b.Bytes()
	}
	drawn := func(n, words int) []byte {
		var b bytes.Buffer
		for range n {
			fmt.Fprintf(&b, "%d\n", r.IntN(words))
		}
		return b.Bytes()
	}
	reversed := func(n int) []byte {
		var b bytes.Buffer
		for i := range n {
			fmt.Fprintf(&b, "old line number %d\n", n-i)
		}
		return b.Bytes()
	}
	return map[string][2][]byte{
		"all different":        {numbered("old", 50_000), numbered("new", 50_000)},
		"reversed":             {numbered("old", 50_000/share), reversed(50_000 / share)},
		"two words":            {drawn(500_000/share, 2), drawn(500_000/share, 2)},
		"hundred words":        {drawn(300_000/share, 100), drawn(300_000/share, 100)},
		"many words":           {drawn(150_000/share, 100_000), drawn(150_000/share, 100_000)},
		"empty lines":          {bytes.Repeat([]byte("\n"), 1<<20/share), bytes.Repeat([]byte("\n"), 1<<19/share)},
		"interleaved":          {bytes.Repeat([]byte("a\n"), 1<<18/share), bytes.Repeat([]byte("a\nb\n"), 1<<18/share)},
		"periods":              {bytes.Repeat([]byte("a\nb\nc\n"), 1<<16/share), bytes.Repeat([]byte("b\na\nc\nc\n"), 1<<16/share)},
		"one line":             {bytes.Repeat([]byte("word "), 200_000), bytes.Repeat([]byte("other "), 180_000)},
		"many words on a line": {[]byte(strings.Repeat("a b c ", 5000)), []byte(strings.Repeat("b c d ", 5000))},
	}
}

func TestLarge(t *testing.T) {
	for name, pair := range large(8) {
		t.Run(name, func(t *testing.T) { check(t, pair[0], pair[1], 3) })
	}
}

func BenchmarkLarge(b *testing.B) {
	for name, pair := range large(1) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(pair[0]) + len(pair[1])))
			for b.Loop() {
				diff.Lines(pair[0], pair[1], 3)
			}
		})
	}
}

// BenchmarkPage compares two revisions of a long page.
func BenchmarkPage(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 10))
	old := randomText(r, 0, 1)
	for i := range 2000 {
		old = fmt.Appendf(old, "This is paragraph %d of a page, with some words.\n\n", i)
	}
	new := edit(r, old, 20, 1000)
	b.Run("Lines", func(b *testing.B) {
		for b.Loop() {
			diff.Lines(old, new, 3)
		}
	})
	b.Run("Attribute", func(b *testing.B) {
		owners := make([]int, len(diff.Split(old)))
		for b.Loop() {
			diff.Attribute(owners, old, new, 1)
		}
	})
}
