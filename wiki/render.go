package wiki

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
)

// Render turns a page into HTML. What was rendered is kept in memory until the
// page, what it shows of other pages, or the settings change.
func (s *Session) Render(ctx context.Context, p Page) (*markdown.Page, error) {
	key := s.renderKey(p)
	if r, ok := s.w.rendered.get(key, s.current); ok {
		return r.page, nil
	}
	page, err := s.render(ctx, p.Name, p.Text, p.Head)
	if err != nil {
		return nil, err
	}
	s.w.rendered.put(key, renderedPage{page: page, names: s.names, head: s.head}, int64(len(page.HTML)))
	return page, nil
}

// renderedPage is a rendered page and what it was rendered from.
type renderedPage struct {
	page  *markdown.Page
	names int64
	head  repo.Hash
}

// Finished returns bytes that [Wiki.KeepFinished] stored under a key.
func (w *Wiki) Finished(key string) ([]byte, bool) {
	return w.finished.get(key, func([]byte) bool { return true })
}

// KeepFinished keeps what was made of the wiki, such as a whole page, for as
// long as there is room. The key tells apart all that it depends on. It goes
// when the wiki is closed, like everything of it.
func (w *Wiki) KeepFinished(key string, data []byte) { w.finished.put(key, data, int64(len(data))) }

// renderKey tells apart what looks different.
func (s *Session) renderKey(p Page) string {
	parts := []string{s.visitor.Root, p.Name.path, p.Blob.String(), fmt.Sprint(s.settings.version, p.Head)}
	if s.view.Restricted() {
		parts = append(parts, s.view.Class())
	}
	return strings.Join(parts, "\x00")
}

// current reports whether something that was rendered is still what the session
// would see: the colour of links follows the names of pages, an embedding all
// that is in the wiki.
func (s *Session) current(r renderedPage) bool {
	switch {
	case r.page.Dynamic:
		return r.head == s.head
	case len(r.page.Links) > 0:
		return r.names == s.names
	}
	return true
}

// Preview renders a text as if it were saved as a page.
func (s *Session) Preview(ctx context.Context, name Name, text string) (*markdown.Page, error) {
	return s.render(ctx, name, cleanText(text), false)
}

// render renders a text. Sections can be edited only at the head.
func (s *Session) render(ctx context.Context, name Name, text string, sections bool) (*markdown.Page, error) {
	o := markdown.Options{
		NewTab:   s.settings.preferences.Application.OpenLinksInNewTab,
		Sections: sections,
	}
	if s.settings.preferences.Content.WikilinkStyle == preferences.LinkTitle {
		o.WikilinkStyle = markdown.PageFirst
	}
	page, err := s.w.markdown.Render(ctx, name.path, []byte(text), o, &environment{
		s: s, ctx: ctx, page: name.path, outlines: wantsOutlines(text),
	})
	if err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	return &page, nil
}

// URL returns the address of a page in a wiki whose root is root.
func URL(root, page string) string {
	return root + "/" + (&url.URL{Path: page}).EscapedPath()
}

// AttachmentURL returns the address of a page's file.
func AttachmentURL(root, page, file string) string { return URL(root, page+"/a/"+file) }
