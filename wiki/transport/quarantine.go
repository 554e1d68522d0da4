package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/holtdb/holt/wiki/repo"
)

// Modes of entries of a tree, as git writes them. Others do not occur in what
// git's checks let through.
const (
	ModeFile       = 0o100644
	ModeExecutable = 0o100755
	ModeSymlink    = 0o120000
	ModeSubmodule  = 0o160000

	modeDirectory = 0o040000
)

// emptyTree names the tree without entries, which git always knows.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// maxRecord bounds one line of git's lists: some numbers and a path, in bytes.
const maxRecord = 8 << 10

// Quarantine shows a push that is whole and sound, but not in the repository
// yet. It may be used while Push.Review runs.
type Quarantine struct {
	git      *Git
	staging  temporary
	old, new repo.Hash
}

// Change is a path that differs between two commits. A path is what the client
// wrote and may be one that repo.ParsePath refuses.
type Change struct {
	Path             string
	OldMode, NewMode uint32 // 0 where the path does not exist
	Old, New         repo.Hash
}

// Entry is a file, symbolic link or submodule of a commit.
type Entry struct {
	Path string // as in Change
	Mode uint32
	Hash repo.Hash
	Size int64 // bytes; 0 for a submodule
}

// Size returns the bytes on disk that the push adds to the repository.
func (q Quarantine) Size() (int64, error) {
	entries, err := os.ReadDir(filepath.Join(q.staging.dir, packDir))
	if err != nil {
		return 0, fmt.Errorf("measure push: %w", err)
	}
	var sum int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return 0, fmt.Errorf("measure push: %w", err)
		}
		sum += info.Size()
	}
	return sum, nil
}

// Commits returns the commits that the push brings, parents before children.
func (q Quarantine) Commits(ctx context.Context) ([]repo.Hash, error) {
	list, err := q.commits(ctx)
	if err != nil {
		return nil, err
	}
	var commits []repo.Hash
	for line := range strings.Lines(list) {
		h, err := repo.ParseHash(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("list pushed commits: %w", err)
		}
		commits = append(commits, h)
	}
	return commits, nil
}

// commits returns git's own list of the commits.
func (q Quarantine) commits(ctx context.Context) (string, error) {
	args := []string{"rev-list", "--reverse", "--topo-order", q.new.String()}
	if !q.old.IsZero() {
		args = append(args, "^"+q.old.String())
	}
	list := limitedBuffer{max: maxCommits*(2*len(q.new)+1) + 1}
	if err := q.git.run(ctx, job{args: args, env: q.staging.env, out: &list}); err != nil {
		return "", fmt.Errorf("list pushed commits: %w", err)
	}
	if list.Len() == list.max {
		return "", Refuse("there are more than %d commits at once", maxCommits)
	}
	return list.String(), nil
}

// Changes calls each for every path that differs between two commits; a zero
// from stands for nothing. An error of each ends the walk and is returned.
func (q Quarantine) Changes(ctx context.Context, from, to repo.Hash, each func(Change) error) error {
	base := emptyTree
	if !from.IsZero() {
		base = from.String()
	}
	return q.list(ctx, changes(each), "", "diff-tree", "-r", "-t", "-z", "--no-renames", base, to.String())
}

// Touched calls each for every path that one of the pushed commits changes,
// also when a later one takes the change back. What a merge takes over
// unchanged from one of its parents is no change of the merge. A path may come
// more than once.
func (q Quarantine) Touched(ctx context.Context, each func(Change) error) error {
	commits, err := q.commits(ctx)
	if err != nil {
		return err
	}
	return q.list(ctx, changes(each), commits, "diff-tree", "--stdin", "--root", "--no-commit-id", "-r", "-t", "-c", "--raw", "--no-renames", "-z")
}

// Entries calls each for every entry of a commit that is no directory, in git's
// order of paths.
func (q Quarantine) Entries(ctx context.Context, commit repo.Hash, each func(Entry) error) error {
	return q.list(ctx, func(record string) error {
		e, err := parseEntry(record)
		if err != nil {
			return err
		}
		if e.Mode == modeDirectory {
			return nil
		}
		return each(e)
	}, "", "ls-tree", "-r", "-t", "-z", "-l", "--full-tree", commit.String())
}

