// Package markdown turns a page's Markdown into HTML that is safe to show among
// the pages of others.
//
// The dialect is An Otter Wiki's: GitHub's tables, task lists, strikethrough and
// bare addresses; marks, footnotes, abbreviations, formulas, diagrams, alerts,
// fancy blocks, spoilers, folds, wiki links, properties and embeddings.
//
// Safety has three layers. The parser's tree is written by this package alone,
// which escapes all text and takes every address through one gate. HTML that an
// author wrote passes fragment by fragment through an allowlist, or is shown as
// text. And the whole result passes a policy that knows nothing of the first two.
//
// A page cannot take long: work that may grow faster than the text is paid from
// a budget, and what is beyond the limits is shown as plain text.
package markdown

import (
	"context"
	"errors"
	"fmt"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"

	"github.com/holtdb/holt/wiki/markdown/embed"
	"github.com/holtdb/holt/wiki/source"
)

// MaxInput is the most bytes of Markdown that a page may have.
const MaxInput = 1 << 20

// ErrTooLong says that a page has more than [MaxInput] bytes.
var ErrTooLong = errors.New("the page is longer than 1 MB and cannot be shown")

// WikilinkStyle says on which side of the bar in [[…|…]] the page stands.
type WikilinkStyle uint8

// The two styles. TitleFirst is Otter's default.
const (
	TitleFirst WikilinkStyle = iota // [[Text|Page]]
	PageFirst                       // [[Page|Text]]
)

// Options are the wiki's settings that change how pages look.
type Options struct {
	WikilinkStyle WikilinkStyle
	// NewTab opens links that leave the wiki in a new tab.
	NewTab bool
	// LineNumbers numbers the lines of every code block with a language, also
	// of those that do not ask for it by "language=".
	LineNumbers bool
	// Sections marks each heading that starts a section with the section's
	// index in source.Sections, as the attribute data-section.
	Sections bool
}

// Environment answers what a page needs to know about its wiki. One is made for
// one page and one reader, and what it answers is what that reader may know.
type Environment interface {
	// PageURL returns the address of a page, with a fragment unless it is "".
	// The result is a URL, relative to the site or absolute.
	PageURL(path, fragment string) string
	// AttachmentURL returns the address of a page's attachment.
	AttachmentURL(page, name string) string
	// Exists reports whether there is such a page, as far as the reader may know.
	Exists(page string) bool

	embed.Environment
}

// Page is a rendered page.
type Page struct {
	HTML     []byte // safe as it is within an element that may hold blocks
	Contents []Heading
	Title    string // from the properties, else the first heading of level 1, else ""
	Needs    Needs
	// Dynamic says that an embedding showed what other pages or attachments
	// hold, so that the result is not the text's alone.
	Dynamic bool
	// Links lists the pages that links lead to, each once, in order. The colour
	// of a link depends on whether its page exists.
	Links      []string
	Properties source.Meta
	// Plain says that the page went beyond the limits and is shown as text.
	Plain bool
}

// Heading is an entry of the table of contents.
type Heading struct {
	Level int    // 1 to 6
	ID    string // of the element, for a fragment
	Text  string // without markup, not escaped
}

// Needs says which scripts a page cannot do without.
type Needs struct{ Math, Mermaid, Tables bool }

// Renderer renders pages. It is immutable and may be used by several goroutines.
type Renderer struct {
	parser parser.Parser
	policy *bluemonday.Policy
}

// New returns a renderer.
func New() (*Renderer, error) {
	policy, err := newPolicy()
	if err != nil {
		return nil, fmt.Errorf("prepare the HTML policy: %w", err)
	}
	return &Renderer{parser: newParser(), policy: policy}, nil
}

// Render renders the text of the page at path. It fails with [ErrTooLong], or
// when ctx ends; every other text has a result.
func (r *Renderer) Render(ctx context.Context, path string, text []byte, o Options, env Environment) (Page, error) {
	if len(text) > MaxInput {
		return Page{}, ErrTooLong
	}
	if err := ctx.Err(); err != nil {
		return Page{}, fmt.Errorf("render %q: %w", path, err)
	}
	page, err := r.render(ctx, path, text, o, env)
	if errors.Is(err, errBeyond) {
		return plainPage(text), nil
	}
	if err != nil {
		return Page{}, fmt.Errorf("render %q: %w", path, err)
	}
	return page, nil
}

// render is Render for a text of proper length; it fails with errBeyond when
// the text goes beyond the limits.
func (r *Renderer) render(ctx context.Context, path string, text []byte, o Options, env Environment) (Page, error) {
	clean := cleanText(text)
	doc := source.Split(clean)
	hideBars(doc.Body)
	if !plausible(doc.Body) {
		return Page{}, errBeyond
	}
	parse := func(body []byte) (ast.Node, *state) { return r.parse(body, o) }
	tree, state := parse(doc.Body)
	if err := ctx.Err(); err != nil {
		return Page{}, err
	}
	w := newWriter(ctx, doc.Body, path, o, env, state, parse)
	if o.Sections {
		w.sections = sectionStarts(clean, len(clean)-len(doc.Body))
	}
	meta := w.properties(doc.Frontmatter, tree)
	w.children(tree)
	w.footnotes()
	if w.err != nil {
		return Page{}, w.err
	}
	html, err := r.sanitize(w.out.Bytes(), w.raw.used)
	if err != nil {
		return Page{}, err
	}
	page := w.page
	page.HTML, page.Properties = html, meta
	if page.Title == "" {
		page.Title = w.firstTitle()
	}
	return page, nil
}
