package repo

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

const (
	headsDir   = "refs/heads"
	packedRefs = "packed-refs"
)

// Head returns the newest commit of the branch, the zero hash when there is
// none yet. It reads one small file, and so sees what other processes did.
func (r *Repository) Head(ctx context.Context) (Hash, error) {
	if err := ctx.Err(); err != nil {
		return Hash{}, err
	}
	// The branch moves by a rename, so that its file is another one each time.
	file, err := os.Lstat(filepath.Join(r.root.Name(), filepath.FromSlash(r.ref())))
	if err != nil {
		file = nil
	}
	if last := r.lastHead.Load(); last != nil && last.is(file) {
		return last.hash, nil
	}
	h, err := r.readBranch()
	if err != nil {
		return Hash{}, fmt.Errorf("read branch %s: %w", r.branch, err)
	}
	if file != nil && time.Since(file.ModTime()) > settled {
		r.lastHead.Store(&seenHead{file, h})
	}
	return h, nil
}

// settled is the age at which a file's time tells it from one that takes its
// place: the clock of a file system may tick slowly.
const settled = 100 * time.Millisecond

// seenHead is the branch's file as it was before it was read.
type seenHead struct {
	file os.FileInfo
	hash Hash
}

func (s *seenHead) is(file os.FileInfo) bool {
	return file != nil && os.SameFile(s.file, file) && s.file.ModTime().Equal(file.ModTime()) && s.file.Size() == file.Size()
}

// ref is the name of the branch's file.
func (r *Repository) ref() string { return path.Join(headsDir, r.branch) }

// readBranch reads the branch from its file or, after a gc, from the packed
// references. Git writes the latter before it removes the former.
func (r *Repository) readBranch() (Hash, error) {
	text, err := readSmall(r.root, r.ref())
	switch {
	case isGone(err) || isFolder(err):
		return r.readPackedRefs()
	case err != nil:
		return Hash{}, err
	}
	h, err := ParseHash(strings.TrimSpace(text))
	if err != nil {
		return Hash{}, fmt.Errorf("%w: the branch's file holds no commit", ErrCorrupt)
	}
	return h, nil
}

// readPackedRefs looks the branch up in the file where gc gathers references:
// lines of hash, space and name, comments with # and peeled tags with ^.
func (r *Repository) readPackedRefs() (Hash, error) {
	f, err := r.root.Open(packedRefs)
	if isGone(err) {
		return Hash{}, nil
	}
	if err != nil {
		return Hash{}, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		digits, name, ok := strings.Cut(lines.Text(), " ")
		if !ok || name != r.ref() || strings.HasPrefix(digits, "#") {
			continue
		}
		h, err := ParseHash(digits)
		if err != nil {
			return Hash{}, fmt.Errorf("%w: the packed references", ErrCorrupt)
		}
		return h, nil
	}
	if err := lines.Err(); err != nil {
		return Hash{}, fmt.Errorf("read packed references: %w", err)
	}
	return Hash{}, nil
}

// validBranch reports whether git accepts name as a branch
// (git-check-ref-format), and whether it is a valid Path besides.
func validBranch(name string) bool {
	if _, err := ParsePath(name); err != nil || name == "@" || name == "HEAD" {
		return false
	}
	if strings.HasPrefix(name, "-") || strings.HasSuffix(name, ".") || strings.Contains(name, "..") ||
		strings.Contains(name, "@{") || strings.ContainsAny(name, " ~^:?*[\\") {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}
