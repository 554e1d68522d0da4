package ui

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/markdown"
)

// WikiReadPage is a page of a wiki, as it is or was.
type WikiReadPage struct {
	WikiFrame
	Page        wiki.Page
	Rendered    *markdown.Page
	Draft       time.Time     // when the visitor's unsaved draft last changed; zero for none
	Attachments int           // files of the page
	Rules       []access.Rule // that decide on the page, see wiki.Session.RulesFor
	Former      string        // the name that led here before the page was renamed; "" for none
}

func (WikiReadPage) template() string { return "wiki_read" }

// OwnHeading reports whether the text has a heading of level 1, which serves as
// the page's.
func (p WikiReadPage) OwnHeading() bool { return bytes.Contains(p.Rendered.HTML, []byte("<h1")) }

// Contents are the headings for the list of contents, none when it would be
// shorter than is of use.
func (p WikiReadPage) Contents() []markdown.Heading { return contents(p.Rendered.Contents) }

// contents leaves out headings without words, and all where they are few.
func contents(headings []markdown.Heading) []markdown.Heading {
	named := slices.DeleteFunc(slices.Clone(headings), func(h markdown.Heading) bool { return strings.TrimSpace(h.Text) == "" })
	if len(named) < 3 {
		return nil
	}
	return named
}

// Text is the page's text, with links to edit its sections where the visitor may.
func (p WikiReadPage) Text() template.HTML {
	if !p.Page.Head || !p.CanWrite() {
		return template.HTML(p.Rendered.HTML)
	}
	return withSectionLinks(p.Rendered.HTML, p.To("section"))
}

// withSectionLinks puts a link to edit a section into each heading that the
// renderer marked as the beginning of one. The renderer's output is taken as it
// is: its headings end at the next end tag of a heading.
func withSectionLinks(text []byte, address string) template.HTML {
	const mark = ` data-section="`
	var b strings.Builder
	rest := string(text)
	for {
		at := strings.Index(rest, mark)
		if at < 0 {
			break
		}
		number, after, closed := strings.Cut(rest[at+len(mark):], `"`)
		end := strings.Index(after, "</h")
		if _, err := strconv.ParseUint(number, 10, 31); err != nil || !closed || end < 0 {
			b.WriteString(rest[:at+len(mark)])
			rest = rest[at+len(mark):]
			continue
		}
		b.WriteString(rest[:at])
		b.WriteString(after[:end])
		fmt.Fprintf(&b, `<a class="section-edit" href="%s/%s" rel="nofollow">Edit<span class="hidden"> this section</span></a>`,
			html.EscapeString(address), number)
		rest = after[end:]
	}
	b.WriteString(rest)
	return template.HTML(b.String())
}

// WikiMissingPage says that there is no page of a name, and offers to write it.
type WikiMissingPage struct {
	WikiFrame
	Similar   []index.Page  // whose names are like it
	Templates []index.Page  // that a new page can begin from
	Deleted   *index.Commit // the commit that deleted it; nil when it never was
}

func (WikiMissingPage) template() string { return "wiki_missing" }

// WikiFolderPage lists what lies below a folder that has no page of its own.
type WikiFolderPage struct {
	WikiFrame
	Nodes []*wiki.Node
}

func (WikiFolderPage) template() string { return "wiki_folder" }

// WikiSourcePage shows the Markdown of a page.
type WikiSourcePage struct {
	WikiFrame
	Page wiki.Page
}

func (WikiSourcePage) template() string { return "wiki_source" }
