package extract_test

import (
	"archive/zip"
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"runtime"
	"strings"
	"testing"

	"github.com/holtdb/holt/library/extract"
)

// entry is a file in an archive.
type entry struct{ name, data string }

// MustZip makes an archive of the entries in their order.
func MustZip(tb testing.TB, entries ...entry) []byte {
	tb.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(e.data)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// replace returns entries with others in place of those of the same name, or
// after them.
func replace(entries []entry, others ...entry) []entry {
	replaced := append([]entry(nil), entries...)
next:
	for _, other := range others {
		for i := range replaced {
			if replaced[i].name == other.name {
				replaced[i] = other
				continue next
			}
		}
		replaced = append(replaced, other)
	}
	return replaced
}

func file(data []byte, format extract.Format) extract.File {
	return extract.File{Reader: bytes.NewReader(data), Size: int64(len(data)), Format: format}
}

// MustRead reads a file and checks what holds for every content.
func MustRead(tb testing.TB, data []byte, format extract.Format) *extract.Content {
	tb.Helper()
	content, err := extract.Read(context.Background(), file(data, format))
	if err != nil {
		tb.Fatal(err)
	}
	requireSound(tb, content)
	return content
}

// requireSound checks what holds for every content.
func requireSound(tb testing.TB, content *extract.Content) {
	tb.Helper()
	for i, page := range content.Pages {
		if page.Number != i+1 || page.Label == "" {
			tb.Errorf("page %d has number %d and label %q", i+1, page.Number, page.Label)
		}
		if strings.Contains(page.HTML, "<script") || strings.Contains(page.HTML, "onerror") {
			tb.Errorf("page %d is not safe: %s", i+1, page.HTML)
		}
	}
	for _, entry := range content.Meta.Outline {
		if entry.Title == "" || entry.Level < 0 || entry.Page < 0 || entry.Page > len(content.Pages) {
			tb.Errorf("outline entry %+v of %d pages", entry, len(content.Pages))
		}
	}
}

// labels returns the labels of the pages, divided by "|".
func labels(content *extract.Content) string {
	var all []string
	for _, page := range content.Pages {
		all = append(all, page.Label)
	}
	return strings.Join(all, "|")
}

// MustPNG makes a grey image.
func MustPNG(tb testing.TB, width, height int) string {
	tb.Helper()
	picture := image.NewGray(image.Rect(0, 0, width, height))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i)
	}
	picture.Set(0, 0, color.White)
	var buf bytes.Buffer
	if err := png.Encode(&buf, picture); err != nil {
		tb.Fatal(err)
	}
	return buf.String()
}

// allocated returns the bytes that f allocates, whether it keeps them or not.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// live returns the bytes in use after a garbage collection.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func words(n int) string { return strings.Repeat("word ", n) }
