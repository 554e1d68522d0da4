package web

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/repo"
)

// listed is how many revisions or commits a part of a list has.
const listed = 100

// showWikiHistory answers GET /{page}/history.
func (s *server) showWikiHistory(v *wikiVisit) error {
	before, err := beforeOf(v)
	if err != nil {
		return err
	}
	revisions, err := v.session.History(v.ctx(), v.page, before, listed+1)
	if err != nil {
		return err
	}
	if len(revisions) == 0 && before == wiki.Newest {
		return fmt.Errorf("%w: no page “%s”", wiki.ErrNotFound, v.page)
	}
	page, err := v.session.Page(v.ctx(), v.page)
	gone := errors.Is(err, wiki.ErrNotFound)
	if err != nil && !gone {
		return err
	}
	title := v.page.Last()
	if !gone {
		title = page.Title
	}
	view := ui.WikiHistoryPage{Revisions: revisions[:min(listed, len(revisions))], More: len(revisions) > listed, Gone: gone}
	if before != wiki.Newest {
		view.Before = before
	}
	if view.WikiFrame, err = s.wikiPageFrame(v, "History of "+title, title); err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, view)
}

// beforeOf reads where a list goes on: the parameter before is the number of the
// commit that the part before ended with.
func beforeOf(v *wikiVisit) (int64, error) {
	text := v.r.URL.Query().Get("before")
	if text == "" {
		return wiki.Newest, nil
	}
	before, err := strconv.ParseInt(text, 10, 64)
	if err != nil || before < 1 {
		return 0, fmt.Errorf("%w: before must be a whole number", wiki.ErrInvalid)
	}
	return before, nil
}

// compareForm answers POST /{page}/history: rev_a is the older revision.
func (s *server) compareForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	a, err := repo.ParseRevision(v.r.PostForm.Get("rev_a"))
	if err != nil {
		return fmt.Errorf("%w: choose two revisions", wiki.ErrInvalid)
	}
	b, err := repo.ParseRevision(v.r.PostForm.Get("rev_b"))
	if err != nil {
		return fmt.Errorf("%w: choose two revisions", wiki.ErrInvalid)
	}
	return v.redirect(v.url(v.page.String()) + "/diff/" + a.String() + "/" + b.String())
}

// showWikiDiff answers GET /{page}/diff/{a}/{b}.
func (s *server) showWikiDiff(v *wikiVisit) error {
	a, err := repo.ParseRevision(v.places["a"])
	if err != nil {
		return err
	}
	b, err := repo.ParseRevision(v.places["b"])
	if err != nil {
		return err
	}
	comparison, err := v.session.Compare(v.ctx(), v.page, a, b)
	if err != nil {
		return err
	}
	title := comparison.To.Title
	frame, err := s.wikiPageFrame(v, "Changes of "+title, title)
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiDiffPage{WikiFrame: frame, Comparison: comparison})
}

// showWikiBlame answers GET /{page}/blame/{rev}.
func (s *server) showWikiBlame(v *wikiVisit) error {
	page, err := pageAt(v, v.places["rev"])
	if err != nil {
		return err
	}
	rev, err := repo.ParseRevision(page.Revision.Hash.String())
	if err != nil {
		return err
	}
	lines, err := v.session.Blame(v.ctx(), page.Name, rev)
	if err != nil {
		return err
	}
	frame, err := s.wikiPageFrame(v, "Who wrote "+page.Title, page.Title)
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiBlamePage{WikiFrame: frame, Page: page, Lines: lines})
}

// showChangelog answers GET /-/changelog/{rev}, the changes up to a revision, and
// with the parameter before the part of the list before a number.
func (s *server) showChangelog(v *wikiVisit) error {
	before, err := beforeOf(v)
	if err != nil {
		return err
	}
	if text := v.places["before"]; text != "" {
		rev, err := repo.ParseRevision(text)
		if err != nil {
			return err
		}
		commit, err := v.session.Commit(v.ctx(), rev)
		if err != nil {
			return err
		}
		before = commit.Seq + 1
	}
	entries, err := v.session.Changelog(v.ctx(), before, listed+1)
	if err != nil {
		return err
	}
	view := ui.WikiChangelogPage{Entries: entries[:min(listed, len(entries))]}
	if len(entries) > listed {
		view.Older = v.changelogBefore(view.Entries[listed-1].Seq)
	}
	if before < math.MaxInt64-listed {
		if view.Newer, err = s.newerChanges(v, before); err != nil {
			return err
		}
	}
	if view.WikiFrame, err = s.wikiFrame(v, "Recent changes"); err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, view)
}

// newerChanges returns the address of the part of the list that ends where the
// one before a number begins. Commits are numbered without gaps, so that it
// leaves none out; it shows some twice where others are hidden from the visitor.
func (s *server) newerChanges(v *wikiVisit, before int64) (string, error) {
	newest, err := v.session.Changelog(v.ctx(), wiki.Newest, 1)
	switch {
	case err != nil || len(newest) == 0 || newest[0].Seq < before:
		return "", err
	case newest[0].Seq < before+listed:
		return v.root + "/-/changelog", nil
	}
	return v.changelogBefore(before + listed), nil
}

func (v *wikiVisit) changelogBefore(seq int64) string {
	return v.root + "/-/changelog?before=" + strconv.FormatInt(seq, 10)
}

// showWikiCommit answers GET /-/commit/{rev}.
func (s *server) showWikiCommit(v *wikiVisit) error {
	commit, err := commitOf(v)
	if err != nil {
		return err
	}
	frame, err := s.wikiFrame(v, "Commit "+commit.Hash.String()[:8])
	if err != nil {
		return err
	}
	return s.showWiki(v, http.StatusOK, ui.WikiCommitPage{WikiFrame: frame, Commit: commit})
}

// commitOf returns the commit that the address names.
func commitOf(v *wikiVisit) (wiki.CommitView, error) {
	rev, err := repo.ParseRevision(v.places["rev"])
	if err != nil {
		return wiki.CommitView{}, err
	}
	return v.session.Commit(v.ctx(), rev)
}
