package library

import (
	"crypto/rand"
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxTitle is the most characters of a title; a form says so before it is sent.
const MaxTitle = 300

// Bounds of what else people name, in characters.
const (
	maxFileName = 255
	maxTag      = 60
	maxTags     = 50 // of one document
)

// newID returns 128 random bits as a public document id.
func newID() string { return strings.ToLower(rand.Text()) }

// cleanLine makes one line of s: NFC, no control characters, single spaces.
func cleanLine(s string) string {
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// cleanFileName makes a name for display of what a client calls a file. It is
// never used as a path.
func cleanFileName(name string) string {
	name = path.Base(strings.ReplaceAll(cleanLine(name), `\`, "/"))
	if name == "." || name == "/" || name == "" {
		return "document"
	}
	if ext := path.Ext(name); len(name) > maxFileName && len(ext) < 10 {
		return clip(strings.TrimSuffix(name, ext), maxFileName-len(ext)) + ext
	}
	return clip(name, maxFileName)
}

// titleOfFile is the title of a document that does not say one.
func titleOfFile(name string) string {
	base := path.Base(name)
	title := cleanLine(strings.ReplaceAll(strings.TrimSuffix(base, path.Ext(base)), "_", " "))
	if title == "" {
		return clip(cleanLine(base), MaxTitle)
	}
	return clip(title, MaxTitle)
}
