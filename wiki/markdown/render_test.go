package markdown_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/markdown/embed"
	"github.com/holtdb/holt/wiki/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// wiki is an environment with some pages and one attachment.
type wiki struct{ pages []string }

func (w wiki) PageURL(path, fragment string) string {
	return (&url.URL{Path: "/w/demo/" + path, Fragment: fragment}).String()
}

func (w wiki) AttachmentURL(page, name string) string {
	return (&url.URL{Path: "/w/demo/" + page + "/a/" + name}).String()
}

func (w wiki) Exists(page string) bool {
	for _, p := range w.pages {
		if p == page {
			return true
		}
	}
	return false
}

func (w wiki) Page() string { return "Guides/Setup" }

func (w wiki) Attachment(_ context.Context, page, name string, _ int64) ([]byte, error) {
	if page == "Guides/Setup" && name == "data.csv" {
		return []byte("a,b\n1,<script>alert(1)</script>\n"), nil
	}
	return nil, embed.ErrNotFound
}

func (w wiki) Attachments(context.Context, string) ([]embed.Attachment, error) {
	return []embed.Attachment{{Name: "plan.png", Size: 2048, Type: "image/png", URL: "/w/demo/Guides/Setup/a/plan.png"}}, nil
}

func (w wiki) Pages(context.Context, string) ([]embed.Page, error) {
	return []embed.Page{{Path: "Guides/Setup/Disk", Title: "Disk", URL: "/w/demo/Guides/Setup/Disk"}}, nil
}

func demo() wiki {
	return wiki{pages: []string{"Home", "Guides/Setup", "Guides/Other", "Release 1.2", "people/Mary"}}
}

