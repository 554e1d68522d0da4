package ocr_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/library/extract/ocr"
)

func TestFind(t *testing.T) {
	dir := MustFakes(t, "tells", "old", "silent")
	if err := os.WriteFile(filepath.Join(dir, "plain"), []byte("no program"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		program   string
		languages []ocr.Language
		err       error
		says      string
	}{
		{"there", "fake-tells", nil, nil, ""},
		{"other languages", "fake-tells", []ocr.Language{"chi_sim", "script/Latin"}, nil, ""},
		{"absent", "nothing", nil, ocr.ErrMissing, "apt install tesseract-ocr"},
		{"no program", "plain", nil, ocr.ErrMissing, "not installed"},
		{"too old", "fake-old", nil, ocr.ErrMissing, "3.05.02"},
		{"not tesseract", "fake-silent", nil, ocr.ErrMissing, "does not say a version"},
		{"language absent", "fake-tells", []ocr.Language{"eng", "chi_tra", "deu"}, ocr.ErrLanguage,
			"chi_tra, deu; on Debian and Ubuntu, apt install tesseract-ocr-chi-tra tesseract-ocr-deu"},
		{"an option as language", "fake-tells", []ocr.Language{"--user-words=/etc/passwd"}, ocr.ErrBadLanguage, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := ocr.Find(t.Context(), ocr.Options{Program: filepath.Join(dir, c.program), Languages: c.languages, MemoryLimit: fakeMemory})
			if !errors.Is(err, c.err) || c.says != "" && !strings.Contains(err.Error(), c.says) {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			want := c.languages
			if want == nil {
				want = []ocr.Language{ocr.English}
			}
			if r.Version() != "5.0.1.20220118" || !slices.Equal(r.Languages(), want) {
				t.Errorf("version %q, languages %v", r.Version(), r.Languages())
			}
		})
	}
}

func TestParseLanguages(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []ocr.Language
		ok   bool
	}{
		{"", nil, true},
		{"eng", []ocr.Language{"eng"}, true},
		{"eng+deu, chi_sim eng", []ocr.Language{"eng", "deu", "chi_sim"}, true},
		{"script/Latin", []ocr.Language{"script/Latin"}, true},
		{"-l", nil, false},
		{"../eng", nil, false},
		{"/etc/passwd", nil, false},
		{"a/b/c", nil, false},
		{"eng;reboot", nil, false},
		{"eng\n", nil, false},
		{"eng\x00", nil, false},
		{"größe", nil, false},
		{strings.Repeat("a", 41), nil, false},
		{"a+b+c+d+e+f+g+h+i+j+k", nil, false},
	} {
		got, err := ocr.ParseLanguages(c.in)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ocr.ErrBadLanguage) || !slices.Equal(got, c.want) {
			t.Errorf("%q: %v, %v", c.in, got, err)
		}
	}
}

func FuzzParseLanguage(f *testing.F) {
	for _, s := range []string{"eng", "script/Latin", "--psm", "a/../b", "eng+deu", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ocr.ParseLanguage(s)
		if err != nil {
			return
		}
		if string(l) != s || s[0] == '-' || strings.ContainsAny(s, "+.\\ \n\x00") || strings.Count(s, "/") > 1 || filepath.IsAbs(s) {
			t.Errorf("accepted %q", s)
		}
	})
}

// What tesseract is given: a gray picture made here, no environment of the
// server, no folder of it.
func TestReader_Read_Surroundings(t *testing.T) {
	t.Setenv("HOLT_SECRET", "x")
	t.Setenv("TESSDATA_PREFIX", "/usr/share/tessdata")
	r, _ := MustFake(t, "tells", ocr.Options{Languages: []ocr.Language{"eng", "script/Latin"}})
	page, err := r.Read(t.Context(), MustPNG(t, 40, 30), 300)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{"/", "40x30 true", "OMP_THREAD_LIMIT=1", "LC_ALL=C", "TESSDATA_PREFIX=/usr/share/tessdata",
		"stdin", "stdout", "-l", "eng+script/Latin", "--dpi", "300", "--psm", "3", "-c", "tessedit_create_tsv=1"}, "\n")
	if page.Text != want || page.Confidence < 0.964 || page.Confidence > 0.966 {
		t.Errorf("confidence %v, it got\n%s", page.Confidence, page.Text)
	}
}

