package pdf_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/pdf"
)

// cacheVariable names the directory of compiled code for a test run. Set it to
// share one between runs: compiling under the race detector takes a minute.
const cacheVariable = "HOLT_TEST_PDF_CACHE"

func TestMain(m *testing.M) {
	pdf.RunChild()
	if os.Getenv(cacheVariable) != "" {
		os.Exit(m.Run())
	}
	cache, err := os.MkdirTemp("", "holt-pdf-cache-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv(cacheVariable, cache)
	code := m.Run()
	os.RemoveAll(cache)
	os.Exit(code)
}

// mustEngine opens an engine that shares the test run's compiled code.
func mustEngine(tb testing.TB, options pdf.Options) *pdf.Engine {
	tb.Helper()
	options.CacheDir = os.Getenv(cacheVariable)
	e, err := pdf.NewEngine(options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { e.Close() })
	return e
}

func mustOpen(tb testing.TB, e *pdf.Engine, f *os.File) *pdf.Document {
	tb.Helper()
	d, err := e.Open(tb.Context(), f, "")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { d.Close() })
	return d
}

func mustText(tb testing.TB, d *pdf.Document, page int) string {
	tb.Helper()
	text, err := d.Text(tb.Context(), page)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func TestDocument_Info(t *testing.T) {
	p := newPDF()
	for n := range 4 {
		p.page(lines(fmt.Sprintf("Page %d", n+1)), "")
	}
	first := p.object("") // the outline's entries refer to each other
	second, child := p.object(""), p.object("")
	root := p.object(fmt.Sprintf("<</Type/Outlines/First %d 0 R/Last %d 0 R/Count 3>>", first, second))
	p.objects[first-1] = fmt.Sprintf("<</Title(Burrow)/Parent %d 0 R/Next %d 0 R/First %d 0 R/Dest[%d 0 R/Fit]>>", root, second, child, p.pages[0])
	p.objects[child-1] = fmt.Sprintf("<</Title<FEFF00DC0062006500720020D83EDDA6>/Parent %d 0 R/A<</S/GoTo/D[%d 0 R/Fit]>>>>", first, p.pages[2])
	p.objects[second-1] = fmt.Sprintf("<</Title(Nowhere\\n at  all)/Parent %d 0 R>>", root)
	p.catalog = fmt.Sprintf("/Lang(en-GB)/Outlines %d 0 R/PageLabels<</Nums[0<</S/r>>2<</S/D/St 1>>]>>", root)
	p.info = "/Title(The Otter)/Author(A. Lutra; B. Marten and C. Stoat)"

	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	want := pdf.Info{
		Pages: 4, Title: "The Otter", Authors: []string{"A. Lutra", "B. Marten", "C. Stoat"},
		Language: "en-GB", Labels: []string{"i", "ii", "1", "2"},
		Outline: []extract.OutlineEntry{
			{Title: "Burrow", Level: 0, Page: 1},
			{Title: "Über 🦦", Level: 1, Page: 3},
			{Title: "Nowhere at all", Level: 0, Page: 0},
		},
	}
	if got := d.Info(); !reflect.DeepEqual(got, want) {
		t.Errorf("Info() = %+v\nwant %+v", got, want)
	}
	for n := 1; n <= 4; n++ {
		if got, want := strings.TrimSpace(mustText(t, d, n)), fmt.Sprintf("Page %d", n); got != want {
			t.Errorf("page %d has text %q, want %q", n, got, want)
		}
	}
}

func TestDocument_Info_Nothing(t *testing.T) {
	p := newPDF()
	p.page("", "")
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	want := pdf.Info{Pages: 1, Labels: []string{""}}
	if got := d.Info(); !reflect.DeepEqual(got, want) {
		t.Errorf("Info() = %+v, want %+v", got, want)
	}
	if got := mustText(t, d, 1); got != "" {
		t.Errorf("an empty page has text %q", got)
	}
}

func TestDocument_Text(t *testing.T) {
	p := newPDF()
	p.page(lines("Otters keep a den.", "It is called a holt, with an under-", "water door.", "caf\\351"), "")
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	want := "Otters keep a den.\nIt is called a holt, with an under-\nwater door.\ncafé"
	if got := mustText(t, d, 1); strings.TrimRight(got, "\n") != want {
		t.Errorf("Text() = %q, want %q", got, want)
	}
}

// TestDocument_Text_Unicode maps three codes of a font to text that 16 bits
// and UTF-8 cannot all hold.
func TestDocument_Text_Unicode(t *testing.T) {
	p := newPDF()
	cmap := p.stream("", `/CIDInit/ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <00> <FF> endcodespacerange
4 beginbfchar <41> <D835DC00> <42> <D83EDDA6> <43> <0000> <44> <FFFE> endbfchar
endcmap end end`)
	font := p.object(fmt.Sprintf("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode %d 0 R>>", cmap))
	p.page("BT /G 12 Tf 30 300 Td (AB E) Tj ET", fmt.Sprintf("/Resources<</Font<</G %d 0 R>>>>", font))
	p.page("BT /G 12 Tf 30 300 Td (CDE) Tj ET", fmt.Sprintf("/Resources<</Font<</G %d 0 R>>>>", font))
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	if got := strings.TrimSpace(mustText(t, d, 1)); got != "𝐀🦦 E" {
		t.Errorf("text %q, want %q", got, "𝐀🦦 E")
	}
	if got := mustText(t, d, 2); strings.ContainsAny(got, "\x00\uFFFE\x02") || !strings.Contains(got, "E") {
		t.Errorf("text %q has characters that no text may hold", got)
	}
}

func TestDocument_Words(t *testing.T) {
	p := newPDF()
	text := lines("Otters swim in the", "over-", "grown river")
	p.page(text, "")
	p.page("q 0 1 -1 0 400 0 cm "+text+" Q", "/Rotate 90/MediaBox[0 0 400 300]")
	p.page(text, "/MediaBox[0 0 500 600]/CropBox[20 40 320 440]")
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	for _, c := range []struct {
		page       int
		w, h, x, y float64 // page size, and where the baseline of "Otters" starts
	}{
		{page: 1, w: 300, h: 400, x: 30, y: 40},
		{page: 2, w: 300, h: 400, x: 30, y: 40},
		{page: 3, w: 300, h: 400, x: 10, y: 80},
	} {
		words, err := d.Words(t.Context(), c.page)
		if err != nil {
			t.Fatal(err)
		}
		if words.Width != c.w || words.Height != c.h {
			t.Errorf("page %d is %v×%v, want %v×%v", c.page, words.Width, words.Height, c.w, c.h)
		}
		var got []string
		for _, w := range words.Words {
			got = append(got, w.Text)
		}
		if want := "Otters swim in the over- grown river"; strings.Join(got, " ") != want {
			t.Fatalf("page %d has words %q, want %q", c.page, got, want)
		}
		if fields := strings.Fields(mustText(t, d, c.page)); !reflect.DeepEqual(got, fields) {
			t.Errorf("page %d: words %q, fields of the text %q", c.page, got, fields)
		}
		w := words.Words[0]
		if math.Abs(w.X-c.x) > 2 || w.Y > c.y || w.Y+w.H < c.y || w.H > 20 || w.W < 30 {
			t.Errorf("page %d: %+v does not start at %v,%v", c.page, w, c.x, c.y)
		}
		gw, gh, err := d.Size(t.Context(), c.page)
		if err != nil || gw != c.w || gh != c.h {
			t.Errorf("Size(%d) = %v, %v, %v", c.page, gw, gh, err)
		}
	}
}

func TestDocument_Render(t *testing.T) {
	p := newPDF()
	p.page("1 0 0 rg 0 200 150 200 re f", "") // red in the top left quarter
	p.page("1 0 0 rg 0 200 150 200 re f", "/Rotate 90")
	appearance := p.stream("/Type/XObject/Subtype/Form/BBox[0 0 150 200]", "0 0 1 rg 0 0 150 200 re f")
	p.page("", fmt.Sprintf("/Annots[<</Type/Annot/Subtype/Square/F 4/Rect[0 200 150 400]/AP<</N %d 0 R>>>>]", appearance))
	field := p.object(fmt.Sprintf("<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(x)/F 4/Rect[0 200 150 400]/AP<</N %d 0 R>>>>", appearance))
	p.page("", fmt.Sprintf("/Annots[%d 0 R]", field))
	p.catalog = fmt.Sprintf("/AcroForm<</Fields[%d 0 R]>>", field)
	shade := p.object("<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 300 400]/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 1 1]/N 1>>/Extend[true true]>>")
	p.page("/S sh", fmt.Sprintf("/Resources<</Shading<</S %d 0 R>>>>", shade))
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	type rgb struct{ r, g, b uint32 }
	red, blue, white := rgb{255, 0, 0}, rgb{0, 0, 255}, rgb{255, 255, 255}
	for _, c := range []struct {
		page, w, h        int
		topLeft, topRight rgb
	}{
		{1, 150, 200, red, white},
		{2, 150, 113, white, red},
		{3, 150, 200, blue, white},
		{4, 150, 200, blue, white},
	} {
		img := mustRender(t, d, c.page, 150)
		if got := img.Bounds(); got.Dx() != c.w || got.Dy() != c.h {
			t.Errorf("page %d is %v, want %d×%d", c.page, got, c.w, c.h)
		}
		at := func(x, y int) rgb {
			r, g, b, _ := img.At(x, y).RGBA()
			return rgb{r >> 8, g >> 8, b >> 8}
		}
		if got := at(c.w/8, c.h/8); got != c.topLeft {
			t.Errorf("page %d is %v at the top left, want %v", c.page, got, c.topLeft)
		}
		if got := at(c.w*7/8, c.h/8); got != c.topRight {
			t.Errorf("page %d is %v at the top right, want %v", c.page, got, c.topRight)
		}
	}
	if _, ok := mustRender(t, d, 1, 150).(*image.Paletted); !ok {
		t.Error("a page of two colours is not a picture with a palette")
	}
	if img := mustRender(t, d, 5, 150); img.At(10, 190) == img.At(140, 10) {
		t.Error("a shading has one colour only")
	}
}

func mustRender(tb testing.TB, d *pdf.Document, page, width int) image.Image {
	tb.Helper()
	b, err := d.Render(tb.Context(), page, width)
	if err != nil {
		tb.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		tb.Fatal(err)
	}
	return img
}

func TestDocument_NoSuchPage(t *testing.T) {
	p := newPDF()
	p.page(lines("one"), "")
	d := mustOpen(t, mustEngine(t, pdf.Options{}), mustFile(t, p.bytes()))
	for _, page := range []int{-1, 0, 2, math.MaxInt} {
		if _, err := d.Text(t.Context(), page); err == nil {
			t.Errorf("page %d of 1 has a text", page)
		}
		if _, err := d.Render(t.Context(), page, 100); err == nil {
			t.Errorf("page %d of 1 has a picture", page)
		}
	}
	for _, width := range []int{-1, 0} {
		if _, err := d.Render(t.Context(), 1, width); err == nil {
			t.Errorf("a picture %d pixels wide was drawn", width)
		}
	}
	if got := strings.TrimSpace(mustText(t, d, 1)); got != "one" {
		t.Errorf("afterwards the text is %q", got)
	}
}
