package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/holtdb/holt/sqlite"
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

// IsAdded reports whether the file came into being.
func (c Change) IsAdded() bool { return c.Old.IsZero() && c.Source == "" }

// IsDeleted reports whether the file went.
func (c Change) IsDeleted() bool { return c.New.IsZero() }

// Revision is one change of a file with the commit that made it.
type Revision struct {
	Commit
	Change
}

const commitColumns = "c.seq, c.hash, c.parent, c.name, c.email, c.at, c.message"

func scanCommit(r sqlite.Row, more ...any) (Commit, error) {
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

func scanRevision(r sqlite.Row) (Revision, error) {
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
// before, the newest first. It goes on under the name that the file had before
// it was renamed.
func (x *Index) History(ctx context.Context, file string, before int64, limit int) ([]Revision, error) {
	lives, err := x.lives(ctx, file)
	if err != nil {
		return nil, fmt.Errorf("list history: %w", err)
	}
	var all []Revision
	for _, l := range lives {
		part, err := sqlite.Collect(ctx, x.db.Prepared(), scanRevision,
			selectRevision+" WHERE h.path = ? AND h.seq >= ? AND h.seq < ? ORDER BY h.seq DESC LIMIT ?",
			l.path, l.since, min(before, l.until), limit-len(all))
		if err != nil {
			return nil, fmt.Errorf("list history: %w", err)
		}
		if all = append(all, part...); len(all) >= limit {
			break
		}
	}
	return all, nil
}

// life is a path under which a file was known, from a commit until another.
type life struct {
	path         int64
	since, until int64 // numbers of commits; until is exclusive
}

// maxLives bounds how many renames a history follows.
const maxLives = 50

// lives returns the paths that a file has had, the present one first.
func (x *Index) lives(ctx context.Context, file string) ([]life, error) {
	now := life{until: Newest}
	err := x.db.Prepared().QueryRowContext(ctx, "SELECT id FROM paths WHERE path = ?", file).Scan(&now.path)
	if err != nil {
		return nil, notFound(err)
	}
	var lives []life
	for len(lives) < maxLives {
		before := life{}
		err := x.db.Prepared().QueryRowContext(ctx, `SELECT source, seq FROM changes
			WHERE path = ? AND seq < ? AND source IS NOT NULL ORDER BY seq DESC LIMIT 1`, now.path, now.until).Scan(&before.path, &before.until)
		if errors.Is(err, sql.ErrNoRows) {
			return append(lives, now), nil
		}
		if err != nil {
			return nil, err
		}
		// What had the path before the rename was another file.
		now.since = before.until
		lives = append(lives, now)
		now = before
	}
	return lives, nil
}

// Commit returns a commit of the branch, or [ErrNotFound].
func (x *Index) Commit(ctx context.Context, h repo.Hash) (Commit, error) {
	c, err := scanCommit(x.db.Prepared().QueryRowContext(ctx, "SELECT "+commitColumns+" FROM commits c WHERE c.hash = ?", h.String()))
	if err != nil {
		return Commit{}, fmt.Errorf("find commit: %w", notFound(err))
	}
	return c, nil
}

// Commits returns up to limit commits before the one numbered before, the
// newest first.
func (x *Index) Commits(ctx context.Context, before int64, limit int) ([]Commit, error) {
	commits, err := sqlite.Collect(ctx, x.db.Prepared(), func(r sqlite.Row) (Commit, error) { return scanCommit(r) },
		"SELECT "+commitColumns+" FROM commits c WHERE c.seq < ? ORDER BY c.seq DESC LIMIT ?", before, limit)
	if err != nil {
		return nil, fmt.Errorf("list commits: %w", err)
	}
	return commits, nil
}

// ChangesOf returns what a commit did, by path.
func (x *Index) ChangesOf(ctx context.Context, seq int64) ([]Change, error) {
	changes, err := sqlite.Collect(ctx, x.db.Prepared(), func(r sqlite.Row) (Change, error) {
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

// At returns what a file was at the commit h: the change that made it so. It
// fails with [ErrNotFound] when the file was not there.
func (x *Index) At(ctx context.Context, file string, h repo.Hash) (Revision, error) {
	r, err := x.at(ctx, file, h)
	if err != nil {
		return Revision{}, fmt.Errorf("find revision: %w", notFound(err))
	}
	return r, nil
}

func (x *Index) at(ctx context.Context, file string, h repo.Hash) (Revision, error) {
	path, err := repo.ParsePath(file)
	if err != nil {
		return Revision{}, ErrNotFound
	}
	// Commits of another line of history may have smaller numbers and yet not
	// come before h: the tree says what the file was.
	f, err := x.repo.File(ctx, h, path)
	if errors.Is(err, repo.ErrNotFound) {
		return Revision{}, ErrNotFound
	}
	if err != nil {
		return Revision{}, err
	}
	return scanRevision(x.db.Prepared().QueryRowContext(ctx, selectRevision+` WHERE p.path = ? AND h.blob = ?
		AND h.seq <= (SELECT seq FROM commits WHERE hash = ?) ORDER BY h.seq DESC LIMIT 1`, file, f.Blob.String(), h.String()))
}

// MovedTo returns the path that a file which is no more was last renamed to, or
// [ErrNotFound].
func (x *Index) MovedTo(ctx context.Context, file string) (string, error) {
	var path string
	err := x.db.Prepared().QueryRowContext(ctx, `SELECT p.path FROM paths s JOIN changes h ON h.source = s.id
		JOIN paths p ON p.id = h.path WHERE s.path = ? ORDER BY h.seq DESC LIMIT 1`, file).Scan(&path)
	if err != nil {
		return "", fmt.Errorf("find new name: %w", notFound(err))
	}
	return path, nil
}
