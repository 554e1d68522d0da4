package extract_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/holtdb/holt/library/extract"
)

const containerXML = `<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`

// book returns the entries of an EPUB 3 with two chapters, the first of them
// with two sections of its own in the table of contents.
func book(tb testing.TB) []entry {
	return []entry{
		{"mimetype", "application/epub+zip"},
		{"META-INF/container.xml", containerXML},
		{"OEBPS/book.opf", `<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0">
<metadata><dc:title>Rivers &amp; Otters</dc:title><dc:creator>Ada Brook</dc:creator><dc:creator>Ben Ford</dc:creator><dc:language>en-gb</dc:language></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="c1" href="text/one%20.xhtml" media-type="application/xhtml+xml"/>
<item id="c2" href="text/two.xhtml" media-type="application/xhtml+xml"/>
<item id="cv" href="img/cover.png" media-type="image/png" properties="cover-image"/></manifest>
<spine><itemref idref="nav"/><itemref idref="c1"/><itemref idref="c2"/></spine></package>`},
		{"OEBPS/nav.xhtml", `<html xmlns:epub="e"><body><nav epub:type="landmarks"><ol><li><a href="text/two.xhtml">Skip</a></li></ol></nav>
<nav epub:type="toc"><h1>Contents</h1><ol><li><a href="text/one%20.xhtml">Chapter <i>One</i></a>
<ol><li><a href="text/one%20.xhtml#a">Sources</a></li><li><a href="text/one%20.xhtml#b">Mouths</a></li></ol></li>
<li><span>Part</span><ol><li><a href="text/two.xhtml">Chapter Two</a></li><li><a href="text/gone.xhtml">Gone</a></li></ol></li></ol></nav></body></html>`},
		{"OEBPS/text/one .xhtml", `<html><head><title/><style>p{}</style></head><body><h1>One</h1><p>` + words(200) + `brook</p>
<section id="a"><h2>Sources</h2><p>` + words(200) + `spring <img src="../img/map%201.png" alt="A map"/><img src="../img/x.svg"/></p></section>
<section id="b"><h2>Mouths</h2><p>` + words(200) + `delta <a href="two.xhtml#z">see two</a> <a href="https://example.org/">web</a></p></section></body></html>`},
		{"OEBPS/text/two.xhtml", `<html><body><h1>Two</h1>` + strings.Repeat("<p>"+words(100)+"</p>", 20) + `<script>alert(1)</script></body></html>`},
		{"OEBPS/img/cover.png", MustPNG(tb, 600, 960)},
		{"OEBPS/img/map 1.png", MustPNG(tb, 8, 8)},
		{"OEBPS/img/x.svg", "<svg/>"},
		{"OEBPS/img/fake.png", "<svg><script>alert(1)</script></svg>"},
	}
}

