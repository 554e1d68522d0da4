package extract_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/holtdb/holt/library/extract"
)

func utf16LE(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

func TestDetect(t *testing.T) {
	archived := func(entries ...entry) string { return string(MustZip(t, entries...)) }
	pdf := "%PDF-1.7\n1 0 obj\nstartxref\n9\n%%EOF\n"
	tests := []struct {
		name, file, data string
		want             extract.Format
		err              error
	}{
		{"empty", "a.pdf", "", "", extract.ErrEmpty},
		{"PDF", "a.txt", pdf, extract.PDF, nil},
		{"PDF after other bytes", "a", strings.Repeat("\x00", 900) + pdf, extract.PDF, nil},
		{"PDF too late", "a.pdf", strings.Repeat("\x00", 1100) + pdf, "", extract.ErrUnsupported},
		{"text about PDF", "a.txt", "A file begins with %PDF-1.4 as its mark.", extract.Text, nil},
		{"archive that begins with a PDF", "a.pdf", archived(entry{"x.pdf", pdf}), "", extract.ErrUnsupported},
		{"EPUB by its mimetype", "a.zip", archived(entry{"mimetype", "application/epub+zip\n"}), extract.EPUB, nil},
		{"EPUB by its container", "a.zip", archived(entry{"META-INF/container.xml", "x"}), extract.EPUB, nil},
		{"DOCX", "a.epub", archived(entry{"word/document.xml", "x"}), extract.DOCX, nil},
		{"other archive", "a.epub", archived(entry{"content.xml", "x"}), "", extract.ErrUnsupported},
		{"damaged archive", "a.epub", archived(entry{"mimetype", "application/epub+zip"})[:60], "", extract.ErrBroken},
		{"HTML", "a.txt", "\n<!DOCTYPE html><title>x</title>", extract.HTML, nil},
		{"XHTML", "a", "<?xml version='1.0'?>\n<html xmlns='x'>", extract.HTML, nil},
		{"HTML without a beginning", "a", "<p>Hello", extract.HTML, nil},
		{"HTML in UTF-16", "a", utf16LE("<html><body>ä"), extract.HTML, nil},
		{"HTML by name", "a.HTM", "Hello", extract.HTML, nil},
		{"Markdown", "a.md", "# Hello", extract.Markdown, nil},
		{"Markdown that begins with HTML", "README.markdown", "<p align=center>x</p>\n\n# Hello", extract.Markdown, nil},
		{"text", "a", "# Hello", extract.Text, nil},
		{"text by name", "notes.txt", "<b> is bold", extract.Text, nil},
		{"text in UTF-8 with its mark", "a", "\ufeffHällo", extract.Text, nil},
		{"text cut within a character", "a", strings.Repeat("x", 64<<10-1) + "ä", extract.Text, nil},
		{"text in UTF-16", "a", utf16LE("Hällo"), extract.Text, nil},
		{"text in Latin-1", "a.txt", "Gr\xfc\xdfe aus M\xfcnchen", extract.Text, nil},
		{"high bytes", "a.txt", strings.Repeat("\xfc\xdf\xc3", 40), "", extract.ErrUnsupported},
		{"zero bytes", "a.txt", "a\x00b", "", extract.ErrUnsupported},
		{"PNG", "a.txt", "\x89PNG\r\n\x1a\n0000", "", extract.ErrUnsupported},
		{"JPEG", "a.md", "\xff\xd8\xff\xe0\x00\x10JFIF", "", extract.ErrUnsupported},
		{"SVG", "a.html", "<svg xmlns='x'>", "", extract.ErrUnsupported},
		{"SVG with a declaration", "a.txt", "<?xml version='1.0'?><svg>", "", extract.ErrUnsupported},
		{"RTF", "a.txt", `{\rtf1 x}`, "", extract.ErrUnsupported},
		{"PostScript", "a.txt", "%!PS-Adobe", "", extract.ErrUnsupported},
		{"old Word", "a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "", extract.ErrUnsupported},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := extract.Detect(strings.NewReader(tt.data), int64(len(tt.data)), tt.file)
			if got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestDetectShortFile(t *testing.T) {
	if _, err := extract.Detect(strings.NewReader("abc"), 10, "a.txt"); err == nil {
		t.Error("a file shorter than it was said to be was accepted")
	}
}

func TestFormat(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range []extract.Format{extract.PDF, extract.EPUB, extract.DOCX, extract.HTML, extract.Markdown, extract.Text, "other"} {
		if !strings.Contains(f.MediaType(), "/") || !strings.HasPrefix(f.Ext(), ".") || seen[f.Ext()] || seen[f.MediaType()] {
			t.Errorf("%s: %s %s", f, f.MediaType(), f.Ext())
		}
		seen[f.Ext()], seen[f.MediaType()] = true, true
	}
}

func FuzzDetect(f *testing.F) {
	f.Add([]byte("%PDF-1.7"), "a.pdf")
	f.Add(MustZip(f, entry{"mimetype", "application/epub+zip"}), "a.epub")
	f.Add([]byte(utf16LE("<html>")), "a")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		format, err := extract.Detect(bytes.NewReader(data), int64(len(data)), name)
		if (format == "") == (err == nil) {
			t.Errorf("got %q, %v", format, err)
		}
	})
}
