package chat

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// ExportFormat is the value of "format" in an export as JSON.
const ExportFormat = "holt-chat-1"

// Transcript is a chat as it is exported.
type Transcript struct {
	Title     string     `json:"title"`
	Created   time.Time  `json:"created"`
	Updated   time.Time  `json:"updated"`
	Documents []string   `json:"documents,omitempty"` // titles that the chat is limited to; none means all
	Tags      []string   `json:"tags,omitempty"`      // likewise
	Exchanges []Exchange `json:"exchanges"`
}

// Exchange is a question with its answer.
type Exchange struct {
	Question  string    `json:"question"`
	Asked     time.Time `json:"asked"`
	Answer    string    `json:"answer"`          // Markdown as of [Parsed]
	Kind      string    `json:"kind,omitempty"`  // answer, passages or nothing
	Model     string    `json:"model,omitempty"` // that answered
	Error     string    `json:"error,omitempty"` // a sentence, if the answer failed
	Citations []Source  `json:"citations,omitempty"`
}

// Source is a passage that an answer cites.
type Source struct {
	Number     int    `json:"number"`
	DocumentID string `json:"document_id,omitempty"`
	Title      string `json:"title"`
	Page       int    `json:"page"`
	Label      string `json:"label,omitempty"`
	Snippet    string `json:"snippet,omitempty"`
}

// ExportJSON writes a transcript as JSON.
func ExportJSON(w io.Writer, t Transcript) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	if t.Exchanges == nil {
		t.Exchanges = []Exchange{}
	}
	if err := out.Encode(struct {
		Format string `json:"format"`
		Transcript
	}{ExportFormat, t}); err != nil {
		return fmt.Errorf("write transcript: %w", err)
	}
	return nil
}

// ExportMarkdown writes a transcript as Markdown for any reader of it. Titles,
// questions and snippets are escaped; an answer stands in a quoted block, which
// nothing in it can leave.
func ExportMarkdown(w io.Writer, t Transcript) error {
	out := bufio.NewWriter(w)
	out.WriteString("# " + escapeMarkdown(t.Title) + "\n\n")
	if !t.Created.IsZero() {
		out.WriteString(t.Created.UTC().Format("2 January 2006, 15:04 MST") + "\n\n")
	}
	writeList(out, "Documents", t.Documents)
	writeList(out, "Tags", t.Tags)
	for i, e := range t.Exchanges {
		out.WriteString("## Question " + strconv.Itoa(i+1) + "\n\n")
		for line := range strings.SplitSeq(visible(e.Question), "\n") {
			if line = escapeMarkdown(line); line != "" {
				out.WriteString(line + "\n\n")
			}
		}
		out.WriteString("### Answer\n\n")
		writeAnswer(out, e)
		writeSources(out, e.Citations)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write transcript: %w", err)
	}
	return nil
}

func writeList(out *bufio.Writer, name string, values []string) {
	if len(values) == 0 {
		return
	}
	out.WriteString(name + ":\n\n")
	for _, value := range values {
		out.WriteString("- " + escapeMarkdown(value) + "\n")
	}
	out.WriteString("\n")
}

func writeAnswer(out *bufio.Writer, e Exchange) {
	numbers := map[int]bool{}
	for _, c := range e.Citations {
		numbers[c.Number] = true
	}
	answer := tidy(strings.TrimSpace(visible(bounded(e.Answer))), func(n int) bool { return numbers[n] })
	if answer != "" {
		for line := range strings.SplitSeq(answer, "\n") {
			out.WriteString(strings.TrimRight("> "+line, " ") + "\n")
		}
		out.WriteString("\n")
	}
	if e.Error != "" {
		out.WriteString("*" + escapeMarkdown(e.Error) + "*\n\n")
	}
}

func writeSources(out *bufio.Writer, sources []Source) {
	if len(sources) == 0 {
		return
	}
	out.WriteString("### Sources\n\n")
	for _, s := range sources {
		passage := Passage{Title: s.Title, Page: s.Page, Label: s.Label}
		out.WriteString(`- \[` + strconv.Itoa(s.Number) + `\] ` + source(passage))
		if s.Snippet != "" {
			out.WriteString(": " + escapeMarkdown(s.Snippet))
		}
		out.WriteString("\n")
	}
	out.WriteString("\n")
}
