package ocr

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestParseTSV(t *testing.T) {
	rows := []string{
		"1\t1\t0\t0\t0\t0\t0\t0\t100\t200\t-1\t",
		"5\t1\t1\t1\t1\t1\t10\t20\t30\t10\t96.5\tAn",
		"5\t1\t1\t1\t1\t2\t45\t20\t30\t10\t90\totter",
		"5\t1\t1\t1\t2\t1\t10\t40\t30\t10\t80\tdives",
		"5\t1\t1\t1\t2\t2\t10\t40\t30\t10\t-1\tnot this",
		"5\t1\t1\t1\t2\t3\t10\t40\t30\t10\t95\t ",
		"5\t1\t1\t2\t1\t1\t-5\t190\t500\t50\t101\ta\tb\x00\x02c\xff",
		"5\t1\t2\t1\t1\t1\t0\t0\t1\t1\t0\t“Döner”\r",
		"5\t1\t2\t1\t1\tnot\tnumbers\t0\t1\t1\t50\tx",
		"5\t1\t2\t1\t1\t1\t0\t0\t1\t1\tNaN\tx",
		"5\t1\t2", "",
	}
	page, err := parseTSV([]byte(tsvHeader+"\n"+strings.Join(rows, "\n")), 100, 200)
	if err != nil {
		t.Fatal(err)
	}
	if want := "An otter\ndives\n\na b c\uFFFD\n\n“Döner”"; page.Text != want {
		t.Errorf("text %q", page.Text)
	}
	if want := (0.965 + 0.9 + 0.8 + 1 + 0) / 5; math.Abs(page.Confidence-want) > 1e-9 {
		t.Errorf("confidence %v, want %v", page.Confidence, want)
	}
	lines := []int{0, 0, 1, 2, 3}
	for i, w := range page.Words {
		if w.Line != lines[i] {
			t.Errorf("%q in line %d", w.Text, w.Line)
		}
	}
	if w := page.Words[3]; w.X != 0 || w.W != 100 || w.Y != 190 || w.H != 10 {
		t.Errorf("a box beyond the picture: %+v", w)
	}
	for _, bad := range []string{"", "level", "x\n" + tsvHeader, "{}"} {
		if _, err := parseTSV([]byte(bad), 1, 1); !errors.Is(err, errNonsense) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if page, err := parseTSV([]byte(tsvHeader), 1, 1); err != nil || page.Confidence != 0 || page.Text != "" {
		t.Errorf("no words: %+v, %v", page, err)
	}
}

func FuzzParseTSV(f *testing.F) {
	f.Add("5\t1\t1\t1\t1\t1\t10\t20\t30\t10\t96.5\tAn\n5\t1\t1\t1\t1\t2\t45\t20\t30\t10\t90\totter", 100, 200)
	f.Add("5\t1\t1\t1\t1\t1\t-9223372036854775808\t9223372036854775807\t9223372036854775807\t1\t1e400\ta\vb", 1, 1)
	f.Fuzz(func(t *testing.T, rows string, width, height int) {
		width, height = width&0xffff, height&0xffff
		page, err := parseTSV([]byte(tsvHeader+"\n"+rows), width, height)
		if err != nil {
			return
		}
		var texts []string
		line := 0
		for _, w := range page.Words {
			texts = append(texts, w.Text)
			if w.X < 0 || w.Y < 0 || w.W < 0 || w.H < 0 || w.X+w.W > float64(width) || w.Y+w.H > float64(height) {
				t.Errorf("box %+v in %d×%d", w, width, height)
			}
			if !(w.Confidence >= 0 && w.Confidence <= 1) || w.Line < line || w.Line > line+1 {
				t.Errorf("word %+v after line %d", w, line)
			}
			line = w.Line
		}
		if !(page.Confidence >= 0 && page.Confidence <= 1) {
			t.Errorf("confidence %v", page.Confidence)
		}
		if got := strings.Join(strings.Fields(page.Text), " "); got != strings.Join(texts, " ") {
			t.Errorf("text %q of words %q", got, texts)
		}
	})
}