// list runs a command that prints records which end with a zero byte. It should
// name directories too: what comes of walking them is counted by what is printed.
func (q Quarantine) list(ctx context.Context, each func(string) error, in string, args ...string) error {
	out := &records{each: each, left: maxRecords}
	err := q.git.run(ctx, job{args: args, env: q.staging.env, in: strings.NewReader(in), out: out, memory: maxMemory})
	if out.err != nil {
		return out.err
	}
	if err != nil {
		return fmt.Errorf("look at push: %w", err)
	}
	return nil
}

// changes makes pairs of records, a description and a path, into changes.
func changes(each func(Change) error) func(string) error {
	description := ""
	return func(record string) error {
		if description == "" {
			description = record
			return nil
		}
		c, err := parseChange(description, record)
		description = ""
		if err != nil {
			return err
		}
		if c.OldMode == 0 && c.NewMode == 0 {
			return nil // a directory
		}
		return each(c)
	}
}

// parseChange reads git's raw description of a change: a colon for each parent,
// their modes and the new one, their hashes and the new one, and a status
// (git-diff, "Raw output format"). Of several parents the first counts. A
// directory is nothing in itself.
func parseChange(description, path string) (Change, error) {
	rest := strings.TrimLeft(description, ":")
	parents := len(description) - len(rest)
	fields := strings.Fields(rest)
	if parents == 0 || len(fields) != 2*(parents+1)+1 {
		return Change{}, fmt.Errorf("git described a change in an unknown way: %.80q", description)
	}
	oldMode, err1 := strconv.ParseUint(fields[0], 8, 32)
	newMode, err2 := strconv.ParseUint(fields[parents], 8, 32)
	from, err3 := repo.ParseHash(fields[parents+1])
	to, err4 := repo.ParseHash(fields[2*parents+1])
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return Change{}, fmt.Errorf("git described a change in an unknown way: %w", err)
	}
	c := Change{Path: path, OldMode: uint32(oldMode), NewMode: uint32(newMode), Old: from, New: to}
	if c.OldMode == modeDirectory {
		c.OldMode, c.Old = 0, repo.Hash{}
	}
	if c.NewMode == modeDirectory {
		c.NewMode, c.New = 0, repo.Hash{}
	}
	return c, nil
}

// parseEntry reads "<mode> <kind> <hash> <size>\t<path>".
func parseEntry(record string) (Entry, error) {
	description, path, ok := strings.Cut(record, "\t")
	fields := strings.Fields(description)
	if !ok || len(fields) != 4 {
		return Entry{}, fmt.Errorf("git described a file in an unknown way: %.80q", record)
	}
	mode, err1 := strconv.ParseUint(fields[0], 8, 32)
	hash, err2 := repo.ParseHash(fields[2])
	var size int64
	var err3 error
	if fields[3] != "-" {
		size, err3 = strconv.ParseInt(fields[3], 10, 64)
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		return Entry{}, fmt.Errorf("git described a file in an unknown way: %w", err)
	}
	return Entry{Path: path, Mode: uint32(mode), Hash: hash, Size: size}, nil
}

// records is a writer that hands on what ends with a zero byte.
type records struct {
	rest []byte
	each func(string) error
	left int   // how many records may still come
	err  error // the first error of each
}

// Write implements io.Writer.
func (r *records) Write(p []byte) (int, error) {
	for rest := p; r.err == nil; {
		record, more, ok := bytes.Cut(rest, []byte{0})
		if len(r.rest)+len(record) > maxRecord {
			r.err = Refuse("a path in the push is too long")
			break
		}
		r.rest = append(r.rest, record...)
		if !ok {
			break
		}
		if r.left--; r.left < 0 {
			r.err = Refuse("there are too many changes at once")
			break
		}
		r.err = r.each(string(r.rest))
		r.rest, rest = r.rest[:0], more
	}
	return len(p), r.err
}
