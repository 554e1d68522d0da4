package extract_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/library/extract"
)

func TestReadHTML(t *testing.T) {
	content := MustRead(t, []byte(`<html lang="fr"><head><meta charset="windows-1252"><title>Th`+"\xe9"+`</title><meta name=author content="Ana"></head>
<body><h1>Un</h1><p>a</p><h2 id=s>Deux</h2><p>b</p><h3>Trois</h3><p>c</p><script>alert(1)</script><img src=x onerror=alert(1)></body></html>`), extract.HTML)
	if got, want := labels(content), "Un|Deux"; got != want {
		t.Errorf("labels %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(content.Meta), "{Thé [Ana] fr [{Un 0 1} {Deux 1 2} {Trois 2 2}]}"; got != want {
		t.Errorf("meta %s, want %s", got, want)
	}
	if got, want := content.Pages[1].HTML, `<h2 id="doc-s">Deux</h2><p>b</p><h3>Trois</h3><p>c</p>`; got != want {
		t.Errorf("html %s, want %s", got, want)
	}
}

func TestEncodings(t *testing.T) {
	tests := []struct {
		name, data string
		format     extract.Format
	}{
		{"UTF-8", "<p>Grüße – €", extract.HTML},
		{"UTF-8 with its mark", "\ufeff<p>Grüße – €", extract.HTML},
		{"UTF-8 after much ASCII", "<p>" + strings.Repeat(" ", 3000) + "Grüße – €", extract.HTML},
		{"UTF-16", utf16LE("<p>Grüße – €"), extract.HTML},
		{"Windows-1252", "<p>Gr\xfc\xdfe \x96 \x80", extract.HTML},
		{"named", "<meta charset=iso-8859-15><p>Gr\xfc\xdfe &ndash; \xa4", extract.HTML},
		{"text in UTF-8 with its mark", "\ufeffGrüße – €", extract.Text},
		{"text in UTF-16", utf16LE("Grüße – €"), extract.Text},
		{"text in Windows-1252", "Gr\xfc\xdfe \x96 \x80", extract.Text},
		{"Markdown with its mark", "\ufeffGrüße – €", extract.Markdown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			content := MustRead(t, []byte(tt.data), tt.format)
			if len(content.Pages) != 1 || content.Pages[0].Text != "Grüße – €" {
				t.Errorf("got %+v", content.Pages)
			}
		})
	}
}

func TestReadMarkdown(t *testing.T) {
	source := "---\ntitle: On Otters\nauthors:\n  - Ada\n  - name: Ben\ntags: [a, b]\nlang: en\n---\n" +
		"# Intro\n\n## Food\n\nFish, *mostly*[^1] <script>alert(1)</script>\n\n| a | b |\n|---|---|\n| c | d |\n\n## Food\n\n- [x] done\n- <https://example.org>\n\n[^1]: and crabs\n"
	content := MustRead(t, []byte(source), extract.Markdown)
	if got, want := fmt.Sprint(content.Meta), "{On Otters [Ada Ben] en [{Intro 0 1} {Food 1 1} {Food 1 2}]}"; got != want {
		t.Errorf("meta %s, want %s", got, want)
	}
	if got, want := labels(content), "Intro|Food"; got != want {
		t.Errorf("labels %s, want %s", got, want)
	}
	if got, want := content.Pages[0].Text, "Intro\n\nFood\n\nFish, mostly1\n\na\tb\nc\td"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
	if want := `<a href="https://example.org" rel="noopener noreferrer nofollow">`; !strings.Contains(content.Pages[1].HTML, want) {
		t.Errorf("no %s in %s", want, content.Pages[1].HTML)
	}
}

