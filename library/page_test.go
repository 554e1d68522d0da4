package library_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"image"
	"image/png"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/library"
)

func MustDecode(tb testing.TB, data []byte) image.Image {
	tb.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	return img
}

func height(tb testing.TB, data []byte) int { return MustDecode(tb, data).Bounds().Dy() }

// yellow counts the pixels that a marker touched: paper that is not white any
// more but still has all its red.
func yellow(img image.Image) int {
	n := 0
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if r, _, b, _ := img.At(x, y).RGBA(); r == 0xffff && b < 0x6000 {
				n++
			}
		}
	}
	return n
}

func TestLibrary_Marks_PDF(t *testing.T) {
	l := MustOpen(t, settings{})
	doc := MustAdd(t, l, "a.pdf", PDF("Two otters (one of them young) were watch-\ning the Caf\351 by the river.\nThe OTTER dived, and nobody saw it again that day."))
	for _, c := range []struct {
		query string
		hits  string
	}{
		{"otter", "otters OTTER"},     // word forms, case
		{"watching", "watch- ing"},    // divided at the line end
		{"cafe river", "Café river."}, // accents
		{`"by the river"`, "by the river."},
		{`"river by"`, ""},
		{"you*", "young)"},
		{"-otter", "otters OTTER"},
		{"badger", ""},
		{"", ""},
	} {
		layout, err := l.Layout(t.Context(), doc.ID, 1, library.Marks{Query: c.query})
		if err != nil {
			t.Fatal(err)
		}
		var hits []string
		for _, w := range layout.Words {
			if w.Hit {
				hits = append(hits, w.Text)
			}
			if w.X < 0 || w.Y < 0 || w.X+w.W > layout.Width || w.Y+w.H > layout.Height {
				t.Errorf("%q lies outside of the page: %+v", w.Text, w.Box)
			}
		}
		if got := strings.Join(hits, " "); got != c.hits {
			t.Errorf("%q: marked %q, want %q", c.query, got, c.hits)
		}
		plain, err := l.PageImage(t.Context(), doc.ID, 1, 500)
		if err != nil {
			t.Fatal(err)
		}
		marked, err := l.MarkedImage(t.Context(), doc.ID, 1, 500, library.Marks{Query: c.query})
		if err != nil {
			t.Fatal(err)
		}
		if w := MustDecode(t, marked).Bounds().Dx(); w != 720 {
			t.Errorf("image is %d pixels wide", w)
		}
		if n := yellow(MustDecode(t, plain)); n != 0 {
			t.Fatalf("%d yellow pixels on the plain page", n)
		}
		if n := yellow(MustDecode(t, marked)); (n > 0) != (c.hits != "") {
			t.Errorf("%q: %d yellow pixels", c.query, n)
		}
	}
	if text, err := l.MarkedText(t.Context(), doc.ID, 1, library.Marks{Query: "watching"}); err != nil || !strings.Contains(text, "<mark>watching</mark>") {
		t.Errorf("text %q, %v", text, err)
	}
	if html, err := l.MarkedHTML(t.Context(), doc.ID, 1, library.Marks{Query: "otter"}); err != nil || html != "" {
		t.Errorf("HTML of a PDF: %q, %v", html, err)
	}
}

func TestLibrary_Marks_Escaped(t *testing.T) {
	l := MustOpen(t, settings{})
	doc := MustAdd(t, l, "<img src=x onerror=alert(1)>.txt", []byte("Never write <script>alert('otter')</script> & similar things."))
	hit := MustSearch(t, l, library.Query{Text: "otter"}).Hits[0]
	text, err := l.MarkedText(t.Context(), doc.ID, 1, library.Marks{Query: "otter script"})
	if err != nil {
		t.Fatal(err)
	}
	html, err := l.MarkedHTML(t.Context(), doc.ID, 1, library.Marks{Query: "otter script"})
	if err != nil {
		t.Fatal(err)
	}
	for what, s := range map[string]string{"snippet": hit.Snippet, "text": text, "HTML": html} {
		if strings.Contains(s, "<script") || strings.ContainsAny(s, "\x02\x03") || strings.Count(s, "<mark>") != strings.Count(s, "</mark>") {
			t.Errorf("%s is not safe: %q", what, s)
		}
		if !strings.Contains(s, "<mark>otter</mark>") || !strings.Contains(s, "&lt;") {
			t.Errorf("%s: %q", what, s)
		}
	}
}

