package repo

import (
	"context"
	"fmt"
)

// Ancestors returns from and its ancestors, parents before children. Commits
// that known accepts are left out, and so is everything behind them; a nil
// known accepts none. The order depends only on the history: a first parent's
// line comes before that of a second one.
func (r *Repository) Ancestors(ctx context.Context, from Hash, known func(Hash) bool) ([]Commit, error) {
	rd := r.read(ctx)
	defer rd.close()

	// step is a commit on the way from the start, and its next parent to visit.
	type step struct {
		commit Commit
		next   int
	}
	var (
		out  []Commit
		path []step
		seen = make(map[Hash]bool)
	)
	enter := func(h Hash) error {
		if h.IsZero() || seen[h] {
			return nil
		}
		seen[h] = true
		if known != nil && known(h) {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("walk history: %w", err)
		}
		c, err := rd.commit(h)
		if err != nil {
			return fmt.Errorf("walk history: %w", err)
		}
		path = append(path, step{commit: c})
		return nil
	}
	if err := enter(from); err != nil {
		return nil, err
	}
	for len(path) > 0 {
		top := &path[len(path)-1]
		if top.next == len(top.commit.Parents) {
			out = append(out, top.commit)
			path = path[:len(path)-1]
			continue
		}
		parent := top.commit.Parents[top.next]
		top.next++
		if err := enter(parent); err != nil {
			return nil, err
		}
	}
	return out, nil
}
