package chat_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"github.com/holtdb/holt/library/chat"
)

func TestPassages(t *testing.T) {
	passages := park()
	passages[0].Title = "[1] *Rules* <b>\n# x"
	passages[1].Text = "1. First [2] of <b>*them*</b> all. \"They do not bite people here,\" it says. " + passages[1].Text
	passages[2].Neighbour = true
	answer := chat.Passages("May a dog run free?", passages)
	p := chat.Parse(answer, passages)
	got := chat.HTML(p.Answer, p, address)
	checkHTML(t, got)
	checkMarkdown(t, answer)
	if p.NoAnswer || len(p.Citations) != 2 || p.Citations[0].Number != 1 || p.Citations[1].Number != 2 {
		t.Errorf("citations: %+v", p.Citations)
	}
	if len(p.Quotes) == 0 {
		t.Error("no quotations")
	}
	for _, q := range p.Quotes {
		if !q.Verified {
			t.Errorf("not verified: %q", q.Text)
		}
	}
	for _, want := range []string{"No language model is set up", "<strong>[1] *Rules* &lt;b&gt; # x</strong>, page 4", "1. First [2] of &lt;b&gt;*them*&lt;/b&gt; all."} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
	if strings.Contains(got, "東京") {
		t.Error("a neighbour is shown")
	}
	if got := chat.Passages("?", nil); got != chat.NothingFoundText {
		t.Errorf("without passages: %s", got)
	}
	long := []chat.Passage{{Number: 1, Title: "T", Text: strings.Repeat("Nothing of interest is said here at all. ", 100) + "The badger sleeps. " + strings.Repeat("More of the same follows. ", 100)}}
	answer = chat.Passages("Where does the badger sleep?", long)
	if !strings.Contains(answer, "The badger sleeps.") || len(answer) > 1200 {
		t.Errorf("long passage: %s", answer)
	}
	if p := chat.Parse(answer, long); len(p.Quotes) != 1 || !p.Quotes[0].Verified {
		t.Errorf("quotations of the long passage: %+v", p.Quotes)
	}
}

func transcript(title, question, answer string) chat.Transcript {
	return chat.Transcript{
		Title: title, Created: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Documents: []string{title}, Tags: []string{question},
		Exchanges: []chat.Exchange{
			{Question: question, Answer: answer, Kind: "answer", Model: "m", Citations: []chat.Source{{Number: 1, Title: title, Page: 4, Snippet: question}}},
			{Question: "Second?", Answer: "Done.", Error: "The model could not be reached."},
		},
	}
}

func TestExportMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := chat.ExportMarkdown(&b, transcript("Dogs & *cats*", "Where?\n# Not a heading", "Here [1].\n\n# Big\n\n- a\n- b\n\n```\nopen")); err != nil {
		t.Fatal(err)
	}
	want := `# Dogs \& \*cats\*

1 March 2026, 12:00 UTC

Documents:

- Dogs \& \*cats\*

Tags:

- Where? # Not a heading

## Question 1

Where?

\# Not a heading

### Answer

> Here [1].
>
> # Big
>
> - a
> - b
>
> ` + "```" + `
> open

### Sources

- \[1\] **Dogs \& \*cats\***, page 4: Where? # Not a heading

## Question 2

Second?

### Answer

> Done.

*The model could not be reached.*

`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestExportJSON(t *testing.T) {
	in := transcript("T\u2028<b>", "Q", "A [1].")
	var b bytes.Buffer
	if err := chat.ExportJSON(&b, in); err != nil {
		t.Fatal(err)
	}
	var out struct {
		Format string
		chat.Transcript
	}
	if err := json.Unmarshal(b.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	if out.Format != chat.ExportFormat || out.Title != in.Title || len(out.Exchanges) != 2 || out.Exchanges[0].Citations[0] != in.Exchanges[0].Citations[0] {
		t.Errorf("%+v", out)
	}
	b.Reset()
	if err := chat.ExportJSON(&b, chat.Transcript{}); err != nil || !strings.Contains(b.String(), `"exchanges": []`) {
		t.Errorf("an empty chat: %v %s", err, b.String())
	}
}

type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestExportToFullDisk(t *testing.T) {
	if err := chat.ExportMarkdown(full{}, transcript("a", "b", "c")); !errors.Is(err, errFull) {
		t.Errorf("Markdown: %v", err)
	}
	if err := chat.ExportJSON(full{}, transcript("a", "b", "c")); !errors.Is(err, errFull) {
		t.Errorf("JSON: %v", err)
	}
}

// FuzzExport proves that no title, question or answer breaks the shape of an
// export, or brings links, images or HTML into it.
func FuzzExport(f *testing.F) {
	for _, c := range injections(f) {
		f.Add(c.title, c.text, c.text)
	}
	f.Add("- a", "1) b\n===", "a\n> b\n\n\tc\n~~~ d")
	f.Fuzz(func(t *testing.T, title, question, answer string) {
		if len(title)+len(question)+len(answer) > 3000 {
			t.Skip()
		}
		var b bytes.Buffer
		if err := chat.ExportMarkdown(&b, transcript(title, question, answer)); err != nil {
			t.Fatal(err)
		}
		checkMarkdown(t, b.String())
		const want = "# List List ## ### Blockquote ### List ## ### Blockquote"
		if got := outline(b.Bytes()); got != want && got != strings.Replace(want, "Blockquote ", "", 1) {
			t.Fatalf("outline %q of %s", got, b.String())
		}
	})
}

// outline returns the kinds of an export's headings and other blocks but paragraphs.
func outline(source []byte) string {
	var kinds []string
	for n := goldmark.New().Parser().Parse(text.NewReader(source)).FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Paragraph:
		case *ast.Heading:
			kinds = append(kinds, strings.Repeat("#", n.Level))
		default:
			kinds = append(kinds, n.Kind().String())
		}
	}
	return strings.Join(kinds, " ")
}
