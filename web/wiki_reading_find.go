package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/markdown/embed"
)

const (
	// searched is how many pages a search lists at first, and maxSearched at the
	// most.
	searched    = 50
	maxSearched = 500
	// maxNames bounds the pages that are listed for their names.
	maxNames = 10
	// maxOutlined bounds the pages whose headings the index lists: each is
	// rendered for them.
	maxOutlined = 200
)

// showWikiIndex answers GET /-/index, with the parameter headings also those of
// each page.
func (s *server) showWikiIndex(v *wikiVisit) error {
	pages, err := v.session.Pages(v.ctx(), "")
	if err != nil {
		return err
	}
	view := ui.WikiIndexPage{Pages: pages}
	if view.WikiFrame, err = s.wikiFrame(v, "All pages"); err != nil {
		return err
	}
	if ticked(v.r.URL.Query().Get("headings")) {
		if view.Headings, err = headingsOf(v, pages); err != nil {
			return err
		}
		if len(pages) > maxOutlined {
			view.Flashes = append(view.Flashes, ui.Flash{Kind: ui.FlashProblem,
				Text: fmt.Sprintf("Only the first %d pages are shown with their headings.", maxOutlined)})
		}
	}
	return s.showWiki(v, http.StatusOK, view)
}

// headingsOf returns the headings of the first pages.
func headingsOf(v *wikiVisit, pages []index.Page) (map[string][]embed.Heading, error) {
	all := make(map[string][]embed.Heading)
	for _, p := range pages[:min(len(pages), maxOutlined)] {
		name, err := wiki.ParseName(p.Path)
		if err != nil {
			continue
		}
		page, err := v.session.Page(v.ctx(), name)
		if errors.Is(err, wiki.ErrNotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		rendered, err := v.session.Render(v.ctx(), page)
		if err != nil {
			return nil, err
		}
		for _, h := range rendered.Contents {
			all[p.Path] = append(all[p.Path], embed.Heading{Level: h.Level, Text: h.Text, URL: v.url(p.Path) + "#" + url.PathEscape(h.ID)})
		}
	}
	return all, nil
}

// searchForm answers POST /-/search, as An Otter Wiki's form sends it.
func (s *server) searchForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	query := url.Values{}
	for _, name := range []string{"query", "is_regexp", "is_casesensitive"} {
		if value := v.r.PostForm.Get(name); value != "" {
			query.Set(name, value)
		}
	}
	return v.redirect(v.root + "/-/search?" + query.Encode())
}

// showWikiSearch answers GET /-/search/{query}. A search for words goes to the
// full-text index; where capitals matter, or for a regular expression, all pages
// are read.
func (s *server) showWikiSearch(v *wikiVisit) error {
	q := v.r.URL.Query()
	view := ui.WikiSearchPage{
		Query: firstNonEmpty(v.places["query"], q.Get("query")), Expression: ticked(q.Get("is_regexp")),
		CaseSensitive: ticked(q.Get("is_casesensitive")),
	}
	limit := searched
	if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
		limit = min(n, maxSearched)
	}
	frame, err := s.wikiFrame(v, "Search")
	if err != nil {
		return err
	}
	view.WikiFrame = frame
	view.Frame.Search = view.Query
	status := http.StatusOK
	if strings.TrimSpace(view.Query) != "" {
		view.Frame.Title = "Search for " + view.Query
		start := time.Now()
		err := search(v, &view, limit)
		switch {
		case errors.Is(err, wiki.ErrInvalid):
			view.Problem, status = detail(err, wiki.ErrInvalid), http.StatusUnprocessableEntity
		case err != nil:
			return err
		}
		view.Took = time.Since(start)
	}
	if view.Results.More && limit < maxSearched {
		q.Set("query", view.Query)
		q.Set("limit", strconv.Itoa(min(2*limit, maxSearched)))
		view.MoreURL = v.root + "/-/search?" + q.Encode()
	}
	return s.showWiki(v, status, view)
}

// search fills in what was found.
func search(v *wikiVisit, view *ui.WikiSearchPage, limit int) (err error) {
	if view.Expression || view.CaseSensitive {
		view.Results, err = v.session.SearchExpression(v.ctx(), view.Query, !view.Expression, view.CaseSensitive, limit)
		return err
	}
	if view.Results, err = v.session.Search(v.ctx(), view.Query, limit); err != nil {
		return err
	}
	pages, err := v.session.Pages(v.ctx(), "")
	if err != nil {
		return err
	}
	wanted := index.Fold(strings.TrimSpace(view.Query))
	for _, p := range pages {
		if strings.Contains(index.Fold(p.Path), wanted) || strings.Contains(index.Fold(p.Title), wanted) {
			if view.Names = append(view.Names, p); len(view.Names) == maxNames {
				break
			}
		}
	}
	return nil
}

// showWikiTags answers GET /-/tags/{tag}.
func (s *server) showWikiTags(v *wikiVisit) error {
	tag := v.places["tag"]
	if tag == "" {
		tags, err := v.session.Tags(v.ctx())
		if err != nil {
			return err
		}
		frame, err := s.wikiFrame(v, "Tags")
		if err != nil {
			return err
		}
		return s.showWiki(v, http.StatusOK, ui.WikiTagsPage{WikiFrame: frame, Tags: tags})
	}
	pages, err := v.session.Tagged(v.ctx(), tag)
	if err != nil {
		return err
	}
	frame, err := s.wikiFrame(v, "Pages about "+tag)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if len(pages) == 0 {
		status = http.StatusNotFound
	}
	return s.showWiki(v, status, ui.WikiTagPage{WikiFrame: frame, Tag: tag, Pages: pages})
}

// showWikiLinks answers GET /{page}/links.
func (s *server) showWikiLinks(v *wikiVisit) error {
	page, err := v.session.Page(v.ctx(), v.page)
	missing := errors.Is(err, wiki.ErrNotFound)
	if err != nil && !missing {
		return err
	}
	view := ui.WikiLinksPage{Missing: missing}
	if view.Backlinks, err = v.session.LinksTo(v.ctx(), v.page); err != nil {
		return err
	}
	if view.Outgoing, err = v.session.LinksFrom(v.ctx(), v.page); err != nil {
		return err
	}
	if view.WikiFrame, err = s.wikiPageFrame(v, "Links of "+v.page.Last(), page.Title); err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, view)
}

// showStrayLinks answers GET /-/links.
func (s *server) showStrayLinks(v *wikiVisit) error {
	red, err := v.session.RedLinks(v.ctx())
	if err != nil {
		return err
	}
	orphans, err := v.session.Orphans(v.ctx())
	if err != nil {
		return err
	}
	frame, err := s.wikiFrame(v, "Links")
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiStrayPage{WikiFrame: frame, Red: red, Orphans: orphans})
}

// showWikiDrafts answers GET /-/drafts: the visitor's own.
func (s *server) showWikiDrafts(v *wikiVisit) error {
	drafts, err := v.session.Drafts(v.ctx())
	if err != nil {
		return err
	}
	frame, err := s.wikiFrame(v, "My drafts")
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiDraftsPage{WikiFrame: frame, Drafts: drafts})
}
