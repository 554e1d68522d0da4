package ocr_test

import (
	"image"
	"image/draw"
	"os"
	"strings"
	"testing"
)

// MustPicture reads testdata/page.png: the beginning of a page at 200 dpi.
func MustPicture(tb testing.TB) *image.Gray {
	tb.Helper()
	f, err := os.Open("testdata/page.png")
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	picture, _, err := image.Decode(f)
	if err != nil {
		tb.Fatal(err)
	}
	gray := image.NewGray(picture.Bounds())
	draw.Draw(gray, gray.Rect, picture, picture.Bounds().Min, draw.Src)
	return gray
}

// quarters turns a picture clockwise.
func quarters(picture *image.Gray, n int) *image.Gray {
	for range n {
		size := picture.Rect.Size()
		next := image.NewGray(image.Rect(0, 0, size.Y, size.X))
		for y := range size.Y {
			for x := range size.X {
				next.Pix[x*next.Stride+size.Y-1-y] = picture.Pix[y*picture.Stride+x]
			}
		}
		picture = next
	}
	return picture
}

func TestReader_Read_Tesseract(t *testing.T) {
	r := MustReal(t)
	for turns := range 4 {
		picture := quarters(MustPicture(t), turns)
		page, err := r.Read(t.Context(), MustEncode(t, picture), 200)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(page.Text, "1 The animal\n\nWhat you are looking at\n\nAn otter in the water is mostly not there") || page.Confidence < 0.9 {
			t.Errorf("%d turns: confidence %.2f, %.80q", turns, page.Confidence, page.Text)
		}
		// Each box has ink in it and white around it.
		size := picture.Rect.Size()
		for _, w := range page.Words {
			if w.W < 1 || w.H < 1 || w.X+w.W > float64(size.X) || w.Y+w.H > float64(size.Y) {
				t.Fatalf("%d turns: box %+v", turns, w)
			}
			ink := false
			for y := int(w.Y); y < int(w.Y+w.H) && !ink; y++ {
				for x := int(w.X); x < int(w.X+w.W) && !ink; x++ {
					ink = picture.GrayAt(x, y).Y == 0
				}
			}
			if !ink {
				t.Errorf("%d turns: nothing where %q is said to be", turns, w.Text)
			}
		}
		// The first line is shown left of, above, right of and below the rest.
		first, last := page.Words[0], page.Words[len(page.Words)-1]
		before := []bool{first.Y < last.Y, first.X > last.X, first.Y > last.Y, first.X < last.X}
		if !before[turns] {
			t.Errorf("%d turns: first word %+v, last %+v", turns, first, last)
		}
	}
}
