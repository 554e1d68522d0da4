package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxHeadings = 50 // of one page in an index
	maxIndent   = 8  // levels of a tree
)

// pageIndex draws the pages below this one: under their first letters, as a
// plain list or as a tree. Headings are shown with toc; toggle folds them away
// behind a switch of their own.
func (r *Renderer) pageIndex(ctx context.Context, call Call) (string, error) {
	style, err := call.choice([]string{"letters", "list", "tree"}, "letters", "style")
	toc, err2 := call.flag("toc", false)
	toggle, err3 := call.flag("toggle", false)
	if err := cmp.Or(err, err2, err3); err != nil {
		return "", err
	}
	if err := r.countList(); err != nil {
		return "", err
	}
	prefix := r.env.Page()
	pages, err := r.below(ctx, prefix)
	if err != nil {
		return "", err
	}
	entries, err := indexed(pages, prefix, call.text("src"))
	if err != nil {
		return "", err
	}
	leftOut := max(0, len(entries)-MaxListed)
	entries = entries[:len(entries)-leftOut]

	var m markup
	index := indexWriter{markup: &m, headings: toc || toggle, folded: toggle, unfolded: toc}
	m.open("div", class("embed-pageindex"))
	switch {
	case len(entries) == 0:
		m.element("p", "There are no pages here.", class("embed-note"))
	case style == "tree":
		index.tree(entries)
	case style == "list":
		index.list(entries)
	default:
		index.letters(entries)
	}
	writeLeftOut(&m, leftOut)
	m.close("div")
	return m.String(), nil
}

// below returns the pages below a path, asking the wiki only once.
func (r *Renderer) below(ctx context.Context, prefix string) ([]Page, error) {
	if pages, ok := r.pages[prefix]; ok {
		return pages, nil
	}
	pages, err := r.env.Pages(ctx, prefix)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	r.pages[prefix] = pages
	return pages, nil
}

// entry is a page of an index.
type entry struct {
	Page
	name  string // path below the page of the index
	key   string // name without case, in which "a/b" sorts right behind "a"
	label string // what is shown of it
}

// indexed returns the pages whose path or title fits a pattern, in the order
// of their paths.
func indexed(pages []Page, prefix, pattern string) ([]entry, error) {
	compiled, err := compile(cmp.Or(pattern, "*"))
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, page := range pages {
		name := page.Path
		if prefix != "" {
			name = strings.TrimPrefix(page.Path, prefix+"/")
		}
		label := cmp.Or(page.Title, name)
		if matches(compiled, name) || matches(compiled, label) {
			key := strings.ReplaceAll(strings.ToLower(name), "/", "\x00")
			entries = append(entries, entry{page, name, key, label})
		}
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.name, b.name))
	})
	return entries, nil
}

// indexWriter writes the entries of an index.
type indexWriter struct {
	*markup
	headings, folded, unfolded bool
}

func (w indexWriter) list(entries []entry) {
	w.open("ul")
	for _, e := range entries {
		w.open("li")
		w.entry(e)
		w.close("li")
	}
	w.close("ul")
}

func (w indexWriter) letters(entries []entry) {
	for len(entries) > 0 {
		letter := initial(entries[0].name)
		end := slices.IndexFunc(entries, func(e entry) bool { return initial(e.name) != letter })
		if end < 0 {
			end = len(entries)
		}
		w.element("p", letter, class("embed-pageindex-letter"))
		w.list(entries[:end])
		entries = entries[end:]
	}
}

// initial returns the letter under which a name stands.
func initial(name string) string {
	first, _ := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first))
}

// tree nests a page under the page whose path begins its own. Folders without
// a page of their own add no level.
func (w indexWriter) tree(entries []entry) {
	w.open("ul")
	var above []string
	for i, e := range entries {
		for len(above) > 0 && !strings.HasPrefix(e.key, above[len(above)-1]) {
			above = above[:len(above)-1]
			w.close("ul", "li")
		}
		w.open("li")
		w.entry(e)
		inside := e.key + "\x00"
		if len(above) < maxIndent && i+1 < len(entries) && strings.HasPrefix(entries[i+1].key, inside) {
			above = append(above, inside)
			w.open("ul")
			continue
		}
		w.close("li")
	}
	for range above {
		w.close("ul", "li")
	}
	w.close("ul")
}

// entry writes the link to a page and its headings.
func (w indexWriter) entry(e entry) {
	w.link(e.label, e.URL)
	if !w.headings || len(e.Headings) == 0 {
		return
	}
	if w.folded {
		attrs := []attr{class("embed-pageindex-headings")}
		if w.unfolded {
			attrs = append(attrs, attr{"open", ""})
		}
		w.open("details", attrs...)
		w.element("summary", "Headings")
		w.outline(e.Headings)
		w.close("details")
		return
	}
	w.open("div", class("embed-pageindex-headings"))
	w.outline(e.Headings)
	w.close("div")
}

func (w indexWriter) outline(headings []Heading) {
	w.open("ul")
	for _, heading := range headings[:min(len(headings), maxHeadings)] {
		// Render refuses so much; there is no need to gather more of it.
		if w.b.Len() > MaxOutput {
			break
		}
		w.open("li")
		w.link(excerpt(heading.Text), heading.URL)
		w.close("li")
	}
	w.close("ul")
}
