package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/index"
)

// apiWikiHistory answers GET /api/v1/pages/{page}/history. A page that was
// deleted still has one.
func (s *server) apiWikiHistory(v *wikiVisit) error {
	limit, err := entries(v)
	if err != nil {
		return err
	}
	name := v.page
	if now, err := v.session.Page(v.ctx(), name); err == nil {
		name = now.Name
	}
	revisions, err := v.session.History(v.ctx(), name, wiki.Newest, limit)
	if err != nil {
		return err
	}
	if len(revisions) == 0 {
		return fmt.Errorf("%w: a page without a history", wiki.ErrNotFound)
	}
	history := make([]commitBody, len(revisions))
	for i, r := range revisions {
		history[i] = apiCommit(r.Commit)
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		Path    string       `json:"path"`
		History []commitBody `json:"history"`
	}{name.String(), history})
}

type foundBody struct {
	Name    string  `json:"name"`
	Path    string  `json:"path"`
	Snippet string  `json:"snippet"` // HTML
	Score   float64 `json:"score"`   // 0 to 1, where the best hit has 1
}

// apiWikiSearch answers GET /api/v1/search.
func (s *server) apiWikiSearch(v *wikiVisit) error {
	limit, err := entries(v)
	if err != nil {
		return err
	}
	query := strings.TrimSpace(v.r.URL.Query().Get("q"))
	if query == "" {
		return unacceptable("say what to search for in the parameter q")
	}
	found, err := v.session.Search(v.ctx(), query, limit)
	if err != nil {
		return err
	}
	results := make([]foundBody, len(found.Hits))
	for i, h := range found.Hits {
		results[i] = foundBody{Name: h.Page.Title, Path: h.Page.Path, Snippet: h.Snippet, Score: share(h.Score, found.Hits[0].Score)}
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		Query   string      `json:"query"`
		Results []foundBody `json:"results"`
		Total   int         `json:"total"`
		Partial bool        `json:"partial"`
		More    bool        `json:"more"`
	}{query, results, len(results), found.Partial, found.More})
}

// share is a score as a part of the best one. Hits of a search for tags alone
// all have 0 and are as good as each other.
func share(score, best float64) float64 {
	if best <= 0 {
		return 1
	}
	return max(0, min(1, score/best))
}

// linksOf returns the pages that a page links to, and those that link to it.
func linksOf(v *wikiVisit, name wiki.Name) (to, from []string, err error) {
	out, err := v.session.LinksFrom(v.ctx(), name)
	if err != nil {
		return nil, nil, err
	}
	in, err := v.session.LinksTo(v.ctx(), name)
	if err != nil {
		return nil, nil, err
	}
	to, from = []string{}, []string{}
	for _, l := range out {
		to = append(to, l.To)
	}
	for _, l := range in {
		from = append(from, l.From)
	}
	return to, from, nil
}

// apiPageLinks answers GET /api/v1/links/{page}. A page that does not exist has
// links when others link to it.
func (s *server) apiPageLinks(v *wikiVisit) error {
	name := v.page
	now, missing := v.session.Page(v.ctx(), name)
	if missing == nil {
		name = now.Name
	}
	to, from, err := linksOf(v, name)
	if err != nil {
		return err
	}
	if missing != nil && len(from) == 0 {
		return missing
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		Path       string   `json:"path"`
		LinksTo    []string `json:"links_to"`
		LinkedFrom []string `json:"linked_from"`
	}{name.String(), to, from})
}

type edgeBody struct {
	Source string `json:"source"`
	Target string `json:"target"`
}

// apiWikiLinks answers GET /api/v1/links: the pages and what they link to,
// pages that do not exist included.
func (s *server) apiWikiLinks(v *wikiVisit) error {
	pages, err := v.session.Pages(v.ctx(), "")
	if err != nil {
		return err
	}
	links, err := v.session.Links(v.ctx())
	if err != nil {
		return err
	}
	nodes, edges, known := []string{}, []edgeBody{}, make(map[string]bool, len(pages))
	node := func(path string) {
		if !known[path] {
			known[path] = true
			nodes = append(nodes, path)
		}
	}
	for _, p := range pages {
		node(p.Path)
	}
	for _, l := range links {
		node(l.To)
		edges = append(edges, edgeBody{l.From, l.To})
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		Nodes []string   `json:"nodes"`
		Edges []edgeBody `json:"edges"`
	}{nodes, edges})
}

type entryBody struct {
	commitBody
	Pages []string `json:"pages_affected"`
}

// apiWikiChangelog answers GET /api/v1/changelog.
func (s *server) apiWikiChangelog(v *wikiVisit) error {
	limit, err := entries(v)
	if err != nil {
		return err
	}
	changes, err := v.session.Changelog(v.ctx(), wiki.Newest, limit)
	if err != nil {
		return err
	}
	list := make([]entryBody, len(changes))
	for i, c := range changes {
		list[i] = entryBody{apiCommit(c.Commit), pagesOf(c.Changes)}
	}
	return answerJSON(v.visit, http.StatusOK, struct {
		Entries []entryBody `json:"entries"`
		Total   int         `json:"total"`
	}{list, len(list)})
}

// pagesOf returns the pages among changed files.
func pagesOf(changes []index.Change) []string {
	pages := []string{}
	for _, c := range changes {
		if page, ok := strings.CutSuffix(c.Path, ".md"); ok {
			pages = append(pages, page)
		}
	}
	return pages
}
