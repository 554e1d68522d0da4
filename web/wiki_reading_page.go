package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// showWikiHome answers GET /: the page that the preferences name, or the place.
func (s *server) showWikiHome(v *wikiVisit) error {
	if _, place := v.session.Preferences().Application.Home(); place != "" {
		return v.redirect(v.root + place)
	}
	v.page = v.session.Home()
	if !v.session.View().Can(v.page.String(), access.Read) {
		return fmt.Errorf("%w: no page “%s”", wiki.ErrNotFound, v.page)
	}
	return s.showWikiPage(v)
}

// showWikiPage answers GET /{page}: the page, where it was renamed to, the file
// of a page that the address names, or what lies below a folder. It also answers
// GET /{page}/view/{rev}.
func (s *server) showWikiPage(v *wikiVisit) error {
	revision := v.places["rev"]
	if v.r.URL.RawQuery != "" && revision == "" {
		revision = v.r.URL.Query().Get("revision")
	}
	if revision != "" {
		return s.showOldPage(v, revision)
	}
	draft, err := draftTime(v)
	if err != nil {
		return err
	}
	tag := s.pageTag(v, draft)
	if tag != "" && v.r.Header.Get("If-None-Match") == tag {
		setPageTag(v.w.Header(), tag)
		v.w.Header().Set("Content-Security-Policy", wikiPolicy) // the browser's copy takes over the headers of this answer
		v.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	// A page without parameters is kept whole.
	keep := tag != "" && v.r.URL.RawQuery == ""
	if keep {
		if finished, ok := v.session.Wiki().Finished(tag); ok {
			s.noteUse(v)
			return sendFinished(v, tag, finished)
		}
	}
	page, err := v.session.Page(v.ctx(), v.page)
	if errors.Is(err, wiki.ErrNotFound) {
		return s.showInstead(v)
	}
	if err != nil {
		return err
	}
	if page.Name != v.page {
		return s.showCanonical(v, page.Name)
	}
	view := ui.WikiReadPage{Page: page, Draft: draft, Rules: v.session.RulesFor(page.Name)}
	if view.WikiFrame, err = s.wikiPageFrame(v, page.Title, page.Title); err != nil {
		return err
	}
	if view.Rendered, err = v.session.Render(v.ctx(), page); err != nil {
		return err
	}
	files, err := v.session.Attachments(v.ctx(), page.Name)
	if err != nil {
		return err
	}
	view.Attachments = len(files)
	if view.Former, err = formerName(v); err != nil {
		return err
	}
	s.noteUse(v)
	if tag == "" {
		return s.showWiki(v, http.StatusOK, view)
	}
	var finished bytes.Buffer
	if err := s.ui.Render(&finished, view); err != nil {
		return err
	}
	if keep {
		v.session.Wiki().KeepFinished(tag, finished.Bytes())
	}
	return sendFinished(v, tag, finished.Bytes())
}

// sendFinished answers with a whole page.
func sendFinished(v *wikiVisit, tag string, page []byte) error {
	h := v.w.Header()
	setPageTag(h, tag)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", wikiPolicy)
	h.Set("Content-Length", strconv.Itoa(len(page)))
	_, err := v.w.Write(page)
	return err
}

// showCanonical leads from a name that differs in case to the page's own. The
// root of the wiki shows its page under either.
func (s *server) showCanonical(v *wikiVisit, name wiki.Name) error {
	if v.places[pagePlace] == "" {
		v.page = name
		return s.showWikiPage(v)
	}
	target := v.url(name.String())
	if v.r.URL.RawQuery != "" {
		target += "?" + v.r.URL.RawQuery
	}
	http.Redirect(v.w, v.r, target, http.StatusFound)
	return nil
}

// showOldPage shows a page as it was at a revision.
func (s *server) showOldPage(v *wikiVisit, revision string) error {
	page, err := pageAt(v, revision)
	if err != nil {
		return err
	}
	view := ui.WikiReadPage{Page: page}
	if view.WikiFrame, err = s.wikiPageFrame(v, page.Title, page.Title); err != nil {
		return err
	}
	if view.Rendered, err = v.session.Render(v.ctx(), page); err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, view)
}

// pageAt returns the page of the address at a revision, or as it is now for "".
func pageAt(v *wikiVisit, revision string) (wiki.Page, error) {
	if revision == "" {
		return v.session.Page(v.ctx(), v.page)
	}
	rev, err := repo.ParseRevision(revision)
	if err != nil {
		return wiki.Page{}, err
	}
	return v.session.PageAt(v.ctx(), v.page, rev)
}

