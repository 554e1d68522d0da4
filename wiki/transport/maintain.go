package transport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// grace is how long objects that no commit of the branch needs are kept: whoever
// writes makes the objects first and moves the branch to them later.
const grace = "2.weeks.ago"

// Maintain packs the objects of the bare repository at the absolute path dir,
// drops what has been unreachable from its branch for two weeks, and writes the
// index of commits that makes history fast. It may run beside readers, writers
// and pushes; run it once at a time for a repository. The branch is not touched.
func (g *Git) Maintain(ctx context.Context, dir string) (err error) {
	t, err := view(dir)
	if err != nil {
		return fmt.Errorf("maintain repository: %w", err)
	}
	defer func() { err = errors.Join(err, t.remove()) }()
	if t.tip.IsZero() {
		return nil
	}
	for _, args := range [][]string{
		{"repack", "-A", "-d", "-l", "-q", "-n", "--unpack-unreachable=" + grace},
		{"prune", "--expire=" + grace},
		{"commit-graph", "write", "--reachable", "--changed-paths", "--no-progress"},
	} {
		if err := g.run(ctx, job{args: args, env: t.env}); err != nil {
			return fmt.Errorf("maintain repository: %w", err)
		}
	}
	for _, name := range []string{"objects/info", packDir, "objects"} {
		if err := syncPath(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("maintain repository: %w", err)
		}
	}
	return nil
}