func TestLibrary_Page_Absent(t *testing.T) {
	l := MustOpen(t, settings{})
	pdf := MustAdd(t, l, "a.pdf", PDF("A page with enough words on it to have a text layer."))
	text := MustAdd(t, l, "a.txt", []byte("Only one page here."))
	for _, number := range []int{-1, 0, 2, 1 << 20, 1<<20 + 1, 1 << 40} {
		if _, err := l.Page(t.Context(), pdf.ID, number); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("page %d: %v", number, err)
		}
		if _, err := l.PageImage(t.Context(), pdf.ID, number, 100); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("image of page %d: %v", number, err)
		}
	}
	if _, err := l.PageImage(t.Context(), text.ID, 1, 100); !errors.Is(err, library.ErrInvalid) {
		t.Errorf("image of a text: %v", err)
	}
	for _, name := range []string{"x.png", "../../pagepiper.db", "/etc/passwd", ""} {
		if _, _, _, err := l.Resource(t.Context(), text.ID, name); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("resource %q: %v", name, err)
		}
	}
	if _, err := l.Page(t.Context(), "nobody", 1); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("page of nothing: %v", err)
	}
}

func TestLibrary_PageImage_Bounded(t *testing.T) {
	const bound = 60_000
	s := MustServe(t, settings{cache: bound})
	l := s.MustLibrary(t, "ada")
	doc := MustAdd(t, l, "a.pdf", LongPDF(12))
	var all sync.WaitGroup
	for n := 1; n <= doc.Pages; n++ {
		for range 3 {
			all.Go(func() {
				img, err := l.PageImage(t.Context(), doc.ID, n, 720)
				if err != nil || height(t, img) != 960 {
					t.Errorf("page %d: %v", n, err)
				}
			})
		}
	}
	all.Wait()
	s.stop() // waits for what is drawn ahead
	var bytes int64
	images := 0
	err := filepath.WalkDir(filepath.Join(s.dir, "users", "ada", "cache"), func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		images++
		bytes += info.Size()
		return err
	})
	if err != nil || bytes > bound || images == 0 {
		t.Errorf("%d bytes in %d files, %v", bytes, images, err)
	}
	// A file that a crash cut off is made again.
	l = MustServe(t, settings{dir: s.dir}).MustLibrary(t, "ada")
	name := filepath.Join(s.dir, "users", "ada", "cache", doc.ID, "3-720.png")
	if err := os.WriteFile(name, []byte("\x89PNG"), 0o600); err != nil {
		t.Fatal(err)
	}
	if img, err := l.PageImage(t.Context(), doc.ID, 3, 720); err != nil || height(t, img) != 960 {
		t.Errorf("page 3: %v", err)
	}
}

// EPUB makes a book of one chapter with an image in it.
func EPUB(tb testing.TB) []byte {
	tb.Helper()
	var picture, out bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		tb.Fatal(err)
	}
	z := zip.NewWriter(&out)
	for _, e := range []struct{ name, data string }{
		{"mimetype", "application/epub+zip"},
		{"META-INF/container.xml", `<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">` +
			`<rootfiles><rootfile full-path="book/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`},
		{"book/content.opf", `<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">` +
			`<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">x</dc:identifier><dc:title>Newts</dc:title>` +
			`<dc:language>en</dc:language></metadata><manifest><item id="c" href="c.xhtml" media-type="application/xhtml+xml"/>` +
			`<item id="p" href="img/a%20b.png" media-type="image/png"/></manifest><spine><itemref idref="c"/></spine></package>`},
		{"book/c.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Newts</title></head>` +
			`<body><h1>Newts</h1><p>A newt <img src="img/a%20b.png" alt="newt"/> lives in a pond.</p></body></html>`},
		{"book/img/a b.png", picture.String()},
	} {
		w, err := z.Create(e.name)
		if err == nil {
			_, err = io.WriteString(w, e.data)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func TestLibrary_Resource(t *testing.T) {
	l := MustOpen(t, settings{})
	doc := MustAdd(t, l, "newts.epub", EPUB(t))
	html, err := l.MarkedHTML(t.Context(), doc.ID, 1, library.Marks{Query: "newts ponds"})
	if err != nil || strings.Count(html, "<mark>") < 2 || !strings.Contains(html, "<mark>pond</mark>") {
		t.Errorf("HTML %q, %v", html, err)
	}
	_, part, ok := strings.Cut(html, `src="holt-resource:`)
	name, _, _ := strings.Cut(part, `"`)
	name, err = url.PathUnescape(name)
	if !ok || err != nil || name != "book/img/a b.png" {
		t.Fatalf("image %q, %v in %q", name, err, html)
	}
	r, mediaType, size, err := l.Resource(t.Context(), doc.ID, name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || int64(len(data)) != size || mediaType != "image/png" {
		t.Errorf("%s of %d bytes, %v", mediaType, size, err)
	}
	if MustDecode(t, data).Bounds().Dx() != 3 {
		t.Error("another image")
	}
	for _, name := range []string{"mimetype", "META-INF/container.xml", "book/c.xhtml", "../pagepiper.db", "x.png"} {
		if _, _, _, err := l.Resource(t.Context(), doc.ID, name); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("resource %q: %v", name, err)
		}
	}
}
