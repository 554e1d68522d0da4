package samples_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/samples"
)

// Limits that keep the repository small and notice a build that went wrong.
const (
	minFileBytes = 8 << 10
	maxPDFBytes  = 1536 << 10 // all PDF files together
)

func TestFilesAreTheFiveDocuments(t *testing.T) {
	want := []string{
		"bread-slowly.md",
		"river-otter.pdf",
		"skerry-point.epub",
		"small-garden-bees.epub",
		"small-server.pdf",
	}
	entries, err := fs.ReadDir(samples.Files(), ".")
	if err != nil {
		t.Fatalf("list samples: %v", err)
	}
	var got []string
	for _, entry := range entries {
		if !entry.Type().IsRegular() {
			t.Errorf("%s is not a plain file", entry.Name())
		}
		got = append(got, entry.Name())
	}
	if !slices.Equal(got, want) {
		t.Fatalf("samples are %q, want %q", got, want)
	}
}

func TestFilesHaveTheirFormat(t *testing.T) {
	tests := []struct {
		name  string
		magic string
	}{
		{"bread-slowly.md", "---\ntitle: "},
		{"river-otter.pdf", "%PDF-1."},
		{"small-server.pdf", "%PDF-1."},
		{"skerry-point.epub", "PK\x03\x04"},
		{"small-garden-bees.epub", "PK\x03\x04"},
	}
	pdfBytes := 0
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data := MustReadFile(t, samples.Files(), test.name)
			if len(data) < minFileBytes {
				t.Errorf("only %d bytes, want at least %d", len(data), minFileBytes)
			}
			if !bytes.HasPrefix(data, []byte(test.magic)) {
				t.Errorf("starts with %q, want %q", data[:min(len(data), 12)], test.magic)
			}
			if path.Ext(test.name) == ".pdf" {
				pdfBytes += len(data)
				if !bytes.HasSuffix(bytes.TrimSpace(data), []byte("%%EOF")) {
					t.Error("PDF is cut short: its end-of-file marker is missing")
				}
			}
		})
	}
	if pdfBytes > maxPDFBytes {
		t.Errorf("the PDF files have %d bytes together, want at most %d", pdfBytes, maxPDFBytes)
	}
}

func TestBooksAreEPUB3(t *testing.T) {
	tests := []struct {
		name     string
		title    string
		author   string
		chapters int
	}{
		{"skerry-point.epub", "The Lighthouse at Skerry Point", "Morwenna Hale", 6},
		{"small-garden-bees.epub", "Keeping Bees in a Small Garden", "Tomas Alder", 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data := MustReadFile(t, samples.Files(), test.name)
			book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatalf("open archive: %v", err)
			}

			// The container format wants this entry first and uncompressed, so
			// that the type can be read at a fixed place in the file.
			first := book.File[0]
			if first.Name != "mimetype" || first.Method != zip.Store {
				t.Errorf("first entry is %q with method %d, want mimetype, stored", first.Name, first.Method)
			}
			if got := string(MustReadFile(t, book, "mimetype")); got != "application/epub+zip" {
				t.Errorf("mimetype is %q", got)
			}

			var pkg packageDocument
			if err := xml.Unmarshal(MustReadFile(t, book, "EPUB/content.opf"), &pkg); err != nil {
				t.Fatalf("read package document: %v", err)
			}
			if pkg.Version != "3.0" || pkg.Title != test.title || pkg.Author != test.author || pkg.Language != "en-GB" {
				t.Errorf("package document says version %q, title %q, author %q, language %q",
					pkg.Version, pkg.Title, pkg.Author, pkg.Language)
			}

			chapters, properties := 0, ""
			for _, item := range pkg.Items {
				MustReadFile(t, book, path.Join("EPUB", item.Href))
				properties += " " + item.Properties
				if strings.HasPrefix(item.Href, "text/ch") {
					chapters++
				}
			}
			if chapters != test.chapters {
				t.Errorf("book has %d chapter files, want %d", chapters, test.chapters)
			}
			for _, property := range []string{"nav", "cover-image"} {
				if !slices.Contains(strings.Fields(properties), property) {
					t.Errorf("no item of the manifest is the %s", property)
				}
			}
		})
	}
}

func TestSourcesCarryTheLicence(t *testing.T) {
	source := os.DirFS("source")
	texts, err := fs.Glob(source, "*.md")
	if err != nil {
		t.Fatalf("list sources: %v", err)
	}
	if len(texts) != 5 {
		t.Fatalf("found %d source texts, want 5", len(texts))
	}
	for _, name := range texts {
		header, _, found := strings.Cut(strings.TrimPrefix(string(MustReadFile(t, source, name)), "---\n"), "\n---\n")
		if !found || !strings.Contains(header, "rights: Written for Holt.") || !strings.Contains(header, "MIT licence") {
			t.Errorf("%s: header lacks the note that it was written for Holt under the MIT licence", name)
		}
	}
	drawings, err := fs.Glob(source, "*.svg")
	if err != nil {
		t.Fatalf("list drawings: %v", err)
	}
	for _, name := range drawings {
		if !strings.Contains(string(MustReadFile(t, source, name)), "Own drawing, MIT licence.") {
			t.Errorf("%s: drawing lacks its licence note", name)
		}
	}
}

// TestMarkdownIsItsSource notices an edited source that was not built again.
func TestMarkdownIsItsSource(t *testing.T) {
	built := MustReadFile(t, samples.Files(), "bread-slowly.md")
	source := MustReadFile(t, os.DirFS("source"), "bread-slowly.md")
	if !bytes.Equal(built, source) {
		t.Error("files/bread-slowly.md differs from its source: run samples/build.sh")
	}
}

// packageDocument is the part of an EPUB package document that the tests read
// (EPUB 3.3, section 5).
type packageDocument struct {
	Version  string `xml:"version,attr"`
	Title    string `xml:"metadata>title"`
	Author   string `xml:"metadata>creator"`
	Language string `xml:"metadata>language"`
	Items    []struct {
		Href       string `xml:"href,attr"`
		Properties string `xml:"properties,attr"`
	} `xml:"manifest>item"`
}

// MustReadFile returns the content of a file of fsys and fails the test if it
// cannot be read.
func MustReadFile(tb testing.TB, fsys fs.FS, name string) []byte {
	tb.Helper()
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		tb.Fatalf("read %s: %v", name, err)
	}
	return data
}
