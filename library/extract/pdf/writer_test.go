package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pdfFile collects the numbered objects of a small PDF. Object 1 is the
// catalog, object 2 the root of the page tree, object 3 the font Helvetica.
type pdfFile struct {
	objects []string // body of object n+1
	pages   []int
	catalog string // more entries of the catalog
	info    string // entries of the information dictionary
}

func newPDF() *pdfFile {
	return &pdfFile{objects: []string{"", "",
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"}}
}

// object adds an object and returns its number.
func (p *pdfFile) object(body string) int {
	p.objects = append(p.objects, body)
	return len(p.objects)
}

// stream adds a stream with more entries in its dictionary.
func (p *pdfFile) stream(entries, data string) int {
	return p.object(fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", entries, len(data), data))
}

// page adds a page of 300×400 points that draws content. entries are more of
// the page's dictionary, resources in place of the usual ones included.
func (p *pdfFile) page(content, entries string) {
	if !strings.Contains(entries, "/Resources") {
		entries += "/Resources<</Font<</F 3 0 R>>>>"
	}
	body := p.stream("", content)
	p.pages = append(p.pages, p.object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/Contents %d 0 R%s>>", body, entries)))
}

// lines draws lines of text from the top left corner.
func lines(lines ...string) string {
	var b bytes.Buffer
	b.WriteString("BT /F 12 Tf 14 TL 30 360 Td\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "(%s) Tj T*\n", l)
	}
	b.WriteString("ET")
	return b.String()
}

func (p *pdfFile) bytes() []byte {
	var kids bytes.Buffer
	for _, n := range p.pages {
		fmt.Fprintf(&kids, "%d 0 R ", n)
	}
	p.objects[0] = "<</Type/Catalog/Pages 2 0 R" + p.catalog + ">>"
	p.objects[1] = fmt.Sprintf("<</Type/Pages/MediaBox[0 0 300 400]/Kids[%s]/Count %d>>", kids.String(), len(p.pages))
	info := p.object("<<" + p.info + ">>")
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	offsets := make([]int, len(p.objects))
	for i, body := range p.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, info, start)
	return b.Bytes()
}

// mustFile writes b to a file and opens it for reading.
func mustFile(tb testing.TB, b []byte) *os.File {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "test.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	return mustOpenFile(tb, path)
}

func mustOpenFile(tb testing.TB, path string) *os.File {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Close() })
	return f
}
