package transport

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
)

// A few small objects that name each other many times over, or compress well,
// can stand for more than a machine can hold. What lands must be readable ever
// after, so a push is held against these bounds, which package repo has too.
const (
	// maxCommits bounds the commits of one push.
	maxCommits = 1 << 20
	// maxCommit bounds one commit with its message, in bytes.
	maxCommit = 1 << 20
	// maxHistory bounds all commits of one push together, in bytes.
	maxHistory = 256 << 20
	// maxEntries bounds the files and directories of the pushed version.
	maxEntries = 1<<19 - 1
	// maxListing bounds the list of them, and so any directory, in bytes.
	maxListing = 64 << 20
	// maxRecords bounds what git says about a push when it is asked once.
	maxRecords = 1 << 23
	// maxMemory bounds a git that looks at a push, in bytes: it gathers all
	// changes of a commit before it names the first.
	maxMemory = 512 << 20
)

// bounded refuses a push that stands for too much.
func (q Quarantine) bounded(ctx context.Context) error {
	commits, err := q.commits(ctx)
	if err != nil {
		return err
	}
	var sizes bytes.Buffer
	err = q.git.run(ctx, job{
		args: []string{"cat-file", "--batch-check=%(objectsize)"}, env: q.staging.env,
		in: strings.NewReader(commits), out: &sizes,
	})
	if err != nil {
		return fmt.Errorf("measure pushed commits: %w", err)
	}
	var history int64
	for line := range strings.Lines(sizes.String()) {
		n, err := strconv.ParseInt(strings.TrimSuffix(line, "\n"), 10, 64)
		if err != nil {
			return fmt.Errorf("measure pushed commits: %w", err)
		}
		if history += n; n > maxCommit || history > maxHistory {
			return Refuse("the message of a commit is too long")
		}
	}
	entries, listing := 0, 0
	return q.list(ctx, func(record string) error {
		entries++
		if listing += len(record); entries > maxEntries || listing > maxListing {
			return Refuse("there are too many files")
		}
		return nil
	}, "", "ls-tree", "-r", "-t", "-z", "--full-tree", q.new.String())
}
