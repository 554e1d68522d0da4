package index

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/holtdb/holt/wiki/repo"
)

// Commit is a commit of the branch.
type Commit struct {
	Seq     int64 // parents have smaller ones
	Hash    repo.Hash
	Parent  repo.Hash // the first one; zero for none
	Name    string    // of the author
	Email   string
	At      time.Time
	Message string
}

// Change is what a commit did to one file.
type Change struct {
	Path           string // of the file, as in the repository
	Source         string // the path that it was renamed from; "" when it was not
	New, Old       repo.Hash
	Added, Removed int // lines
}

// Added reports whether the file came into being.
func (c Change) IsAdded() bool { return c.Old.IsZero() && c.Source == "" }

// Deleted reports whether the file went.
func (c Change) IsDeleted() bool { return c.New.IsZero() }

// Revision is one change of a file with the commit that made it.
type Revision struct {
	Commit
	Change
}

const commitColumns = "c.seq, c.hash, c.parent, c.name, c.email, c.at, c.message"

func scanCommit(r scanner, more ...any) (Commit, error) {
	var c Commit
	var hash, parent string
	var at int64
	if err := r.Scan(append([]any{&c.Seq, &hash, &parent, &c.Name, &c.Email, &at, &c.Message}, more...)...); err != nil {
		return Commit{}, err
	}
	c.At = time.Unix(at, 0)
	var err error
	if c.Hash, err = repo.ParseHash(hash); err != nil {
		return Commit{}, err
	}
	c.Parent, err = parseHex(parent)
	return c, err
}

const changeColumns = "p.path, coalesce(s.path, ''), h.blob, h.old, h.added, h.removed"

// rawChange takes the columns of a change.
type rawChange struct {
	Change
	blob, old string
}

func (r *rawChange) columns() []any {
	return []any{&r.Path, &r.Source, &r.blob, &r.old, &r.Added, &r.Removed}
}

func (r *rawChange) change() (Change, error) {
	var err error
	if r.New, err = parseHex(r.blob); err != nil {
		return Change{}, err
	}
	r.Old, err = parseHex(r.old)
	return r.Change, err
}

func scanRevision(r scanner) (Revision, error) {
	var raw rawChange
	c, err := scanCommit(r, raw.columns()...)
	if err != nil {
		return Revision{}, err
	}
	change, err := raw.change()
	return Revision{Commit: c, Change: change}, err
}

const selectRevision = "SELECT " + commitColumns + ", " + changeColumns + ` FROM changes h
	JOIN commits c ON c.seq = h.seq JOIN paths p ON p.id = h.path LEFT JOIN paths s ON s.id = h.source`

// Newest starts a listing at its newest end.
const Newest = math.MaxInt64

// History returns up to limit changes of a file before the commit numbered
// before, the newest first. It goes on under the names that the file had
// before it was renamed.
func (x *Index) History(ctx context.Context, file string, before int64, limit int) ([]Revision, error) {
	var all []Revision
	lives, err := x.lives(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("list history: %w", err)
	}
	for _, l := range lives {
		part, err := collect(ctx, x.db.Reader(), scanRevision,
			selectRevision+" WHERE h.path = ? AND h.seq < ? ORDER BY h.seq DESC LIMIT ?", l.path, min(before, l.until), limit)
		if err != nil {
			return nil, fmt.Errorf("list history: %w", err)
		}
		all = append(all, part...)
	}
	if len(lives) > 1 {
		slices.SortStableFunc(all, func(a, b Revision) int { return cmp.Compare(b.Seq, a.Seq) })
	}
	return all[:min(len(all), limit)], nil
}

// life is a path under which a file was known until a commit.
type life struct {
	path  int64
	until int64 // exclusive
}

// maxLives bounds how many renames a history follows.
const maxLives = 50

