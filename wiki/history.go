package wiki

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// Newest starts a listing at its newest end.
const Newest = index.Newest

// History returns up to limit revisions of a page before the commit numbered
// before, the newest first. It goes on under earlier names of the page. A page
// that is no more still has one.
func (s *Session) History(ctx context.Context, name Name, before int64, limit int) ([]index.Revision, error) {
	if err := s.need(name.path, access.Read); err != nil {
		return nil, err
	}
	return s.historyOf(ctx, index.FileOf(name.path), before, limit)
}

func (s *Session) historyOf(ctx context.Context, file string, before int64, limit int) ([]index.Revision, error) {
	history, err := s.w.index.History(ctx, file, before, limit)
	if err != nil {
		return nil, err
	}
	// What a page was called before may be none of this visitor's business.
	history = slices.DeleteFunc(history, func(r index.Revision) bool { return !s.canReadFile(r.Path) })
	commits := make([]*index.Commit, len(history))
	for i := range history {
		s.hideSource(&history[i].Change)
		commits[i] = &history[i].Commit
	}
	return history, s.discreet(ctx, commits...)
}

// hideSource takes out of a change where the file came from, when the visitor
// may not know.
func (s *Session) hideSource(ch *index.Change) {
	if ch.Source != "" && !s.canReadFile(ch.Source) {
		ch.Source, ch.Old = "", repo.Hash{}
	}
}

// discreetMessage stands for what a commit says that the visitor may not know.
const discreetMessage = "A change that also touched pages you may not read"

// discreet hides the messages of commits that touched what the visitor may not
// read: they tend to name it.
func (s *Session) discreet(ctx context.Context, commits ...*index.Commit) error {
	if !s.view.Restricted() {
		return nil
	}
	hides := make(map[int64]bool)
	for _, c := range commits {
		hide, known := hides[c.Seq]
		if !known {
			_, hidden, err := s.visibleChanges(ctx, c.Seq)
			if err != nil {
				return err
			}
			hide = hidden > 0
			hides[c.Seq] = hide
		}
		if hide {
			c.Message = discreetMessage
		}
	}
	return nil
}

// Comparison shows how a page differs between two revisions.
type Comparison struct {
	From, To Page
	Hunks    []diff.Hunk
}

// contextLines is how much of what stayed is shown around a change.
const contextLines = 3

// Compare compares a page at two revisions.
func (s *Session) Compare(ctx context.Context, name Name, from, to repo.Revision) (Comparison, error) {
	a, err := s.PageAt(ctx, name, from)
	if err != nil {
		return Comparison{}, err
	}
	b, err := s.PageAt(ctx, name, to)
	if err != nil {
		return Comparison{}, err
	}
	return Comparison{From: a, To: b, Hunks: diff.Lines([]byte(a.Text), []byte(b.Text), contextLines)}, nil
}

// Blame returns the lines of a page at a revision with the commits that wrote
// them.
func (s *Session) Blame(ctx context.Context, name Name, rev repo.Revision) ([]index.Line, error) {
	if err := s.need(name.path, access.Read); err != nil {
		return nil, err
	}
	c, err := s.commitOf(ctx, rev)
	if err != nil {
		return nil, err
	}
	at, err := s.fileAt(ctx, index.FileOf(name.path), c)
	if err != nil {
		return nil, err
	}
	lines, err := s.w.index.Blame(ctx, at.Path, c.Hash)
	if err != nil {
		return nil, s.w.translate(err)
	}
	commits := make([]*index.Commit, len(lines))
	for i := range lines {
		commits[i] = &lines[i].Commit
	}
	return lines, s.discreet(ctx, commits...)
}

// FileDiff is what a commit did to one file.
type FileDiff struct {
	index.Change
	Page   string      // that the file is or belongs to
	Hunks  []diff.Hunk // empty for what is no text
	Binary bool
}

// CommitView is a commit with all that the visitor may see of it.
type CommitView struct {
	index.Commit
	Files  []FileDiff
	Hidden int // files that the visitor may not read
}

