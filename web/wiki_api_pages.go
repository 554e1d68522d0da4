package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// listedBody is a page in a list.
type listedBody struct {
	Name        string   `json:"name"`
	Path        string   `json:"path"`
	Category    *string  `json:"category"`
	Tags        []string `json:"tags"`
	LastUpdated string   `json:"last_updated"`   // YYYY-MM-DD
	Words       int      `json:"content_length"` // as the API that this one follows calls it
}

// apiWikiPages answers GET /api/v1/pages.
func (s *server) apiWikiPages(v *wikiVisit) error {
	fits, err := pageFilter(v)
	if err != nil {
		return err
	}
	all, err := v.session.Listing(v.ctx())
	if err != nil {
		return err
	}
	pages := []listedBody{}
	for _, p := range all {
		if !fits(p) {
			continue
		}
		body := listedBody{Name: p.Title, Path: p.Path, Tags: orEmpty(p.Tags), LastUpdated: p.Commit.At.UTC().Format(time.DateOnly), Words: p.Words}
		if p.Category != "" {
			body.Category = &p.Category
		}
		pages = append(pages, body)
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		Pages []listedBody `json:"pages"`
		Total int          `json:"total"`
	}{pages, len(pages)})
}

// pageFilter reads which pages are wanted: those that fit all that is asked.
func pageFilter(v *wikiVisit) (func(index.Listed) bool, error) {
	q := v.r.URL.Query()
	prefix, category, tag := index.Fold(q.Get("prefix")), q.Get("category"), source.FoldTag(q.Get("tag"))
	var since time.Time
	if text := q.Get("updated_since"); text != "" {
		var err error
		if since, err = parseSince(text); err != nil {
			return nil, err
		}
	}
	return func(p index.Listed) bool {
		return strings.HasPrefix(index.Fold(p.Path), prefix) &&
			(category == "" || strings.EqualFold(p.Category, category)) &&
			(tag == "" || hasTag(p.Tags, tag)) &&
			!p.Commit.At.Before(since)
	}, nil
}

func hasTag(tags []string, folded string) bool {
	for _, t := range tags {
		if source.FoldTag(t) == folded {
			return true
		}
	}
	return false
}

// parseSince reads a day or a moment (ISO 8601); without a time zone it is UTC.
func parseSince(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, unacceptable("updated_since must be a date such as 2026-03-31")
}

// fullPageBody is a page with its text.
type fullPageBody struct {
	Name        string         `json:"name"`
	Path        string         `json:"path"`
	Content     string         `json:"content"` // as stored, with the frontmatter
	Frontmatter map[string]any `json:"frontmatter"`
	LinksTo     []string       `json:"links_to"`
	LinkedFrom  []string       `json:"linked_from"`
	Revision    string         `json:"revision"`
	LastCommit  commitBody     `json:"last_commit"`
}

// apiWikiPage answers GET /api/v1/pages/{page}: as it is now, or was at a
// revision. The links are those of now.
func (s *server) apiWikiPage(v *wikiVisit) error {
	p, err := s.pageOfQuery(v)
	if err != nil {
		return err
	}
	to, from, err := linksOf(v, p.Name)
	if err != nil {
		return err
	}
	return answerJSON(v.visit, http.StatusOK, fullPageBody{
		Name: p.Title, Path: p.Name.String(), Content: p.Text, Frontmatter: frontmatterOf(p.Text),
		LinksTo: to, LinkedFrom: from, Revision: p.Revision.Hash.String(), LastCommit: apiCommit(p.Revision),
	})
}

// pageOfQuery returns the page at the revision that the query names, or as it is.
func (s *server) pageOfQuery(v *wikiVisit) (wiki.Page, error) {
	text := v.r.URL.Query().Get("revision")
	if text == "" {
		return v.session.Page(v.ctx(), v.page)
	}
	rev, err := repo.ParseRevision(text)
	if err != nil {
		return wiki.Page{}, unacceptable("revision must be digits of a commit's hash")
	}
	return v.session.PageAt(v.ctx(), v.page, rev)
}

// frontmatterOf returns what the top of a text says of the page, nil without any
// that can be read.
func frontmatterOf(text string) map[string]any {
	doc := source.Split([]byte(text))
	if doc.Frontmatter == nil {
		return nil
	}
	meta, err := source.ParseMeta(doc.Frontmatter)
	if err != nil {
		return nil
	}
	fields := make(map[string]any, len(meta.Fields))
	for _, f := range meta.Fields {
		switch {
		case strings.EqualFold(f.Name, "tags"):
			fields[f.Name] = orEmpty(meta.Tags)
		case len(f.Values) == 0:
			fields[f.Name] = nil
		case len(f.Values) == 1:
			fields[f.Name] = f.Values[0]
		default:
			fields[f.Name] = f.Values
		}
	}
	return fields
}

// writtenBody says what a page is after a change.
type writtenBody struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	Revision string `json:"revision"`
}

// written returns a page as the session now sees it.
func (s *server) written(v *wikiVisit, name wiki.Name) (writtenBody, error) {
	p, err := v.session.Page(v.ctx(), name)
	if err != nil {
		return writtenBody{}, err
	}
	return writtenBody{Name: p.Title, Path: p.Name.String(), Revision: p.Revision.Hash.String()}, nil
}
