package web_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/holtdb/holt/llm/llmtest"
)

// pointAt moves the pointer over an element, as it stands on the page.
func pointAt(selector string) chromedp.Action {
	var box dom.Rect
	return chromedp.Tasks{
		chromedp.Evaluate(fmt.Sprintf(`(({ x, y, width, height }) => ({ x, y, width, height }))(document.querySelector(%q).getBoundingClientRect())`, selector), &box),
		chromedp.ActionFunc(func(ctx context.Context) error {
			return input.DispatchMouseEvent(input.MouseMoved, box.X+box.Width/2, box.Y+box.Height/2).Do(ctx)
		}),
	}
}

// readMarked reads what the picture shows where the passage is marked; false
// where nothing can read pictures.
func (s *talk) readMarked(t *testing.T) (string, bool) {
	t.Helper()
	program, err := exec.LookPath("tesseract")
	if err != nil {
		return "", false
	}
	var place struct {
		Address                  string
		Left, Top, Right, Bottom float64 // as shares of the picture
	}
	run(t, s.ctx, "where the marks are", chromedp.Evaluate(`(() => {
		const picture = document.querySelector('.sheet img'), on = picture.getBoundingClientRect()
		const marks = [...document.querySelectorAll('.layer .passage rect')].map((r) => r.getBoundingClientRect())
		const edge = (pick, side, from, size) => (pick(...marks.map((m) => m[side])) - from) / size
		return {
			Address: picture.getAttribute('src'), Left: edge(Math.min, 'left', on.left, on.width), Right: edge(Math.max, 'right', on.left, on.width),
			Top: edge(Math.min, 'top', on.top, on.height), Bottom: edge(Math.max, 'bottom', on.top, on.height),
		}
	})()`, &place))
	picture, err := png.Decode(bytes.NewReader(s.api.get(place.Address).want(t, http.StatusOK).body))
	if err != nil {
		t.Fatal(err)
	}
	width, height := float64(picture.Bounds().Dx()), float64(picture.Bounds().Dy())
	part := image.Rect(int(place.Left*width), int(place.Top*height), int(place.Right*width)+1, int(place.Bottom*height)+1)
	const margin = 40
	paper := image.NewGray(part.Inset(-margin))
	for i := range paper.Pix {
		paper.Pix[i] = 0xff
	}
	draw.Draw(paper, part, picture, part.Min, draw.Src)
	var file bytes.Buffer
	if err := png.Encode(&file, paper); err != nil {
		t.Fatal(err)
	}
	read := exec.CommandContext(t.Context(), program, "stdin", "stdout", "--psm", "6", "--dpi", "200")
	read.Env = append(read.Environ(), "OMP_THREAD_LIMIT=1")
	read.Stdin = &file
	out, err := read.Output()
	if err != nil {
		t.Fatalf("tesseract: %v", err)
	}
	return string(out), true
}

// share is how many of the words of a text another one has as well.
func share(text, other string) float64 {
	left := map[string]int{}
	fold := func(text string) []string { return strings.Fields(strings.ToLower(text)) }
	for _, word := range fold(other) {
		left[letters(word)]++
	}
	found, all := 0, 0
	for _, word := range fold(text) {
		if all++; left[letters(word)] > 0 {
			left[letters(word)]--
			found++
		}
	}
	return float64(found) / float64(max(all, 1))
}

// scanOf is a PDF whose only page is a picture, width points wide.
func scanOf(tb testing.TB, picture image.Image, width float64) string {
	tb.Helper()
	var pixels bytes.Buffer
	if err := jpeg.Encode(&pixels, picture, &jpeg.Options{Quality: 80}); err != nil {
		tb.Fatal(err)
	}
	size := picture.Bounds().Size()
	height := width * float64(size.Y) / float64(size.X)
	content := fmt.Sprintf("%.2f 0 0 %.2f 0 0 cm /I Do", width, height)
	var out strings.Builder
	var offsets []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.2f %.2f] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>", width, height),
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream",
			size.X, size.Y, pixels.Len(), pixels.String()),
	} {
		if i == 0 {
			out.WriteString("%PDF-1.7\n")
		}
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	return out.String()
}

// TestScanInBrowser uploads a scanned page, asks about it, and sees the picture
// marked.
func TestScanInBrowser(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("tesseract"); err != nil {
		t.Skip("no tesseract found: install it to read scanned pages")
	}
	s := MustTalk(t, llmtest.Script{})
	content, err := os.ReadFile(MustSample(t, "river-otter.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	book := s.api.MustAdd(file{"river-otter.pdf", string(content)})
	printed, err := png.Decode(bytes.NewReader(s.api.get("/api/library/"+book.ID+"/pages/9/image?w=1440").want(t, http.StatusOK).body))
	if err != nil {
		t.Fatal(err)
	}
	s.api.do("DELETE", "/api/library/"+book.ID, "", nil).want(t, http.StatusNoContent)
	scan := s.api.MustAdd(file{"scan.pdf", scanOf(t, printed, 420)})
	run(t, s.ctx, "the state of the document", chromedp.Navigate(s.url+"/documents/"+scan.ID), signIn("bob"), chromedp.WaitVisible(".facts", chromedp.ByQuery))
	if got := text(t, s.ctx, ".facts"); !strings.Contains(got, "Character recognition") || !strings.Contains(got, "Pages without text") {
		t.Errorf("the document says %q", got)
	}
	run(t, s.ctx, "until it is read", until(fmt.Sprintf(`fetch('/api/search?mode=words&q=holt&doc=%s').then((r) => r.json()).then((found) => found.results.length > 0)`, scan.ID)),
		chromedp.Reload(), says(".facts", "page read, confidence"))
	screenshot(t, s.ctx, "scan-document")
	run(t, s.ctx, "search", embedded(), chromedp.Navigate(s.url+"/search?mode=words&q=natal"), click(".results .hit-row"), chromedp.WaitReady(".layer rect.hit", chromedp.ByQuery),
		until(`document.querySelector('.sheet img').naturalWidth > 300`), says(".beside .recognised", "character recognition, confidence"))
	if got := eval[string](t, s.ctx, strings.ReplaceAll(onMarks, ".passage rect", "rect.hit")); got != "natal" {
		t.Errorf("marked on the picture is %q", got)
	}
	screenshot(t, s.ctx, "scan-reader")
	run(t, s.ctx, "ask", chromedp.Navigate(s.url+"/chat"), ask("Where is the natal holt?"), answerIs("done"), click(lastTurn+" a.cite"), chromedp.WaitReady("[data-panel] .passage rect", chromedp.ByQuery),
		says(".panel-title", "read by character recognition"))
	s.MustMark(t, eval[string](t, s.ctx, `document.querySelector('[data-panel] [title="Open in the reader"]').href`))
	screenshot(t, s.ctx, "scan-panel")
	run(t, s.ctx, "close", chromedp.KeyEvent(kb.Escape), until(`document.querySelector('[data-panel]').hidden`))
}