// maxShown bounds the files of a commit whose changes are shown line by line.
const maxShown = 100

// Commit returns a commit of the branch. One that changed only what the visitor
// may not read is not found.
func (s *Session) Commit(ctx context.Context, rev repo.Revision) (CommitView, error) {
	c, err := s.commitOf(ctx, rev)
	if err != nil {
		return CommitView{}, err
	}
	changes, hidden, err := s.visibleChanges(ctx, c.Seq)
	if err != nil {
		return CommitView{}, err
	}
	if len(changes) == 0 && s.view.Restricted() {
		return CommitView{}, fmt.Errorf("%w: no such commit", ErrNotFound)
	}
	if hidden > 0 {
		c.Message = discreetMessage
	}
	v := CommitView{Commit: c, Hidden: hidden}
	for i, ch := range changes {
		f := FileDiff{Change: ch, Page: pageOfFile(ch.Path)}
		if i < maxShown {
			if err := s.diffFile(ctx, &f); err != nil {
				return CommitView{}, err
			}
		}
		v.Files = append(v.Files, f)
	}
	return v, nil
}

// visibleChanges returns what a commit did, as far as the visitor may know, and
// how many files that leaves out.
func (s *Session) visibleChanges(ctx context.Context, seq int64) (changes []index.Change, hidden int, err error) {
	all, err := s.w.index.ChangesOf(ctx, seq)
	if err != nil {
		return nil, 0, err
	}
	moved := make(map[string]bool) // the old names of what was renamed
	for _, ch := range all {
		if !s.canReadFile(ch.Path) {
			hidden++
			continue
		}
		s.hideSource(&ch)
		moved[ch.Source] = ch.Source != ""
		changes = append(changes, ch)
	}
	// A rename is one change, not two.
	return slices.DeleteFunc(changes, func(ch index.Change) bool { return ch.IsDeleted() && moved[ch.Path] }), hidden, nil
}

// diffFile compares a file before and after a commit.
func (s *Session) diffFile(ctx context.Context, f *FileDiff) error {
	a, okA, err := s.textOf(ctx, f.Old)
	if err != nil {
		return err
	}
	b, okB, err := s.textOf(ctx, f.New)
	if err != nil {
		return err
	}
	if !okA || !okB {
		f.Binary = true
		return nil
	}
	f.Hunks = diff.Lines(a, b, contextLines)
	return nil
}

// textOf returns a text; ok is false for what is none, or too large to compare.
func (s *Session) textOf(ctx context.Context, blob repo.Hash) (text []byte, ok bool, err error) {
	if blob.IsZero() {
		return nil, true, nil
	}
	text, err = s.w.repo.Blob(ctx, blob, MaxPageBytes)
	if errors.Is(err, repo.ErrTooLarge) {
		return nil, false, nil
	}
	return text, err == nil && !index.IsBinary(text), err
}

// Entry is a commit in the list of recent changes.
type Entry struct {
	index.Commit
	Changes []index.Change // that the visitor may see
}

// Changelog returns up to limit commits before the one numbered before, the
// newest first, that changed something the visitor may read.
func (s *Session) Changelog(ctx context.Context, before int64, limit int) ([]Entry, error) {
	if err := s.needSome(); err != nil {
		return nil, err
	}
	var entries []Entry
	for len(entries) < limit {
		commits, err := s.w.index.Commits(ctx, before, limit)
		if err != nil || len(commits) == 0 {
			return entries, err
		}
		for _, c := range commits {
			before = c.Seq
			changes, hidden, err := s.visibleChanges(ctx, c.Seq)
			if err != nil {
				return nil, err
			}
			if len(changes) == 0 && s.view.Restricted() {
				continue
			}
			if hidden > 0 {
				c.Message = discreetMessage
			}
			if entries = append(entries, Entry{Commit: c, Changes: changes}); len(entries) == limit {
				break
			}
		}
	}
	return entries, nil
}