func TestReader_Read_Failures(t *testing.T) {
	for _, c := range []struct {
		behaviour string
		err       error
		says      string
	}{
		{"crashes", ocr.ErrFailed, "panic: bad pixel ?[31m? in the picture"},
		{"garbage", ocr.ErrFailed, "nonsense"},
		{"talks", ocr.ErrFailed, ""},
		{"orphans", ocr.ErrFailed, ""},
		{"speechless", ocr.ErrLanguage, "Failed loading language 'eng'"},
		{"writes", ocr.ErrFailed, ""},
		{"grows", ocr.ErrFailed, ""},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			if runtime.GOOS != "linux" && (c.behaviour == "writes" || c.behaviour == "grows") {
				t.Skip("only Linux limits the resources of another process")
			}
			r, dir := MustFake(t, c.behaviour, ocr.Options{})
			started, gone := listen(t, dir, map[string]int{"orphans": 1}[c.behaviour])
			page, err := r.Read(t.Context(), MustPNG(t, 600, 400), 300)
			if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%+v, %v", page, err)
			}
			if len(err.Error()) > 500 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			started()
			gone()
			if b, err := os.ReadFile(filepath.Join(dir, "written")); len(b) > 0 {
				t.Errorf("it wrote %q, %v", b, err)
			}
		})
	}
}

// A page that takes too long ends with all its processes.
func TestReader_Read_Slow(t *testing.T) {
	r, dir := MustFake(t, "hangs", ocr.Options{PageTime: 2 * time.Second})
	started, gone := listen(t, dir, 2)
	if _, err := r.Read(t.Context(), MustPNG(t, 100, 100), 300); !errors.Is(err, ocr.ErrSlow) {
		t.Errorf("error %v", err)
	}
	started()
	gone()
}

func TestReader_Read_Canceled(t *testing.T) {
	r, dir := MustFake(t, "hangs", ocr.Options{Processes: 1})
	started, gone := listen(t, dir, 2)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := r.Read(ctx, MustPNG(t, 100, 100), 300)
		ended <- err
	}()
	started()
	// Whoever waits for a turn can leave as well.
	waiting, leave := context.WithCancel(t.Context())
	leave()
	if _, err := r.Read(waiting, MustPNG(t, 100, 100), 300); !errors.Is(err, context.Canceled) {
		t.Errorf("in the queue: %v", err)
	}
	cancel()
	gone()
	if err := <-ended; !errors.Is(err, context.Canceled) || errors.Is(err, ocr.ErrFailed) {
		t.Errorf("error %v", err)
	}
}

// Nothing but a picture reaches tesseract, which takes other input for a list
// of files to open.
func TestReader_Read_BadPictures(t *testing.T) {
	r, _ := MustFake(t, "tells", ocr.Options{})
	whole := MustPNG(t, 20, 20)
	huge := slices.Clone(whole)
	copy(huge[16:], []byte{0, 0, 0x40, 0, 0, 0, 0x40, 0}) // the size in IHDR
	for name, b := range map[string][]byte{
		"nothing": nil, "a list": []byte("/etc/passwd\nhttp://localhost/\n"), "cut off": whole[:len(whole)-20],
		"huge": huge, "GIF": []byte("GIF89a\x01\x00\x01\x00"),
	} {
		if page, err := r.Read(t.Context(), b, 300); !errors.Is(err, ocr.ErrFailed) {
			t.Errorf("%s: %+v, %v", name, page, err)
		}
	}
}

func TestReader_Read_Blank(t *testing.T) {
	r, _ := MustFake(t, "crashes", ocr.Options{})
	paper := image.NewNRGBA(image.Rect(0, 0, 50, 60)) // transparent: white
	page, err := r.Read(t.Context(), MustEncode(t, paper), 300)
	if err != nil || page.Text != "" || len(page.Words) != 0 || page.Width != 50 || page.Height != 60 {
		t.Errorf("%+v, %v", page, err)
	}
}

// All that PNG can hold is read as the same gray.
func TestReader_Read_Pictures(t *testing.T) {
	r, _ := MustFake(t, "tells", ocr.Options{})
	bounds := image.Rect(0, 0, 9, 7)
	for name, picture := range map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"gray": image.NewGray(bounds), "color": image.NewRGBA(bounds), "transparent": image.NewNRGBA(bounds),
		"deep": image.NewRGBA64(bounds), "palette": image.NewPaletted(bounds, color.Palette{color.White, color.Black}),
	} {
		for y := range 7 {
			for x := range 9 {
				picture.Set(x, y, color.White)
			}
		}
		picture.Set(4, 4, color.Black)
		if name == "transparent" {
			picture.Set(0, 0, color.Transparent)
		}
		page, err := r.Read(t.Context(), MustEncode(t, picture), 300)
		if err != nil || !strings.Contains(page.Text, "9x7 true") {
			t.Errorf("%s: %q, %v", name, page.Text, err)
		}
	}
}
