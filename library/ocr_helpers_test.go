package library_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/draw"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract/ocr"
)

// sheet is a page that is nothing but a picture, and its size in points.
type sheet struct {
	picture       *image.Gray
	width, height float64
}

// scanned makes a PDF of pictures.
func scanned(tb testing.TB, sheets ...sheet) []byte {
	tb.Helper()
	var b bytes.Buffer
	var offsets []int
	object := func(body string) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(offsets), body)
	}
	b.WriteString("%PDF-1.7\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	kids := ""
	for i := range sheets {
		kids += fmt.Sprintf("%d 0 R ", 3+3*i)
	}
	object(fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, len(sheets)))
	for i, s := range sheets {
		var pixels bytes.Buffer
		z := zlib.NewWriter(&pixels)
		z.Write(s.picture.Pix)
		if err := z.Close(); err != nil {
			tb.Fatal(err)
		}
		content := fmt.Sprintf("%.2f 0 0 %.2f 0 0 cm /I Do", s.width, s.height)
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.2f %.2f]/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>>>",
			s.width, s.height, 4+3*i, 5+3*i))
		object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content))
		object(fmt.Sprintf("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"+
			"/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream",
			s.picture.Rect.Dx(), s.picture.Rect.Dy(), pixels.Len(), pixels.String()))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return b.Bytes()
}

// scan prints pages of a PDF and scans them: it draws them in dpi dots per inch
// and keeps the pictures. It returns the text of each page as well.
func (s *server) scan(tb testing.TB, file *os.File, dpi float64, pages int) (pdf []byte, texts []string) {
	tb.Helper()
	doc, err := s.engine.Open(tb.Context(), file, "")
	if err != nil {
		tb.Fatal(err)
	}
	defer doc.Close()
	var sheets []sheet
	for n := 1; n <= min(pages, doc.Info().Pages); n++ {
		text, err := doc.Text(tb.Context(), n)
		if err != nil {
			tb.Fatal(err)
		}
		width, height, err := doc.Size(tb.Context(), n)
		if err != nil {
			tb.Fatal(err)
		}
		drawn, err := doc.Render(tb.Context(), n, int(width*dpi/72))
		if err != nil {
			tb.Fatal(err)
		}
		picture := MustDecode(tb, drawn)
		gray := image.NewGray(picture.Bounds())
		draw.Draw(gray, gray.Rect, picture, picture.Bounds().Min, draw.Src)
		sheets, texts = append(sheets, sheet{gray, width, height}), append(texts, text)
	}
	return scanned(tb, sheets...), texts
}

// blot is a page of some size with a picture that says nothing.
func blot(width, height float64) sheet {
	picture := image.NewGray(image.Rect(0, 0, 2, 2))
	picture.Pix[0], picture.Pix[3] = 0xff, 0xff
	return sheet{picture, width, height}
}

// fakeTesseract is a program in place of tesseract. It reads "badger" and more
// on every page, but ends with an error on pages that are less than 200 points
// wide, and never ends on those that are over 500, which it tells by a pipe.
const fakeTesseract = `#!/bin/sh
PATH=/usr/bin:/bin
case "$1" in
--version) echo "tesseract 5.3.0"; exit;;
--list-langs) printf 'List of available languages (1):\neng\n'; exit;;
esac
size=$(wc -c)
[ "$size" -gt 500000 ] || { echo "Error in the picture" >&2; exit 1; }
[ "$size" -lt 4000000 ] || { echo begun >"$0.pipe"; exec sleep 600; }
printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
printf '5\t1\t1\t1\t1\t1\t100\t200\t300\t50\t80\tThe\n5\t1\t1\t1\t1\t2\t450\t200\t300\t50\t90\tbadger-\n'
printf '5\t1\t1\t1\t2\t1\t100\t300\t300\t50\t70\tlike\n5\t1\t1\t2\t1\t1\t100\t400\t300\t50\t60\tanimal <b>.\n'
`

func MustFakeOCR(tb testing.TB) (r *ocr.Reader, path string) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), "tesseract")
	err := os.WriteFile(path, []byte(fakeTesseract), 0o700)
	if err == nil {
		err = syscall.Mkfifo(path+".pipe", 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
	if r, err = ocr.Find(tb.Context(), ocr.Options{Program: path}); err != nil {
		tb.Fatal(err)
	}
	return r, path
}

// MustIdle serves a library whose jobs the test does itself.
func MustIdle(tb testing.TB, r *ocr.Reader) (*server, *library.Library) {
	tb.Helper()
	s := MustServe(tb, settings{idle: true})
	l := s.MustLibrary(tb, "ada")
	if err := l.SetOCR(tb.Context(), r); err != nil {
		tb.Fatal(err)
	}
	return s, l
}

// MustWork does all jobs that are due.
func MustWork(tb testing.TB, l *library.Library) {
	tb.Helper()
	for {
		task, _, err := l.Claim(tb.Context())
		if err != nil {
			tb.Fatal(err)
		}
		if task == nil {
			return
		}
		task(tb.Context())
	}
}

func MustDocument(tb testing.TB, l *library.Library, id string) library.Document {
	tb.Helper()
	doc, err := l.Document(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// wantOCR compares a document's state, the confidence to two digits.
func wantOCR(tb testing.TB, l *library.Library, id string, want library.OCRState) {
	tb.Helper()
	got := MustDocument(tb, l, id)
	got.OCR.Confidence = math.Round(got.OCR.Confidence*100) / 100
	if got.OCR != want || got.Progress.Status != library.Ready {
		tb.Errorf("state %+v, want %+v; %+v", got.OCR, want, got.Progress)
	}
}

func MustCount(tb testing.TB, l *library.Library, table string) (n int) {
	tb.Helper()
	if err := l.Reader().QueryRowContext(tb.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// MustOne does the next job.
func MustOne(tb testing.TB, l *library.Library) {
	tb.Helper()
	task, _, err := l.Claim(tb.Context())
	if err != nil || task == nil {
		tb.Fatalf("no job: %v", err)
	}
	task(tb.Context())
}

// MustSlice does a slice of the next job, which must be one of recognition.
func MustSlice(tb testing.TB, l *library.Library, slice time.Duration) {
	tb.Helper()
	if ok, err := l.WorkFor(tb.Context(), slice); !ok || err != nil {
		tb.Fatalf("recognition %v, %v", ok, err)
	}
}