func TestFrontMatter(t *testing.T) {
	tests := []struct{ name, source, title, text string }{
		{"title", "---\ntitle: T\nauthor: A\n---\nx", "T", "x"},
		{"Windows lines", "---\r\ntitle: T\r\n---\r\nx", "T", "x"},
		{"number", "---\ntitle: 1984\n---\nx", "1984", "x"},
		{"none, but a heading", "# H\n\nx", "H", "H\n\nx"},
		{"none, and a later heading of a part", "x\n\n## Examples\n\ny", "", "x"},
		{"a line, not front matter", "---\n\nx", "", "x"},
		{"alias bomb", "---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\ntitle: T\nauthors: [*c, *c]\n---\nx", "T", "x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			content := MustRead(t, []byte(tt.source), extract.Markdown)
			if content.Meta.Title != tt.title || content.Pages[0].Text != tt.text {
				t.Errorf("title %q, text %q", content.Meta.Title, content.Pages[0].Text)
			}
		})
	}
}

func TestReadText(t *testing.T) {
	var b strings.Builder
	b.WriteString("The Title\n\n")
	for i := range 30 {
		fmt.Fprintf(&b, "Paragraph %d has an exam-\nple. %s\n\n", i, words(94))
	}
	content := MustRead(t, []byte(b.String()), extract.Text)
	if got, want := labels(content), "1|2|3|4|5|6"; got != want {
		t.Errorf("labels %s, want %s", got, want)
	}
	for _, page := range content.Pages {
		if n := len(strings.Fields(page.Text)); n < 490 || n > 600 {
			t.Errorf("page %d has %d words", page.Number, n)
		}
	}
	if content.Meta.Title != "The Title" || !strings.Contains(content.Pages[0].HTML, "<p>Paragraph 0 has an example.<br>word") {
		t.Errorf("title %q, html %.120s", content.Meta.Title, content.Pages[0].HTML)
	}
}

func TestReadTextFormFeeds(t *testing.T) {
	var b strings.Builder
	for i := range 5 {
		fmt.Fprintf(&b, "Draft standard\nline %c of the text\nline %[1]c goes on\nline %[1]c and on\n\nBrook [Page %d]\n\f", 'a'+i, i+1)
	}
	content := MustRead(t, []byte(b.String()), extract.Text)
	if got, want := labels(content), "1|2|3|4|5"; got != want {
		t.Errorf("labels %s, want %s", got, want)
	}
	if got, want := content.Pages[3].Text, "line d of the text\nline d goes on\nline d and on"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}

func TestReadNothing(t *testing.T) {
	for _, format := range []extract.Format{extract.HTML, extract.Markdown, extract.Text} {
		if content := MustRead(t, []byte(" \n "), format); len(content.Pages) != 0 {
			t.Errorf("%s: %+v", format, content.Pages)
		}
	}
	if _, err := extract.Read(context.Background(), file(nil, extract.Text)); !errors.Is(err, extract.ErrEmpty) {
		t.Errorf("no bytes: %v", err)
	}
	if _, err := extract.Read(context.Background(), file([]byte("%PDF-"), extract.PDF)); !errors.Is(err, extract.ErrUnsupported) {
		t.Errorf("PDF: %v", err)
	}
}

// endless is a file of that size with the same byte throughout.
type endless byte

func (e endless) ReadAt(p []byte, _ int64) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestReadHuge(t *testing.T) {
	for _, format := range []extract.Format{extract.HTML, extract.Markdown, extract.Text} {
		f := extract.File{Reader: endless('x'), Size: 100 << 20, Format: format}
		if _, err := extract.Read(context.Background(), f); !errors.Is(err, extract.ErrTooLarge) {
			t.Errorf("100 MB of %s in one line: %v", format, err)
		}
	}
}

