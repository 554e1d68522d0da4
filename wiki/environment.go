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
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// environment tells the renderer what the visitor may know of the wiki.
type environment struct {
	s    *Session
	ctx  context.Context // of the rendering, which asks some questions without one
	page string
	// outlines says that lists of pages are shown with their headings.
	outlines bool
}

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
	file, err := attachmentPath(Name{page}, name)
	if err != nil {
		return nil, embed.ErrNotFound
	}
	data, err := e.s.attachmentText(ctx, file.String(), limit)
	return data, asEmbedError(err)
}

// Attachments implements embed.Environment.
func (e *environment) Attachments(ctx context.Context, page string) ([]embed.Attachment, error) {
	found, err := e.s.Attachments(ctx, Name{page})
	if err != nil {
		return nil, asEmbedError(err)
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
	if e.outlines && len(all) <= maxOutlined {
		err = e.outline(ctx, all)
	}
	return all, err
}

// Bounds of the headings that are listed with pages.
const (
	maxOutlined      = 300 // pages
	maxOutline       = 50  // headings of one page
	maxOutlinedBytes = 4 << 20
)

// wantsOutlines reports whether a text may hold an index that shows headings.
func wantsOutlines(text string) bool {
	return strings.Contains(text, "{{") && (strings.Contains(text, "toc") || strings.Contains(text, "toggle"))
}

// outline adds the headings of pages, as far as their texts are not too much to
// read.
func (e *environment) outline(ctx context.Context, pages []embed.Page) error {
	left := maxOutlinedBytes
	for i := range pages {
		_, text, _, err := e.s.w.index.Page(ctx, pages[i].Path)
		if errors.Is(err, ErrNotFound) {
			continue // gone meanwhile
		}
		if err != nil {
			return err
		}
		if left -= len(text); left < 0 {
			return nil
		}
		pages[i].Headings = outlineOf(pages[i].URL, text)
	}
	return nil
}

// outlineOf returns the headings of a text with their addresses.
func outlineOf(url, text string) []embed.Heading {
	var headings []embed.Heading
	used := make(map[string]int)
	for _, section := range source.Sections([]byte(text)) {
		if len(headings) == maxOutline {
			break
		}
		slug := markdown.Slug(section.Title)
		id := slug
		for n, taken := used[slug]; taken; _, taken = used[id] {
			n++
			id, used[slug] = fmt.Sprint(slug, "-", n), n
		}
		used[id] = 0
		headings = append(headings, embed.Heading{Level: section.Level, Text: section.Title, URL: url + "#" + id})
	}
	return headings
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
