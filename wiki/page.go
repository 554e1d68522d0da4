package wiki

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// Page is a page as it was at some commit.
type Page struct {
	Name     Name
	Title    string
	Text     string       // as in the repository
	Blob     repo.Hash    // the identity of the text
	Revision index.Commit // the last commit that changed it
	Head     bool         // it is the present state
}

// MaxPageBytes is the size of the largest page.
const MaxPageBytes = index.MaxPageBytes

// pageOfFile returns the page that decides on a file: its own, or the one that
// an attachment belongs to.
func pageOfFile(file string) string {
	if page, ok := strings.CutSuffix(file, ".md"); ok {
		return page
	}
	if i := strings.LastIndexByte(file, '/'); i >= 0 {
		return file[:i]
	}
	return ""
}

// Page returns a page as it is now. A name that differs in case only is found;
// the page says how it is called. It fails with [ErrNotFound].
func (s *Session) Page(ctx context.Context, name Name) (Page, error) {
	found, text, commit, err := s.w.index.Page(ctx, name.path)
	if err == nil {
		err = s.need(found.Path, access.Read)
	}
	if errors.Is(err, ErrNotFound) {
		// One that the visitor may not read looks like one that is missing.
		return Page{}, missing(name)
	}
	if err == nil {
		err = s.discreet(ctx, &commit)
	}
	if err != nil {
		return Page{}, err
	}
	return Page{Name: Name{found.Path}, Title: found.Title, Text: text, Blob: found.Blob, Revision: commit, Head: true}, nil
}

// missing says that there is no such page.
func missing(name Name) error {
	return fmt.Errorf("%w: no page “%s”", ErrNotFound, shorten(name.path))
}

// called returns the name of the page that name means: one that differs in case
// only if there is none of exactly this name. Without a page it returns name.
func (s *Session) called(ctx context.Context, name Name) (Name, error) {
	found, _, _, err := s.w.index.Page(ctx, name.path)
	switch {
	case err == nil:
		return Name{found.Path}, nil
	case errors.Is(err, ErrNotFound):
		return name, nil
	}
	return Name{}, err
}

// PageAt returns a page as it was at a revision of the branch, also under a name
// that it had before it was renamed. It fails with [ErrNotFound].
func (s *Session) PageAt(ctx context.Context, name Name, rev repo.Revision) (Page, error) {
	if err := s.need(name.path, access.Read); err != nil {
		return Page{}, err
	}
	commit, err := s.commitOf(ctx, rev)
	if err != nil {
		return Page{}, err
	}
	at, err := s.fileAt(ctx, index.FileOf(name.path), commit)
	if err != nil {
		return Page{}, err
	}
	text, err := s.w.repo.Blob(ctx, at.New, MaxPageBytes)
	if err == nil {
		err = s.discreet(ctx, &at.Commit)
	}
	if err != nil {
		return Page{}, fmt.Errorf("read page: %w", err)
	}
	return Page{
		Name: name, Title: source.Title(text, name.Last()), Text: strings.ToValidUTF8(string(text), "\uFFFD"),
		Blob: at.New, Revision: at.Commit, Head: commit.Hash == s.head,
	}, nil
}

// commitOf returns the commit of the branch that a revision names.
func (s *Session) commitOf(ctx context.Context, rev repo.Revision) (index.Commit, error) {
	hash, err := s.w.repo.Resolve(ctx, rev)
	if err != nil {
		return index.Commit{}, asNotFound(err)
	}
	// Only what the index knows is of the branch: other objects are nobody's.
	return s.w.index.Commit(ctx, hash)
}

// asNotFound says in one way that something is not there.
func asNotFound(err error) error {
	if errors.Is(err, repo.ErrNotFound) || errors.Is(err, repo.ErrAmbiguous) || errors.Is(err, repo.ErrInvalidRevision) {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}

// fileAt returns what a file was at a commit, under this name or, when it was
// called otherwise then, under that one.
func (s *Session) fileAt(ctx context.Context, file string, c index.Commit) (index.Revision, error) {
	at, err := s.w.index.At(ctx, file, c.Hash)
	if !errors.Is(err, ErrNotFound) {
		return at, err
	}
	history, err := s.w.index.History(ctx, file, c.Seq+1, 1)
	if err != nil {
		return index.Revision{}, err
	}
	if len(history) == 0 || history[0].IsDeleted() || !s.canReadFile(history[0].Path) {
		return index.Revision{}, fmt.Errorf("%w: it did not exist at that revision", ErrNotFound)
	}
	return history[0], nil
}

// Moved returns the name that a page which is no more was renamed to, following
// several renames. It fails with [ErrNotFound].
func (s *Session) Moved(ctx context.Context, name Name) (Name, error) {
	if err := s.need(name.path, access.Read); err != nil {
		return Name{}, err
	}
	seen := map[string]bool{}
	file := index.FileOf(name.path)
	for !seen[file] {
		seen[file] = true
		next, err := s.w.index.MovedTo(ctx, file)
		if err != nil {
			return Name{}, err
		}
		page, ok := strings.CutSuffix(next, ".md")
		if !ok || !s.canRead(page) {
			return Name{}, ErrNotFound
		}
		if found, _, _, err := s.w.index.Page(ctx, page); err == nil {
			return Name{found.Path}, nil
		}
		file = next
	}
	return Name{}, ErrNotFound
}

// Home returns the page that the wiki begins with: the one that the preferences
// name, else Home.
func (s *Session) Home() Name {
	if name, err := ParseName(s.settings.preferences.Application.HomePage); err == nil {
		return name
	}
	return Name{"Home"}
}
