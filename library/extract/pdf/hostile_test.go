package pdf_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/pdf"
)

func TestEngine_Open_Broken(t *testing.T) {
	p := newPDF()
	p.page(lines("text"), "")
	good := p.bytes()
	e := mustEngine(t, pdf.Options{})
	for name, b := range map[string][]byte{
		"empty":            {},
		"one byte":         {'%'},
		"text":             []byte("This is a plain text file, not a PDF."),
		"header only":      []byte("%PDF-1.7\n"),
		"truncated":        good[:len(good)/4],
		"no pages":         newPDF().bytes(),
		"zip":              []byte("PK\x03\x04" + strings.Repeat("\x00", 100)),
		"zeros":            make([]byte, 100_000),
		"trailer nonsense": bytes.Replace(good, []byte("/Root 1 0 R"), []byte("/Root 9 9 R"), 1),
	} {
		t.Run(name, func(t *testing.T) {
			d, err := e.Open(t.Context(), mustFile(t, b), "")
			if !errors.Is(err, extract.ErrBroken) {
				t.Errorf("Open() = %v, want ErrBroken", err)
			}
			if err == nil {
				d.Close()
			}
		})
	}
}

func TestEngine_Open_NotAFile(t *testing.T) {
	e := mustEngine(t, pdf.Options{})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	closed := mustFile(t, nil)
	closed.Close()
	for name, f := range map[string]*os.File{
		"pipe": r, "directory": mustOpenFile(t, t.TempDir()), "closed": closed, "nil": nil,
	} {
		if _, err := e.Open(t.Context(), f, ""); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
	if n := e.Children(); n != 0 {
		t.Errorf("%d children were started", n)
	}
}

func TestEngine_Open_Password(t *testing.T) {
	e := mustEngine(t, pdf.Options{})
	for _, c := range []struct {
		password string
		want     error
	}{
		{"", extract.ErrPassword},
		{"stoat", extract.ErrPassword},
		{strings.Repeat("x", 5000), extract.ErrPassword},
		{"otter", nil},
	} {
		d, err := e.Open(t.Context(), mustOpenFile(t, "testdata/encrypted.pdf"), c.password)
		if !errors.Is(err, c.want) {
			t.Errorf("password %.10q: %v, want %v", c.password, err, c.want)
		}
		if err != nil {
			if c.password != "" && strings.Contains(err.Error(), c.password) {
				t.Errorf("the error %q tells the password", err)
			}
			continue
		}
		if got := strings.TrimSpace(mustText(t, d, 1)); got != "A secret holt" {
			t.Errorf("text %q", got)
		}
		d.Close()
	}
}

func TestDocument_Outline_Cyclic(t *testing.T) {
	p := newPDF()
	p.page(lines("text"), "")
	a, b := p.object(""), p.object("")
	root := p.object(fmt.Sprintf("<</First %d 0 R/Last %d 0 R>>", a, b))
	p.objects[a-1] = fmt.Sprintf("<</Title(A)/Parent %d 0 R/Next %d 0 R/First %d 0 R>>", root, b, b)
	p.objects[b-1] = fmt.Sprintf("<</Title(B)/Parent %d 0 R/Next %d 0 R/First %d 0 R>>", root, a, a)
	p.catalog = fmt.Sprintf("/Outlines %d 0 R", root)
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	if got := d.Info().Outline; len(got) != 2 || got[0].Title != "A" || got[1].Title != "B" {
		t.Errorf("outline %+v, want A and B once each", got)
	}
}

func TestDocument_Outline_Bounded(t *testing.T) {
	p := newPDF()
	p.page(lines("text"), "")
	const depth, breadth = 200, 12_000
	first := len(p.objects) + 1
	for n := range depth { // each the child of the last
		p.object(fmt.Sprintf("<</Title(Deep %d)/First %d 0 R>>", n, first+n+1))
	}
	p.object("<</Title(Deepest)>>")
	wide := len(p.objects) + 1
	for n := range breadth {
		p.object(fmt.Sprintf("<</Title(Wide %d)/Next %d 0 R>>", n, wide+n+1))
	}
	p.object("<</Title(Last)>>")
	p.objects[first-1] = fmt.Sprintf("<</Title(Deep 0)/First %d 0 R/Next %d 0 R>>", first+1, wide)
	root := p.object(fmt.Sprintf("<</First %d 0 R>>", first))
	p.catalog = fmt.Sprintf("/Outlines %d 0 R", root)
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	outline := d.Info().Outline
	if len(outline) != 10_000 {
		t.Errorf("outline of %d entries, want 10000", len(outline))
	}
	for _, entry := range outline {
		if entry.Level >= 32 {
			t.Fatalf("entry %q at level %d", entry.Title, entry.Level)
		}
	}
}

func TestDocument_HugePage(t *testing.T) {
	p := newPDF()
	p.page(lines("far away"), "/MediaBox[0 0 100000000 400]")
	p.page(lines("high up"), "/MediaBox[0 0 1 1000000]")
	p.page(lines("inside out"), "/MediaBox[300 400 0 0]")
	p.page(lines("nowhere"), "/MediaBox[0 0 0 0]")
	p.page(lines("not a number"), "/MediaBox[0 0 1e999 /x]")
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	for n := 1; n <= d.Info().Pages; n++ {
		b, err := d.Render(t.Context(), n, 2_000_000_000)
		if err != nil {
			if !errors.Is(err, extract.ErrBroken) && !errors.Is(err, extract.ErrTooLarge) {
				t.Errorf("page %d: %v", n, err)
			}
			continue
		}
		c, err := png.DecodeConfig(bytes.NewReader(b))
		if err != nil || c.Width*c.Height > 40_000_000 {
			t.Errorf("page %d: %d×%d pixels, %v", n, c.Width, c.Height, err)
		}
		if _, err := d.Words(t.Context(), n); err != nil {
			t.Errorf("words of page %d: %v", n, err)
		}
	}
}

// slow returns a document whose second page takes many minutes to draw, and
// little memory: each of its pixels has a colour that is long to compute.
func slow() []byte {
	p := newPDF()
	p.page(lines("harmless"), "")
	function := p.stream("/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]",
		"{ pop "+strings.Repeat("dup mul ", 10_000)+"dup dup }")
	shading := p.object(fmt.Sprintf("<</ShadingType 1/ColorSpace/DeviceRGB/Matrix[300 0 0 400 0 0]/Function %d 0 R>>", function))
	p.page("/S sh", fmt.Sprintf("/Resources<</Shading<</S %d 0 R>>>>", shading))
	return p.bytes()
}

// drawSlowly draws the slow page.
func drawSlowly(ctx context.Context, d *pdf.Document) error {
	_, err := d.Render(ctx, 2, 2000)
	return err
}

func TestDocument_Timeout(t *testing.T) {
	e := mustEngine(t, pdf.Options{CallTimeout: 3 * time.Second})
	d := mustOpen(t, e, mustFile(t, slow()))
	mustText(t, d, 1)
	if err := drawSlowly(t.Context(), d); !errors.Is(err, extract.ErrTooLarge) {
		t.Fatalf("Render() = %v, want ErrTooLarge", err)
	}
	if _, err := d.Text(t.Context(), 1); !errors.Is(err, extract.ErrTooLarge) {
		t.Errorf("after the timeout Text() = %v, want ErrTooLarge", err)
	}
	p := newPDF()
	p.page(lines("next"), "")
	if got := strings.TrimSpace(mustText(t, mustOpen(t, e, mustFile(t, p.bytes())), 1)); got != "next" {
		t.Errorf("the next document has text %q", got)
	}
}

// TestDocument_MemoryLimit reads a page that needs too much memory: that page
// fails, the others do not.
func TestDocument_MemoryLimit(t *testing.T) {
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	for range 200 {
		z.Write(spaces)
	}
	z.Close()
	p := newPDF()
	p.page(lines("small"), "")
	p.pages = append(p.pages, p.object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/Contents %d 0 R>>",
		p.stream("/Filter/FlateDecode", bomb.String()))))
	e := mustEngine(t, pdf.Options{MemoryLimit: 64 << 20})
	d := mustOpen(t, e, mustFile(t, p.bytes()))
	if _, err := d.Render(t.Context(), 1, 5000); !errors.Is(err, extract.ErrTooLarge) {
		t.Errorf("a large picture: %v, want ErrTooLarge", err)
	}
	if text, err := d.Text(t.Context(), 2); !errors.Is(err, extract.ErrTooLarge) {
		t.Errorf("a page of 200 MB: %q, %v, want ErrTooLarge", text, err)
	}
	if got := strings.TrimSpace(mustText(t, d, 1)); got != "small" {
		t.Errorf("afterwards page 1 has text %q", got)
	}
}

func TestNewEngine_MemoryLimit(t *testing.T) {
	if _, err := pdf.NewEngine(pdf.Options{MemoryLimit: 1 << 20}); err == nil {
		t.Error("an engine with 1 MB of memory was made")
	}
}