// showInstead answers for a page that is not there.
func (s *server) showInstead(v *wikiVisit) error {
	if name := v.page; name.Folder() != "" {
		folder, err := wiki.ParseName(name.Folder())
		if err == nil {
			_, err = v.session.Attachment(v.ctx(), folder, fileName(v))
		}
		if err == nil {
			return s.sendFileOf(v, folder, fileName(v), nil)
		}
		if !errors.Is(err, wiki.ErrNotFound) {
			return err
		}
	}
	if v.session.Preferences().Content.RenameRedirects {
		to, err := v.session.Moved(v.ctx(), v.page)
		if err == nil {
			http.Redirect(v.w, v.r, v.url(to.String())+"?from="+url.QueryEscape(v.page.String()), http.StatusFound)
			return nil
		}
		if !errors.Is(err, wiki.ErrNotFound) {
			return err
		}
	}
	nodes, err := v.session.Tree(v.ctx(), v.page.String(), 0)
	if err != nil {
		return err
	}
	if len(nodes) > 0 {
		frame, err := s.wikiFrame(v, v.page.Last())
		if err != nil {
			return err
		}
		return s.showWiki(v, http.StatusOK, ui.WikiFolderPage{WikiFrame: frame, Nodes: nodes})
	}
	return s.showMissing(v)
}

// fileName is the last part of the address as it was written: the name of a page
// lacks an ending that a file may have.
func fileName(v *wikiVisit) string {
	path := strings.TrimRight(v.places[pagePlace], "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// showMissing says that there is no page of the name.
func (s *server) showMissing(v *wikiVisit) error {
	view := ui.WikiMissingPage{}
	var err error
	if view.WikiFrame, err = s.wikiFrame(v, v.page.Last()); err != nil {
		return err
	}
	if view.Similar, err = v.session.Similar(v.ctx(), v.page); err != nil {
		return err
	}
	if view.Templates, err = v.session.Templates(v.ctx()); err != nil {
		return err
	}
	if view.Deleted, err = deletion(v); err != nil {
		return err
	}
	return s.showWiki(v, http.StatusNotFound, view)
}

// deletion returns the commit that deleted the page of the address, nil when it
// never was.
func deletion(v *wikiVisit) (*index.Commit, error) {
	history, err := v.session.History(v.ctx(), v.page, wiki.Newest, 1)
	if errors.Is(err, wiki.ErrNotFound) || err == nil && (len(history) == 0 || !history[0].IsDeleted()) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &history[0].Commit, nil
}

// formerName returns the name that led here before the page was renamed, as
// showInstead says it in the address.
func formerName(v *wikiVisit) (string, error) {
	if v.r.URL.RawQuery == "" || !v.r.URL.Query().Has("from") {
		return "", nil
	}
	former, err := wiki.ParseName(v.r.URL.Query().Get("from"))
	if err != nil {
		return "", nil
	}
	to, err := v.session.Moved(v.ctx(), former)
	if errors.Is(err, wiki.ErrNotFound) || err == nil && to != v.page {
		return "", nil
	}
	return former.String(), err
}

// draftTime returns when the visitor's draft of the page last changed, the zero
// time without one.
func draftTime(v *wikiVisit) (time.Time, error) {
	if v.session.Visitor().Draft == "" || !v.canWrite() {
		return time.Time{}, nil
	}
	d, err := v.session.Draft(v.ctx(), v.page)
	if errors.Is(err, wiki.ErrNotFound) {
		return time.Time{}, nil
	}
	return d.Changed, err
}

// noteUse notes that the wiki and its member were here. That it could not be
// noted is no reason to show nothing.
func (s *server) noteUse(v *wikiVisit) {
	err := errors.Join(s.Platform.TouchWiki(v.ctx(), v.entry), v.session.Seen(v.ctx()))
	if err != nil && v.ctx().Err() == nil {
		s.Logger.Warn("note use of wiki", "request", v.id, "error", err)
	}
}

// showWikiSource answers GET /{page}/source/{rev}; with the parameter raw as
// plain text with a comment that says where it comes from.
func (s *server) showWikiSource(v *wikiVisit) error {
	page, err := pageAt(v, v.places["rev"])
	if err != nil {
		return err
	}
	if v.r.URL.Query().Has("raw") {
		h := v.w.Header()
		h.Set("Content-Type", "text/plain; charset=utf-8")
		h.Set("Cache-Control", "private, no-store")
		_, err := io.WriteString(v.w, page.Text+
			fmt.Sprintf("\n[//]: # (%s, revision %s)\n", s.absolute(v, wiki.URL(v.root, v.page.String())), page.Revision.Hash))
		return err
	}
	frame, err := s.wikiPageFrame(v, "Source of "+page.Title, page.Title)
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiSourcePage{WikiFrame: frame, Page: page})
}