// TestReadBlank reads texts of hardly anything but the ends of lines and pages.
func TestReadBlank(t *testing.T) {
	const size, times = 4 << 20, 6
	tests := []struct {
		name, data string
		pages      int
		want       error
	}{
		{"form feeds first", strings.Repeat("\f", size) + "hi", 1, nil},
		{"form feeds inside", "hi" + strings.Repeat("\f", size) + "hi", 0, extract.ErrTooLarge},
		{"line ends", "hi" + strings.Repeat("\n", size) + "hi", 1, nil},
		{"carriage returns", "hi" + strings.Repeat("\r", size) + "hi", 1, nil},
		{"spaces", "hi" + strings.Repeat(" ", size) + "hi", 1, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := file([]byte(tt.data), extract.Text)
			spent := allocated(func() {
				content, err := extract.Read(context.Background(), f)
				if !errors.Is(err, tt.want) || err == nil && len(content.Pages) != tt.pages {
					t.Errorf("got %+v, %v", content, err)
				}
			})
			if spent > times*f.Size {
				t.Errorf("allocates %.1f times its input", float64(spent)/float64(f.Size))
			}
		})
	}
}

// TestReadHostile reads what is slow or deep in a careless reader.
func TestReadHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("large input")
	}
	many := strings.Repeat
	tests := []struct {
		name, data string
		format     extract.Format
	}{
		{"one line", many("word ", 400_000), extract.Text},
		{"one word", many("x", 2<<20), extract.Text},
		{"short lines", many("a-\n", 200_000), extract.Text},
		{"form feeds", many("1\f", 20_000), extract.Text},
		{"quotes", many(">", 200_000) + "x", extract.Markdown},
		{"quotes with spaces", many("> ", 200_000) + "x", extract.Markdown},
		{"nested lists", many("- ", 200_000) + "x", extract.Markdown},
		{"nested numbers", many("1. ", 100_000) + "x", extract.Markdown},
		{"growing indent", growing(1500), extract.Markdown},
		{"emphasis", many("*a **a ", 100_000), extract.Markdown},
		{"emphasis in short paragraphs", many(many("*a **a ", 1000)+"\n\n", 100), extract.Markdown},
		{"brackets", many("[", 200_000), extract.Markdown},
		{"brackets in short paragraphs", many(many("[", 4000)+"\n\n", 200), extract.Markdown},
		{"images", many(many("![", 2000)+many("](x)", 1000)+"\n\n", 100), extract.Markdown},
		{"tags", many("<a ", 200_000), extract.Markdown},
		{"code", many("`", 200_000), extract.Markdown},
		{"code of all lengths", backticks(3000), extract.Markdown},
		{"references", many("[a]: x\n", 60_000), extract.Markdown},
		{"footnotes", many("[^a]", 200_000), extract.Markdown},
		{"table", many("|a", 2000) + "\n" + many("|-", 2000) + "\n" + many(many("|", 100)+"\n", 1000), extract.Markdown},
		{"wide table", many("|a", 1000) + "\n" + many("|-", 1000) + "\n" + many("|\n", 5000), extract.Markdown},
		{"many tables", many(many("|a", 50)+"\n"+many("|-", 50)+"\n"+many("|\n", 5000)+"\n", 20), extract.Markdown},
		{"addresses", many("a@", 200_000) + "\n\n" + many("www.", 200_000) + "\n\n" + many("http://", 100_000), extract.Markdown},
		{"addresses in short paragraphs", many(many("a@", 1000)+many("http://a.b", 500)+many("www.a", 500)+"\n\n", 100), extract.Markdown},
		{"list items", many("- a\n", 60_000), extract.Markdown},
		{"deep elements", many("<div><b>", 200_000), extract.HTML},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			content, err := extract.Read(context.Background(), file([]byte(tt.data), tt.format))
			if err != nil && !errors.Is(err, extract.ErrTooLarge) && !errors.Is(err, extract.ErrBroken) {
				t.Fatal(err)
			}
			if err == nil {
				requireSound(t, content)
			}
		})
	}
}

// growing nests a list by indentation.
func growing(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat("  ", i) + "- x\n")
	}
	return b.String()
}

// backticks opens code spans of ever other lengths.
func backticks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("x" + strings.Repeat("`", i%1500))
		if i%5 == 0 {
			b.WriteString("\n\n")
		}
	}
	return b.String()
}