func TestReadEPUB3(t *testing.T) {
	content := MustRead(t, MustZip(t, book(t)...), extract.EPUB)
	if got, want := labels(content), "Chapter One|Sources|Mouths|Chapter Two|Chapter Two (2)"; got != want {
		t.Errorf("labels\n got %s\nwant %s", got, want)
	}
	meta := content.Meta
	if got, want := fmt.Sprint(meta.Title, meta.Authors, meta.Language), "Rivers & Otters[Ada Brook Ben Ford]en-GB"; got != want {
		t.Errorf("meta %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(meta.Outline), "[{Chapter One 0 1} {Sources 1 2} {Mouths 1 3} {Part 0 0} {Chapter Two 1 4} {Gone 1 0}]"; got != want {
		t.Errorf("outline\n got %s\nwant %s", got, want)
	}
	sources, mouths := content.Pages[1], content.Pages[2]
	if want := `<img src="holt-resource:OEBPS/img/map%201.png" alt="A map">`; !strings.Contains(sources.HTML, want) {
		t.Errorf("no %s in %s", want, sources.HTML)
	}
	if strings.Contains(sources.HTML, "svg") {
		t.Errorf("an SVG in %s", sources.HTML)
	}
	if want := `delta see two <a href="https://example.org/" rel="noopener noreferrer nofollow">web</a>`; !strings.Contains(mouths.HTML, want) {
		t.Errorf("no %s in %s", want, mouths.HTML)
	}
	if mouths.Heading != "Mouths" || content.Pages[4].Heading != "Two" {
		t.Errorf("headings %q and %q", mouths.Heading, content.Pages[4].Heading)
	}
	for i, page := range content.Pages {
		if n := len(strings.Fields(page.Text)); n > 1200 || n < 150 {
			t.Errorf("page %d has %d words", i+1, n)
		}
	}
	cover, err := png.DecodeConfig(bytes.NewReader(content.Cover))
	if err != nil || cover.Height != 480 || cover.Width != 300 {
		t.Errorf("cover %+v, %v", cover, err)
	}
}

func TestReadEPUB2(t *testing.T) {
	entries := replace(book(t),
		entry{"OEBPS/book.opf", `<?xml version="1.0" encoding="ISO-8859-1"?><package version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>Fl` + "\xfc" + `sse</dc:title><dc:language>de</dc:language><meta name="cover" content="cv"/></metadata>
<manifest><item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="c1" href="text/one%20.xhtml" media-type="application/xhtml+xml"/>
<item id="cv" href="img/cover.png" media-type="image/png"/></manifest>
<spine toc="ncx"><itemref idref="c1" linear="no"/><itemref idref="nothing"/></spine></package>`},
		entry{"OEBPS/toc.ncx", `<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "http://www.daisy.org/z3986/2005/ncx-2005-1.dtd"><ncx><navMap>
<navPoint><navLabel><text>Eins</text></navLabel><content src="text/one%20.xhtml"/>
<navPoint><navLabel><text>M&uuml;ndung</text></navLabel><content src="text/one%20.xhtml#b"/></navPoint></navPoint></navMap></ncx>`})
	content := MustRead(t, MustZip(t, entries...), extract.EPUB)
	if got, want := labels(content), "Eins|Mündung"; got != want {
		t.Errorf("labels %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(content.Meta.Outline), "[{Eins 0 1} {Mündung 1 2}]"; got != want {
		t.Errorf("outline %s, want %s", got, want)
	}
	if content.Meta.Title != "Flüsse" || content.Cover == nil {
		t.Errorf("title %q, cover of %d bytes", content.Meta.Title, len(content.Cover))
	}
}

func TestReadEPUBWithoutContents(t *testing.T) {
	entries := replace(book(t), entry{"OEBPS/nav.xhtml", "<html/>"})
	if got, want := labels(MustRead(t, MustZip(t, entries...), extract.EPUB)), "One|Two|Two (2)"; got != want {
		t.Errorf("labels %s, want %s", got, want)
	}
}

func TestReadBadEPUB(t *testing.T) {
	entity := `<!DOCTYPE package [<!ENTITY a "` + strings.Repeat("x", 1000) + `"><!ENTITY b "` + strings.Repeat("&a;", 1000) + `">]><package><metadata><title>&b;</title></metadata></package>`
	encryption := `<encryption><EncryptedData><CipherData><CipherReference URI="%s"/></CipherData></EncryptedData></encryption>`
	tests := []struct {
		name string
		with entry
		want error
	}{
		{"no container", entry{"META-INF/container.xml", ""}, extract.ErrBroken},
		{"container without a book", entry{"META-INF/container.xml", "<container/>"}, extract.ErrBroken},
		{"no spine", entry{"OEBPS/book.opf", "<package/>"}, extract.ErrBroken},
		{"not XML", entry{"OEBPS/book.opf", "\x00\x01"}, extract.ErrBroken},
		{"entity bomb", entry{"OEBPS/book.opf", entity}, extract.ErrBroken},
		{"deep XML", entry{"OEBPS/book.opf", strings.Repeat("<a>", 100_000)}, extract.ErrBroken},
		{"attribute bomb", entry{"OEBPS/book.opf", "<package " + strings.Repeat("a='1' ", 100_000) + ">"}, extract.ErrBroken},
		{"package too large", entry{"OEBPS/book.opf", strings.Repeat(" ", 9<<20)}, extract.ErrTooLarge},
		{"document too large", entry{"OEBPS/text/two.xhtml", strings.Repeat("x", 33<<20)}, extract.ErrTooLarge},
		{"too many paragraphs", entry{"OEBPS/text/two.xhtml", strings.Repeat("<p>x", 500_010)}, extract.ErrTooLarge},
		{"encrypted text", entry{"META-INF/encryption.xml", fmt.Sprintf(encryption, "OEBPS/text/two.xhtml")}, extract.ErrProtected},
		{"encrypted font", entry{"META-INF/encryption.xml", fmt.Sprintf(encryption, "OEBPS/font.otf")}, nil},
		{"contents too deep", entry{"OEBPS/nav.xhtml", "<nav>" + strings.Repeat("<ol><li><a href='text/two.xhtml'>x</a>", 10_000)}, nil},
		{"cover that is a bomb", entry{"OEBPS/img/cover.png", pngHeader(60_000, 60_000)}, nil},
		{"cover that is none", entry{"OEBPS/img/cover.png", "<svg/>"}, nil},
		{"names that lead out", entry{"../../etc/passwd", "root"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := MustZip(t, replace(book(t), tt.with)...)
			content, err := extract.Read(context.Background(), file(data, extract.EPUB))
			if !errors.Is(err, tt.want) || (tt.want == nil) != (err == nil) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if err == nil {
				requireSound(t, content)
			}
		})
	}
}

// pngHeader begins an image of that size, which would be large in memory.
func pngHeader(width, height int) string {
	size := func(n int) string { return string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) }
	return "\x89PNG\r\n\x1a\n" + size(13) + "IHDR" + size(width) + size(height) + "\x08\x02\x00\x00\x00"
}

func TestReadTruncatedEPUB(t *testing.T) {
	data := MustZip(t, book(t)...)
	for _, size := range []int{1, 30, len(data) / 2, len(data) - 10} {
		if _, err := extract.Read(context.Background(), file(data[:size], extract.EPUB)); !errors.Is(err, extract.ErrBroken) {
			t.Errorf("%d of %d bytes: %v", size, len(data), err)
		}
	}
}

func TestReadEPUBTotal(t *testing.T) {
	if testing.Short() {
		t.Skip("large input")
	}
	var manifest, spine strings.Builder
	entries := book(t)
	for i := range 5 {
		name := fmt.Sprintf("big%d.xhtml", i)
		fmt.Fprintf(&manifest, `<item id="b%d" href="%s" media-type="application/xhtml+xml"/>`, i, name)
		fmt.Fprintf(&spine, `<itemref idref="b%d"/>`, i)
		entries = append(entries, entry{"OEBPS/" + name, strings.Repeat(" ", 30<<20)})
	}
	entries = replace(entries, entry{"OEBPS/book.opf", "<package><manifest>" + manifest.String() + "</manifest><spine>" + spine.String() + "</spine></package>"})
	if _, err := extract.Read(context.Background(), file(MustZip(t, entries...), extract.EPUB)); !errors.Is(err, extract.ErrTooLarge) {
		t.Errorf("150 MB out of an archive: %v", err)
	}
}

func TestManyEntries(t *testing.T) {
	if testing.Short() {
		t.Skip("large input")
	}
	for n, length := range map[int]int{21_000: 8, 3_000: 3_000} {
		entries := make([]entry, n)
		for i := range entries {
			entries[i].name = fmt.Sprintf("%0*d", length, i)
		}
		data := MustZip(t, entries...)
		if _, err := extract.Detect(bytes.NewReader(data), int64(len(data)), "a.epub"); !errors.Is(err, extract.ErrTooLarge) {
			t.Errorf("%d entries with names of %d bytes: %v", n, length, err)
		}
	}
}

func TestReadCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := extract.Read(ctx, file(MustZip(t, book(t)...), extract.EPUB)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOpenResource(t *testing.T) {
	data := MustZip(t, replace(book(t), entry{"big.png", MustPNG(t, 8, 8) + strings.Repeat("\x00", 16<<20)})...)
	r, err := extract.OpenResource(file(data, extract.EPUB), "OEBPS/img/map 1.png")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var buf bytes.Buffer
	if n, err := buf.ReadFrom(r); err != nil || n != r.Size || r.MediaType != "image/png" || buf.String() != MustPNG(t, 8, 8) {
		t.Errorf("%d of %d bytes of %s, %v", n, r.Size, r.MediaType, err)
	}
	tests := []struct {
		name string
		want error
	}{
		{"OEBPS/img/x.svg", extract.ErrUnsupported},
		{"OEBPS/img/fake.png", extract.ErrUnsupported},
		{"OEBPS/book.opf", extract.ErrUnsupported},
		{"OEBPS/img/none.png", extract.ErrUnsupported},
		{"OEBPS/img/../img/map 1.png", extract.ErrUnsupported},
		{"../../etc/passwd.png", extract.ErrUnsupported},
		{"/OEBPS/img/map 1.png", extract.ErrUnsupported},
		{"OEBPS/IMG/map 1.png", extract.ErrUnsupported},
		{"", extract.ErrUnsupported},
		{"big.png", extract.ErrTooLarge},
	}
	for _, tt := range tests {
		if _, err := extract.OpenResource(file(data, extract.EPUB), tt.name); !errors.Is(err, tt.want) {
			t.Errorf("%q: got %v, want %v", tt.name, err, tt.want)
		}
	}
	if _, err := extract.OpenResource(file([]byte("x"), extract.Text), "a.png"); !errors.Is(err, extract.ErrUnsupported) {
		t.Errorf("in a text: %v", err)
	}
}

// FuzzReadEPUB varies the parts of a book, since a fuzzer rarely makes a valid
// archive, and the archive as a whole.
func FuzzReadEPUB(f *testing.F) {
	parts := book(f)
	f.Add(parts[2].data, parts[3].data, parts[4].data, []byte(nil))
	f.Add(parts[2].data, parts[3].data, "<p id=a>x", MustZip(f, parts...))
	f.Fuzz(func(t *testing.T, opf, nav, document string, archive []byte) {
		if len(archive) == 0 {
			archive = MustZip(t, replace(parts[:5], entry{"OEBPS/book.opf", opf}, entry{"OEBPS/nav.xhtml", nav}, entry{"OEBPS/text/one .xhtml", document})...)
		}
		content, err := extract.Read(context.Background(), file(archive, extract.EPUB))
		if err == nil {
			requireSound(t, content)
		}
	})
}

func TestCovers(t *testing.T) {
	picture := image.NewRGBA(image.Rect(0, 0, 1000, 1000))
	var jpegData, gifData bytes.Buffer
	if err := jpeg.Encode(&jpegData, picture, nil); err != nil {
		t.Fatal(err)
	}
	if err := gif.Encode(&gifData, picture, nil); err != nil {
		t.Fatal(err)
	}
	webpData, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, data    string
		width, height int
	}{
		{"JPEG", jpegData.String(), 480, 480},
		{"GIF", gifData.String(), 480, 480},
		{"WebP", string(webpData), 1, 1},
		{"small PNG", MustPNG(t, 40, 60), 40, 60},
		{"wide PNG", MustPNG(t, 4000, 10), 960, 2},
		{"tall PNG", MustPNG(t, 1, 4000), 1, 480},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := MustZip(t, replace(book(t), entry{"OEBPS/img/cover.png", tt.data})...)
			cover, err := png.DecodeConfig(bytes.NewReader(MustRead(t, data, extract.EPUB).Cover))
			if err != nil || cover.Width != tt.width || cover.Height != tt.height {
				t.Errorf("got %d × %d, %v; want %d × %d", cover.Width, cover.Height, err, tt.width, tt.height)
			}
		})
	}
}
