package embed

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of the embeddings of one page together.
const (
	// MaxDepth is how deep embeddings may stand inside each other's Markdown.
	MaxDepth = 3
	// MaxCalls is the number of embeddings drawn on one page.
	MaxCalls = 200
	// MaxLists is the number of those that may list pages or attachments.
	MaxLists = 20
	// MaxOutput is the HTML that all embeddings of one page may write, in bytes.
	MaxOutput = 4 << 20
	// MaxRead is what they may read of attachments together, in bytes.
	MaxRead = 8 << 20
	// MaxListed is the number of entries of one list.
	MaxListed = 500

	maxExcerpt = 160 // of the text of an embedding in an error box, in characters
)

// Renderer draws the embeddings of one page. It counts what they use, so one
// is made for every page; it is not for concurrent use.
type Renderer struct {
	env      Environment
	markdown Markdown

	dynamic bool
	tables  bool

	depth, calls, lists int
	written             int
	read                int64
	attachments         map[string][]Attachment
	pages               map[string][]Page
}

// NewRenderer returns a renderer for one page. Without an environment the
// embeddings that need one say so in the page.
func NewRenderer(env Environment, markdown Markdown) *Renderer {
	return &Renderer{
		env: env, markdown: markdown,
		attachments: make(map[string][]Attachment),
		pages:       make(map[string][]Page),
	}
}

// Dynamic reports whether what was rendered so far depends on other pages or
// on attachments.
func (r *Renderer) Dynamic() bool { return r.dynamic }

// NeedsTables reports whether what was rendered so far wants the tables script.
func (r *Renderer) NeedsTables() bool { return r.tables }

// mistake is an error of the page's author. It is shown in the page.
type mistake struct{ text string }

func (m mistake) Error() string { return m.text }

func mistakef(format string, args ...any) error {
	return mistake{fmt.Sprintf(format, args...)}
}

// Render draws one embedding as HTML. What is wrong with the call itself
// becomes a visible box; an error means that the environment or the Markdown
// renderer failed, or that ctx ended.
func (r *Renderer) Render(ctx context.Context, call Call) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	r.calls++
	if r.calls > MaxCalls+1 {
		return plain(call), nil
	}
	html, err := r.draw(ctx, call)
	if err == nil && r.written+len(html) > MaxOutput {
		err = mistakef("the embeddings of this page are too large together")
	}
	var wrong mistake
	if errors.As(err, &wrong) {
		html, err = errorBox(call, wrong.text), nil
	}
	if err != nil {
		return "", fmt.Errorf("render embedding: %w", err)
	}
	r.written += len(html)
	return html, nil
}

func (r *Renderer) draw(ctx context.Context, call Call) (string, error) {
	if r.calls > MaxCalls {
		return "", mistakef("a page can hold at most %d embeddings; this one and those after it are left out", MaxCalls)
	}
	kind, ok := findKind(call.Name)
	if !ok {
		return "", mistakef("there is no embedding of this name; there are %s", strings.Join(Names(), ", "))
	}
	if err := kind.check(call); err != nil {
		return "", err
	}
	if r.depth >= MaxDepth {
		return "", mistakef("embeddings can stand in each other at most %d deep", MaxDepth)
	}
	r.depth++
	defer func() { r.depth-- }()
	return kind.draw(r, ctx, call)
}

// errorBox tells what is wrong with a call and shows the start of it.
func errorBox(call Call, text string) string {
	tag := "p"
	if call.Form == Inline {
		tag = "span"
	}
	var m markup
	m.open(tag, class("embed-error"), attr{"role", "note"})
	m.element("strong", excerpt(call.Name))
	m.text(": " + text + ". ")
	m.element("code", excerpt(call.Raw))
	m.close(tag)
	return m.String()
}

// plain shows a call as it was written.
func plain(call Call) string {
	var m markup
	if call.Form == Inline {
		m.text(call.Raw)
	} else {
		m.element("p", call.Raw)
	}
	return m.String()
}

func excerpt(text string) string {
	if utf8.RuneCountInString(text) <= maxExcerpt {
		return text
	}
	return string([]rune(text)[:maxExcerpt]) + "…"
}
