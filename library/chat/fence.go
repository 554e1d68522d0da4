package chat

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// fence is a word that occurs in none of the texts it encloses. Nobody who
// writes a document can know it beforehand: it follows from all the texts.
type fence string

// newFence returns the fence for some texts.
func newFence(texts ...string) fence {
	sum := sha256.New()
	for _, text := range texts {
		sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text))))
		sum.Write([]byte(text))
	}
	for {
		word := hex.EncodeToString(sum.Sum(nil))[:16]
		if !anyContains(texts, word) {
			return fence(word)
		}
		sum.Write([]byte(word))
	}
}

// anyContains reports whether one of the texts has a word, in whatever case.
func anyContains(texts []string, word string) bool {
	for _, text := range texts {
		if strings.Contains(strings.ToLower(text), word) {
			return true
		}
	}
	return false
}

// begin returns the line before something enclosed.
func (f fence) begin(what string) string { return "<<<BEGIN " + string(f) + " " + what + "\n" }

// end returns the line after something enclosed.
func (f fence) end(what string) string { return "\nEND>>> " + string(f) + " " + what + "\n" }

// enclose returns a passage between its fences. Title, page and heading are of
// the document too, and so stand inside. What looks like a citation in them would
// be taken for one of ours.
func (f fence) enclose(p Passage) string {
	name := "passage " + strconv.Itoa(p.Number)
	var b strings.Builder
	b.WriteString(f.begin(name))
	b.WriteString("Document: " + roundBrackets(p.Title) + "\n")
	b.WriteString("Page: " + roundBrackets(p.page()) + "\n")
	if p.Heading != "" {
		b.WriteString("Section: " + roundBrackets(p.Heading) + "\n")
	}
	b.WriteString("Text:\n" + roundBrackets(p.Text))
	b.WriteString(f.end(name))
	return b.String()
}

// page returns the page as readers know it.
func (p Passage) page() string {
	if p.Label != "" {
		return p.Label
	}
	return strconv.Itoa(p.Page)
}
