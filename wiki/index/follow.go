package index

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// Follow brings the index to the head of the branch and reads wikilinks in
// style. It does nothing when the index is there already. When the head does not
// descend from what is indexed, everything is made again.
func (x *Index) Follow(ctx context.Context, style source.WikilinkStyle) error {
	x.following.Lock()
	defer x.following.Unlock()
	for {
		done, err := x.follow(ctx, style)
		if err != nil {
			return fmt.Errorf("bring the index up to date: %w", err)
		}
		if done {
			return nil
		}
	}
}

// Rebuild makes the whole index again.
func (x *Index) Rebuild(ctx context.Context, style source.WikilinkStyle) error {
	x.following.Lock()
	defer x.following.Unlock()
	head, err := x.repo.Head(ctx)
	if err == nil {
		var u *update
		if u, err = x.gather(ctx, State{Style: style}, head, true); err == nil {
			err = x.db.Write(ctx, func(tx *sql.Tx) error { return u.apply(ctx, tx) })
		}
	}
	if err != nil {
		return fmt.Errorf("rebuild the index: %w", err)
	}
	return nil
}

// follow tries once. It is not done when another process moved the index
// meanwhile.
func (x *Index) follow(ctx context.Context, style source.WikilinkStyle) (done bool, err error) {
	state, err := readState(ctx, x.db.Prepared())
	if err != nil {
		return false, err
	}
	// The branch is read after the state: a head that is older than what is
	// indexed would look like a branch that was moved elsewhere.
	head, err := x.repo.Head(ctx)
	if err != nil || state.Head == head && state.Style == style {
		return true, err
	}
	relink := state.Style != style
	state.Style = style
	u, err := x.gather(ctx, state, head, false)
	if errors.Is(err, errElsewhere) {
		u, err = x.gather(ctx, State{Style: style}, head, true)
	}
	if err != nil {
		return false, err
	}
	u.relink = relink
	err = x.db.Write(ctx, func(tx *sql.Tx) error {
		now, err := readState(ctx, tx)
		if err != nil {
			return err
		}
		if done = now.Head == state.Head; !done {
			return nil
		}
		return u.apply(ctx, tx)
	})
	return done, err
}

// errElsewhere means that the branch does not descend from what is indexed.
var errElsewhere = errors.New("the branch was moved elsewhere")

// update is what has to change in the index. It is gathered from the repository
// before the database is locked.
type update struct {
	fresh   bool // everything is made again
	relink  bool // links of pages that did not change are read again
	from    repo.Hash
	head    repo.Hash
	style   source.WikilinkStyle
	commits []commit
	gone    []string // files at from that are not at head
	pages   []page
	files   []attachment
}

// gather reads what lies between the indexed commit and head.
func (x *Index) gather(ctx context.Context, state State, head repo.Hash, fresh bool) (*update, error) {
	u := &update{fresh: fresh, from: state.Head, head: head, style: state.Style}
	var failed error
	found, err := x.repo.Ancestors(ctx, head, func(h repo.Hash) bool {
		if fresh || failed != nil {
			return failed != nil // the walk ends soon
		}
		var known bool
		known, failed = x.has(ctx, h)
		return known
	})
	if err = cmp.Or(failed, err); err != nil {
		return nil, err
	}
	if !fresh && !state.Head.IsZero() && head != state.Head && !descends(found, state.Head) {
		return nil, errElsewhere
	}
	for _, c := range found {
		changes, err := x.changesOf(ctx, c)
		if err != nil {
			return nil, err
		}
		u.commits = append(u.commits, commit{Commit: c, changes: changes})
	}
	return u, x.gatherFiles(ctx, u)
}

// has reports whether a commit is in the index.
func (x *Index) has(ctx context.Context, h repo.Hash) (known bool, err error) {
	err = x.db.Prepared().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM commits WHERE hash = ?)", h.String()).Scan(&known)
	return known, err
}

// descends reports whether one of the commits has ancestor as its parent.
func descends(commits []repo.Commit, ancestor repo.Hash) bool {
	for _, c := range commits {
		for _, p := range c.Parents {
			if p == ancestor {
				return true
			}
		}
	}
	return false
}

// gatherFiles reads the files that differ between the indexed commit and head.
func (x *Index) gatherFiles(ctx context.Context, u *update) error {
	changes, err := x.repo.Changes(ctx, u.from, u.head)
	if err != nil {
		return err
	}
	for _, c := range changes {
		u.gone = append(u.gone, c.Path.String())
		if c.New.IsZero() {
			continue
		}
		if err := x.gatherFile(ctx, u, c); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) gatherFile(ctx context.Context, u *update, c repo.Change) error {
	if name, ok := PageOf(c.Path); ok {
		text, err := x.repo.Blob(ctx, c.New, MaxPageBytes)
		if err == nil {
			u.pages = append(u.pages, readPage(name, c.New, text, u.style))
			return nil
		}
		if !errors.Is(err, repo.ErrTooLarge) {
			return err
		}
	}
	size, err := x.size(ctx, c.New)
	if err != nil {
		return err
	}
	u.files = append(u.files, attachment{path: c.Path, blob: c.New, size: size})
	return nil
}

// size returns the size of a blob without reading it.
func (x *Index) size(ctx context.Context, h repo.Hash) (int64, error) {
	data, size, err := x.repo.OpenBlob(ctx, h)
	if err != nil {
		return 0, err
	}
	return size, data.Close()
}

// apply writes the update in a transaction.
func (u *update) apply(ctx context.Context, tx *sql.Tx) error {
	if u.fresh {
		if err := clearIndex(ctx, tx); err != nil {
			return err
		}
	}
	w := &writer{ctx: ctx, tx: tx, paths: make(map[string]int64)}
	for _, c := range u.commits {
		if err := w.commit(c); err != nil {
			return err
		}
	}
	names, err := w.files(u)
	if err != nil {
		return err
	}
	if u.fresh {
		names++ // what was there before may be gone
	}
	if u.relink && !u.fresh {
		if err := w.relink(u.style); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "UPDATE state SET head = ?, style = ?, names = names + ?", hex(u.head), u.style, names)
	return err
}

// clearIndex empties what is made from the repository.
func clearIndex(ctx context.Context, tx *sql.Tx) error {
	for _, table := range []string{"blame", "changes", "commits", "paths", "tags", "links", "attachments", "pages"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO page_words (page_words) VALUES ('delete-all')")
	return err
}
