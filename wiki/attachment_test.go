package wiki_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

func upload(tb testing.TB, page, file, data string) wiki.Upload {
	return wiki.Upload{Page: MustName(tb, page), File: file, Data: strings.NewReader(data), Size: int64(len(data))}
}

// content returns what a file holds.
func content(tb testing.TB, c *wiki.Content, err error) string {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	data, err := io.ReadAll(c)
	if err = errors.Join(err, c.Close()); err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

func TestAttachments(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	page := MustName(t, "Roses")
	MustSave(t, s, "Roses", "![](./a.txt) [b](b.txt)\n")
	names, err := s.Attach(t.Context(), upload(t, "Roses", `C:\tmp\a.txt`, "first"), upload(t, "Roses", "../../b b.txt", "second"))
	if err != nil || strings.Join(names, ",") != "a.txt,b b.txt" {
		t.Fatalf("%v, %v", names, err)
	}
	before := MustRevision(t, s.Head().String())
	if _, err := s.Attach(t.Context(), upload(t, "Roses", "a.txt", "other")); !errors.Is(err, wiki.ErrExists) {
		t.Errorf("over another: %v", err)
	}
	again := upload(t, "Roses", "a.txt", "other")
	again.Replace = true
	if _, err := s.Attach(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	now, err := s.OpenAttachment(t.Context(), page, "a.txt", nil)
	if got := content(t, now, err); got != "other" {
		t.Errorf("now %q", got)
	}
	then, err := s.OpenAttachment(t.Context(), page, "a.txt", &before)
	if got := content(t, then, err); got != "first" {
		t.Errorf("then %q", got)
	}
	if err := s.RenameAttachment(t.Context(), page, "a.txt", "c d.txt", ""); err != nil {
		t.Fatal(err)
	}
	if got := textOf(t, s, "Roses"); got != "![](./c%20d.txt) [b](b.txt)\n" {
		t.Errorf("links: %q", got)
	}
	history, err := s.AttachmentHistory(t.Context(), page, "c d.txt", 10)
	if err != nil || len(history) != 3 {
		t.Errorf("history %+v, %v", history, err)
	}
	if err := s.RenameAttachment(t.Context(), page, "c d.txt", "b b.txt", ""); !errors.Is(err, wiki.ErrExists) {
		t.Errorf("renamed over another: %v", err)
	}
	if err := s.DeleteAttachment(t.Context(), page, "c d.txt", ""); err != nil {
		t.Fatal(err)
	}
	files, err := s.Attachments(t.Context(), page)
	if err != nil || len(files) != 1 || files[0].Name != "b b.txt" || files[0].Size != 6 || files[0].Changed.Name != "Olga" {
		t.Errorf("left %+v, %v", files, err)
	}
}

func TestAttach_Refused(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	f.prefer(t, "garden", map[string]string{"HOLT_ATTACHMENT_LIMIT": "1"})
	s := MustOwn(t, w)
	MustSave(t, s, "Roses/Red", "red\n")
	if _, err := s.Attach(t.Context(), upload(t, "Home", "taken", "x")); err != nil {
		t.Fatal(err)
	}
	head := s.Head()
	short := upload(t, "Home", "x.bin", "short")
	short.Size = 9
	for name, tt := range map[string]struct {
		uploads []wiki.Upload
		want    error
	}{
		"none":         {nil, wiki.ErrInvalid},
		"two alike":    {[]wiki.Upload{upload(t, "Home", "a", "1"), upload(t, "Home", "x/a", "2")}, wiki.ErrInvalid},
		"a page":       {[]wiki.Upload{upload(t, "Home", "a.md", "1")}, wiki.ErrInvalid},
		"no name":      {[]wiki.Upload{upload(t, "Home", "../..", "1")}, wiki.ErrInvalid},
		"git's own":    {[]wiki.Upload{upload(t, "Home", ".git", "1")}, nil}, // the dot goes
		"a folder":     {[]wiki.Upload{upload(t, "Home/taken", "a", "1")}, wiki.ErrExists},
		"over folder":  {[]wiki.Upload{upload(t, "Roses", "Red", "1"), upload(t, "Roses/Red", "a", "1")}, wiki.ErrExists},
		"wrong length": {[]wiki.Upload{short}, io.ErrUnexpectedEOF},
		"too large":    {[]wiki.Upload{upload(t, "Home", "a", strings.Repeat("x", 1<<20+1))}, wiki.ErrTooLarge},
	} {
		_, err := s.Attach(t.Context(), tt.uploads...)
		if tt.want == nil && err != nil || tt.want != nil && (err == nil || !errors.Is(err, tt.want) && !errors.Is(tt.want, io.ErrUnexpectedEOF)) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	for _, name := range []string{"../Home.md", "..", "", "a/b", ".git"} {
		if _, err := s.OpenAttachment(t.Context(), MustName(t, "Home"), name, nil); !errors.Is(err, wiki.ErrNotFound) {
			t.Errorf("open %q: %v", name, err)
		}
	}
	if err := s.DeleteAttachment(t.Context(), MustName(t, "Roses"), "Red.md", ""); !errors.Is(err, wiki.ErrNotFound) || textOf(t, s, "Roses/Red") == "" {
		t.Errorf("a page deleted as a file: %v", err)
	}
	if s.Head() == head {
		t.Error("nothing was stored")
	}
}

func TestScale(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 400, 100))); err != nil {
		t.Fatal(err)
	}
	bomb := bytes.Clone(picture.Bytes())
	copy(bomb[16:], []byte{0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff}) // says that it is 65535 pixels wide and high
	_, err := s.Attach(t.Context(), upload(t, "Home", "a.png", picture.String()), upload(t, "Home", "b.png", string(bomb)), upload(t, "Home", "c.png", "no picture"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ width, height, w, h int }{{80, 80, 80, 20}, {0, 50, 200, 50}, {900, 0, 400, 100}, {1, 1, 1, 1}} {
		scaled, err := s.Scale(t.Context(), s.Home(), "a.png", nil, tt.width, tt.height)
		if err != nil {
			t.Fatal(err)
		}
		config, err := png.DecodeConfig(bytes.NewReader(scaled.Data))
		if err != nil || config.Width != tt.w || config.Height != tt.h || scaled.Type != "image/png" {
			t.Errorf("%+v: %d × %d, %v", tt, config.Width, config.Height, err)
		}
	}
	for _, name := range []string{"b.png", "c.png"} {
		if _, err := s.Scale(t.Context(), s.Home(), name, nil, 80, 80); !errors.Is(err, wiki.ErrNoImage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