func mustNew(tb testing.TB) *markdown.Renderer {
	tb.Helper()
	r, err := markdown.New()
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func mustRender(tb testing.TB, r *markdown.Renderer, text string, o markdown.Options) markdown.Page {
	tb.Helper()
	page, err := r.Render(context.Background(), "Guides/Setup", []byte(text), o, demo())
	if err != nil {
		tb.Fatalf("render %.200q: %v", text, err)
	}
	return page
}

// TestGolden compares pages with the HTML they are known to give.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	r := mustNew(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".md"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			o := markdown.Options{Sections: true}
			if strings.Contains(file, "newtab") {
				o.NewTab = true
			}
			if strings.Contains(file, "pagefirst") {
				o.WikilinkStyle = markdown.PageFirst
			}
			got := mustRender(t, r, string(text), o).HTML
			mustBeSafe(t, got)
			golden := strings.TrimSuffix(file, ".md") + ".html"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestBounds renders texts made to take long, which without bounds would take
// minutes to hours; the test's own time limit is what they would meet.
func TestBounds(t *testing.T) {
	r := mustNew(t)
	for name, text := range bombs(bombSize()) {
		t.Run(name, func(t *testing.T) {
			page := mustRender(t, r, text, markdown.Options{Sections: true})
			if len(page.HTML) > 6*len(text)+8<<20 {
				t.Errorf("%d bytes of HTML for %d of text", len(page.HTML), len(text))
			}
			if len(page.HTML) < 1<<20 {
				mustBeSafe(t, page.HTML)
			}
		})
	}
}

// bombSize is a fraction of a page in a short run.
func bombSize() int {
	if testing.Short() {
		return markdown.MaxInput / 40
	}
	return markdown.MaxInput
}

// TestBeyondLimits shows what cannot be rendered as the text it is.
func TestBeyondLimits(t *testing.T) {
	page := mustRender(t, mustNew(t), strings.Repeat("> ", 5000)+"<b>x", markdown.Options{})
	if !page.Plain || !strings.Contains(string(page.HTML), "&lt;b&gt;x") || strings.Contains(string(page.HTML), "<b>") {
		t.Errorf("plain %v: %.100q", page.Plain, page.HTML)
	}
}

// TestErrors has the two ways in which a page cannot be rendered.
func TestErrors(t *testing.T) {
	r := mustNew(t)
	_, err := r.Render(context.Background(), "x", make([]byte, markdown.MaxInput+1), markdown.Options{}, demo())
	if !errors.Is(err, markdown.ErrTooLong) {
		t.Errorf("got %v, want ErrTooLong", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Render(ctx, "x", []byte("x"), markdown.Options{}, demo()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want Canceled", err)
	}
}

// TestPage checks what is told about a page beside its HTML.
func TestPage(t *testing.T) {
	r := mustNew(t)
	page := mustRender(t, r, "---\ntitle: From front\n---\n\n# One `x` &amp; *two*\n## One\n## One\n\n[[Home]] [[Home]] [[Nowhere]] [a](Other) ![i](x.png)\n\n$x$\n", markdown.Options{})
	want := []markdown.Heading{{Level: 1, ID: "one-x-two", Text: "One x & two"}, {Level: 2, ID: "one", Text: "One"}, {Level: 2, ID: "one-1", Text: "One"}}
	if !slices.Equal(page.Contents, want) {
		t.Errorf("contents %v, want %v", page.Contents, want)
	}
	if page.Title != "From front" || page.Properties.Title != "From front" {
		t.Errorf("title %q", page.Title)
	}
	if links := []string{"Home", "Nowhere", "Guides/Other"}; !slices.Equal(page.Links, links) {
		t.Errorf("links %v, want %v", page.Links, links)
	}
	if page.Needs != (markdown.Needs{Math: true}) || page.Dynamic || page.Plain {
		t.Errorf("needs %+v, dynamic %v, plain %v", page.Needs, page.Dynamic, page.Plain)
	}
	page = mustRender(t, r, "# A title\n\n```mermaid\nx\n```\n\n{{AttachmentList}}\n", markdown.Options{})
	if page.Title != "A title" || !page.Needs.Mermaid || page.Needs.Math || !page.Dynamic {
		t.Errorf("title %q, needs %+v, dynamic %v", page.Title, page.Needs, page.Dynamic)
	}
}

// TestSections checks that a heading names the section that replacing changes.
func TestSections(t *testing.T) {
	text := "---\na: b\n---\nIntro\n\n# A\n\n::: info\n# No section\n:::\n\n> # Nor this\n\nB\n=\n\n[[x|y]]\n\n  ## C\n"
	html := string(mustRender(t, mustNew(t), text, markdown.Options{Sections: true}).HTML)
	for i, s := range source.Sections([]byte(text)) {
		if want := fmt.Sprintf(`id="%s" data-section="%d"`, strings.ToLower(s.Title), i); !strings.Contains(html, want) {
			t.Errorf("no %s in %s", want, html)
		}
	}
	if got := strings.Count(html, "data-section"); got != 3 {
		t.Errorf("%d sections, want 3", got)
	}
	if html := string(mustRender(t, mustNew(t), text, markdown.Options{}).HTML); strings.Contains(html, "data-section") {
		t.Error("sections are marked unasked")
	}
}

// TestSlug has the ids that Otter gives, and some for what it has none.
func TestSlug(t *testing.T) {
	for text, want := range map[string]string{
		"head 1.1 bold": "head-11-bold", "Some Heading": "some-heading", "a  -- b": "a-b", "snake_case": "snake_case",
		"Ünïcode": "unicode", "(x) y": "x-y", " trimmed ": "trimmed", "日本 語": "日本-語", "!?": "section", "": "section",
		"holt-x": "section-holt-x", "Holt-X": "section-holt-x",
	} {
		if got := markdown.Slug(text); got != want {
			t.Errorf("Slug(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestConcurrent renders on one renderer from several goroutines.
func TestConcurrent(t *testing.T) {
	r := mustNew(t)
	const text = "# A\n\n[^1] [[Home|x]] `code`\n\n[^1]: n\n\n```go\nx := 1\n```\n"
	want := string(mustRender(t, r, text, markdown.Options{}).HTML)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			page, err := r.Render(context.Background(), "Guides/Setup", []byte(text), markdown.Options{}, demo())
			if err != nil || string(page.HTML) != want {
				t.Errorf("%v, %s", err, page.HTML)
			}
		})
	}
	group.Wait()
}

// BenchmarkRender renders a page of 23 KB, with and without code.
func BenchmarkRender(b *testing.B) {
	const prose = "## Section\n\nSome *text* with [[Home|a link]], `code` and **more** of it, as people write.\n\n- one\n- two\n\n"
	for name, part := range map[string]string{
		"prose": prose,
		"code":  prose + "```go\nfunc main() {\n\tfmt.Println(\"hello\") // world\n}\n```\n\n",
	} {
		b.Run(name, func(b *testing.B) {
			r := mustNew(b)
			text := strings.Repeat(part, 23<<10/len(part))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				mustRender(b, r, text, markdown.Options{Sections: true})
			}
		})
	}
}
