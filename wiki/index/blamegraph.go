package index

import (
	"context"
	"errors"
	"slices"

	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/repo"
)

// suspect is a change with the lines of the final text that are in it and whose
// author is not found yet.
type suspect struct {
	Revision
	lines []traced
}

// traced is a line of the final text and where it is in a suspect's.
type traced struct{ final, here int }

// blameGraph is blame for a file on which several lines of history met. It goes
// back from the newest change: a line that one of the parents has as well is
// that parent's, the first one's before the others'.
func (x *Index) blameGraph(ctx context.Context, at Revision) ([]Line, error) {
	text, err := x.repo.Blob(ctx, at.New, MaxPageBytes)
	if err != nil {
		return nil, err
	}
	first := suspect{Revision: at}
	for i := range diff.Split(text) {
		first.lines = append(first.lines, traced{i, i})
	}
	owners := make([]int64, len(first.lines))
	for suspects := []suspect{first}; len(suspects) > 0; {
		newest := slices.MaxFunc(suspects, func(a, b suspect) int { return int(a.Seq - b.Seq) })
		suspects = slices.DeleteFunc(suspects, func(s suspect) bool { return s.Seq == newest.Seq && s.Path == newest.Path })
		left, passed, err := x.pass(ctx, newest)
		if err != nil {
			return nil, err
		}
		for _, l := range left {
			owners[l.final] = newest.Seq
		}
		for _, p := range passed {
			suspects = accuse(suspects, p)
		}
	}
	return x.signed(ctx, text, owners)
}

// accuse adds a suspect, or its lines to those of the same change.
func accuse(suspects []suspect, s suspect) []suspect {
	i := slices.IndexFunc(suspects, func(o suspect) bool { return o.Seq == s.Seq && o.Path == s.Path })
	if i < 0 {
		return append(suspects, s)
	}
	suspects[i].lines = append(suspects[i].lines, s.lines...)
	return suspects
}

// pass hands the lines of a suspect that its parents have on to them, and
// returns those that are left.
func (x *Index) pass(ctx context.Context, s suspect) (left []traced, passed []suspect, err error) {
	text, err := x.repo.Blob(ctx, s.New, MaxPageBytes)
	if err != nil {
		return nil, nil, err
	}
	c, err := x.repo.Commit(ctx, s.Hash)
	if err != nil {
		return nil, nil, err
	}
	names := []string{s.Path, s.Source}
	if len(c.Parents) > 1 {
		// Each line of history may have had its own name for the file.
		if names, err = x.names(ctx, s.Path); err != nil {
			return nil, nil, err
		}
	}
	left, lines := s.lines, diff.Split(text)
	for _, parent := range c.Parents {
		origin, err := x.origin(ctx, names, parent)
		if errors.Is(notFound(err), ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		before, err := x.repo.Blob(ctx, origin.New, MaxPageBytes)
		if err != nil {
			return nil, nil, err
		}
		places := unchanged(diff.Split(before), lines)
		older := suspect{Revision: origin}
		left = slices.DeleteFunc(slices.Clone(left), func(l traced) bool {
			there := places[l.here]
			if there >= 0 {
				older.lines = append(older.lines, traced{l.final, there})
			}
			return there >= 0
		})
		if len(older.lines) > 0 {
			passed = append(passed, older)
		}
	}
	return left, passed, nil
}

// origin returns what a changed file was at a parent of the commit, under the
// first of its names that there is.
func (x *Index) origin(ctx context.Context, names []string, parent repo.Hash) (Revision, error) {
	for _, name := range names {
		if r, err := x.at(ctx, name, parent); !errors.Is(notFound(err), ErrNotFound) {
			return r, err
		}
	}
	return Revision{}, ErrNotFound
}

// names returns the names that a file has had, the present one first.
func (x *Index) names(ctx context.Context, file string) ([]string, error) {
	lives, err := x.lives(ctx, file)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(lives))
	for i, l := range lives {
		err := x.db.Reader().QueryRowContext(ctx, "SELECT path FROM paths WHERE id = ?", l.path).Scan(&names[i])
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

// unchanged returns, for each line of b, where it is in a, -1 for a new one.
func unchanged(a, b []string) []int {
	places := make([]int, len(b))
	next, shift := 0, 0
	for _, c := range diff.Changes(a, b) {
		for ; next < c.NewStart; next++ {
			places[next] = next + shift
		}
		for ; next < c.NewEnd; next++ {
			places[next] = -1
		}
		shift = c.OldEnd - c.NewEnd
	}
	for ; next < len(b); next++ {
		places[next] = next + shift
	}
	return places
}
