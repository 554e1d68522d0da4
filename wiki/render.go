package wiki

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"path"
	"strings"

	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/markdown/embed"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
)

// Render turns a page into HTML. What was rendered is kept in memory until the
// page, what it shows of other pages, or the settings change.
func (s *Session) Render(ctx context.Context, p Page) (*markdown.Page, error) {
	key := s.renderKey(p)
	if page, ok := s.w.rendered.get(key, s.current); ok {
		return page, nil
	}
	page, err := s.render(ctx, p.Name, p.Text, p.Head)
	if err != nil {
		return nil, err
	}
	s.w.rendered.put(key, renderedPage{page: page, names: s.names, head: s.head})
	return page, nil
}

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
	page, err := s.w.markdown.Render(ctx, name.path, []byte(text), o, &environment{s: s, ctx: ctx, page: name.path})
	if err != nil {
		return nil, fmt.Errorf("render page: %w", err)
	}
	return &page, nil
}

// environment tells the renderer what the visitor may know of the wiki.
type environment struct {
	s    *Session
	ctx  context.Context // of the rendering, which asks some questions without one
	page string
}

// URL returns the address of a page in a wiki whose root is root.
func URL(root, page string) string {
	return root + "/" + (&url.URL{Path: page}).EscapedPath()
}

// AttachmentURL returns the address of a page's file.
func AttachmentURL(root, page, file string) string { return URL(root, page+"/a/"+file) }

func (e *environment) PageURL(page, fragment string) string {
	address := URL(e.s.visitor.Root, page)
	if fragment != "" {
		address += "#" + url.PathEscape(fragment)
	}
	return address
}

func (e *environment) AttachmentURL(page, name string) string {
	return AttachmentURL(e.s.visitor.Root, page, name)
}

func (e *environment) Exists(page string) bool { return e.s.exists(e.ctx, page) }

// Page implements embed.Environment.
func (e *environment) Page() string { return e.page }

// Attachment implements embed.Environment.
func (e *environment) Attachment(ctx context.Context, page, name string, limit int64) ([]byte, error) {
	path, err := attachmentPath(Name{page}, name)
	if err != nil {
		return nil, embed.ErrNotFound
	}
	data, err := e.s.attachmentText(ctx, path.String(), limit)
	return data, asEmbedError(err)
}

// Attachments implements embed.Environment.
func (e *environment) Attachments(ctx context.Context, page string) ([]embed.Attachment, error) {
	if !e.s.canRead(page) {
		return nil, embed.ErrNotFound
	}
	found, err := e.s.w.index.Attachments(ctx, page)
	if err != nil {
		return nil, err
	}
	all := make([]embed.Attachment, len(found))
	for i, a := range found {
		subject, _, _ := strings.Cut(a.Changed.Message, "\n")
		all[i] = embed.Attachment{
			Name: a.Name, Size: a.Size, Type: mime.TypeByExtension(path.Ext(a.Name)), Modified: a.Changed.At,
			URL: AttachmentURL(e.s.visitor.Root, page, a.Name), Author: a.Changed.Name, Comment: subject,
		}
	}
	return all, nil
}

// Pages implements embed.Environment.
func (e *environment) Pages(ctx context.Context, prefix string) ([]embed.Page, error) {
	pages, err := e.s.Pages(ctx, strings.Trim(prefix, "/"))
	if err != nil {
		return nil, err
	}
	all := make([]embed.Page, len(pages))
	for i, p := range pages {
		all[i] = embed.Page{Path: p.Path, Title: p.Title, URL: URL(e.s.visitor.Root, p.Path)}
	}
	return all, nil
}

// asEmbedError says in the terms of embeddings why a file cannot be had.
func asEmbedError(err error) error {
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, repo.ErrNotFound):
		return embed.ErrNotFound
	case errors.Is(err, repo.ErrTooLarge):
		return embed.ErrTooLarge
	}
	return err
}