// lives returns the paths that a file has had, the present one first.
func (x *Index) lives(ctx context.Context, file string) ([]life, error) {
	var id int64
	err := x.db.Reader().QueryRowContext(ctx, "SELECT id FROM paths WHERE path = ?", file).Scan(&id)
	if err != nil {
		return nil, notFound(err)
	}
	lives := []life{{id, Newest}}
	for i := 0; i < len(lives) && len(lives) < maxLives; i++ {
		sources, err := collect(ctx, x.db.Reader(), func(r scanner) (l life, err error) {
			return l, r.Scan(&l.path, &l.until)
		}, "SELECT source, seq FROM changes WHERE path = ? AND seq < ? AND source IS NOT NULL ORDER BY seq DESC LIMIT ?",
			lives[i].path, lives[i].until, maxLives)
		if err != nil {
			return nil, err
		}
		for _, s := range sources {
			if !slices.ContainsFunc(lives, func(l life) bool { return l.path == s.path && l.until >= s.until }) {
				lives = append(lives, s)
			}
		}
	}
	return lives, nil
}

// Commit returns a commit of the branch, or [ErrNotFound].
func (x *Index) Commit(ctx context.Context, h repo.Hash) (Commit, error) {
	c, err := scanCommit(x.db.Reader().QueryRowContext(ctx, "SELECT "+commitColumns+" FROM commits c WHERE c.hash = ?", h.String()))
	if err != nil {
		return Commit{}, fmt.Errorf("find commit: %w", notFound(err))
	}
	return c, nil
}

// Commits returns up to limit commits before the one numbered before, the
// newest first.
func (x *Index) Commits(ctx context.Context, before int64, limit int) ([]Commit, error) {
	commits, err := collect(ctx, x.db.Reader(), func(r scanner) (Commit, error) { return scanCommit(r) },
		"SELECT "+commitColumns+" FROM commits c WHERE c.seq < ? ORDER BY c.seq DESC LIMIT ?", before, limit)
	if err != nil {
		return nil, fmt.Errorf("list commits: %w", err)
	}
	return commits, nil
}

// ChangesOf returns what a commit did, by path.
func (x *Index) ChangesOf(ctx context.Context, seq int64) ([]Change, error) {
	changes, err := collect(ctx, x.db.Reader(), func(r scanner) (Change, error) {
		var raw rawChange
		if err := r.Scan(raw.columns()...); err != nil {
			return Change{}, err
		}
		return raw.change()
	}, "SELECT "+changeColumns+` FROM changes h JOIN paths p ON p.id = h.path LEFT JOIN paths s ON s.id = h.source
		WHERE h.seq = ? ORDER BY p.path`, seq)
	if err != nil {
		return nil, fmt.Errorf("list changes: %w", err)
	}
	return changes, nil
}

// At returns the newest change of a file up to the commit h: what the file then
// was. It fails with [ErrNotFound] when there was none, or the file was deleted.
func (x *Index) At(ctx context.Context, file string, h repo.Hash) (Revision, error) {
	r, err := scanRevision(x.db.Reader().QueryRowContext(ctx, selectRevision+
		` WHERE p.path = ? AND h.seq <= (SELECT seq FROM commits WHERE hash = ?) ORDER BY h.seq DESC LIMIT 1`, file, h.String()))
	switch {
	case err != nil:
		return Revision{}, fmt.Errorf("find revision: %w", notFound(err))
	case r.IsDeleted():
		return Revision{}, fmt.Errorf("find revision: %w", ErrNotFound)
	}
	return r, nil
}

// MovedTo returns the path that a file which is no more was last renamed to, or
// [ErrNotFound].
func (x *Index) MovedTo(ctx context.Context, file string) (string, error) {
	var path string
	err := x.db.Reader().QueryRowContext(ctx, `SELECT p.path FROM paths s JOIN changes h ON h.source = s.id
		JOIN paths p ON p.id = h.path WHERE s.path = ? ORDER BY h.seq DESC LIMIT 1`, file).Scan(&path)
	if err != nil {
		return "", fmt.Errorf("find new name: %w", notFound(err))
	}
	return path, nil
}
