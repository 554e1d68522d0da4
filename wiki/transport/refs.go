package transport

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/holtdb/holt/wiki/repo"
)

// branchPrefix is where branches are among the references.
const branchPrefix = "refs/heads/"

// maxRefFile bounds HEAD and a file with one reference, in bytes.
const maxRefFile = 4 << 10

// head is what the HEAD of a repository leads to.
type head struct {
	branch string    // without refs/heads/; empty when HEAD names a commit itself
	tip    repo.Hash // zero before the first commit
}

// readHead reads HEAD and its branch in a bare repository or a .git directory.
// It reads the files itself, so that no configuration is obeyed and no link
// followed. Anything unusual is repo.ErrNotRepository.
func readHead(root *os.Root) (head, error) {
	text, err := readRef(root, "HEAD")
	if err != nil {
		return head{}, err
	}
	target, symbolic := strings.CutPrefix(text, "ref:")
	if !symbolic {
		tip, err := parseTip(text)
		return head{tip: tip}, err
	}
	ref := strings.TrimSpace(target)
	branch, ok := strings.CutPrefix(ref, branchPrefix)
	if !ok || !validBranch(branch) {
		return head{}, fmt.Errorf("%w: HEAD names no branch", repo.ErrNotRepository)
	}
	text, err = readRef(root, ref)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		if text, err = packedRef(root, ref); err != nil || text == "" {
			return head{branch: branch}, err
		}
	default:
		return head{}, err
	}
	tip, err := parseTip(text)
	return head{branch: branch, tip: tip}, err
}

// parseTip reads the hash in a reference.
func parseTip(text string) (repo.Hash, error) {
	if len(text) == 64 {
		return repo.Hash{}, fmt.Errorf("%w: it names objects by SHA-256, this server by SHA-1", repo.ErrUnsupported)
	}
	tip, err := repo.ParseHash(text)
	if err != nil || tip.IsZero() {
		return repo.Hash{}, fmt.Errorf("%w: a reference is damaged", repo.ErrNotRepository)
	}
	return tip, nil
}

// readRef reads a small plain file without the white space around its content.
func readRef(root *os.Root, name string) (string, error) {
	f, err := openPlain(root, name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxRefFile))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return strings.TrimSpace(string(content)), nil
}

// packedRef looks a reference up in packed-refs. It returns "" when it is not there.
func packedRef(root *os.Root, ref string) (string, error) {
	f, err := openPlain(root, "packed-refs")
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if hash, name, ok := strings.Cut(lines.Text(), " "); ok && name == ref {
			return hash, nil
		}
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("read packed-refs: %w", err)
	}
	return "", nil
}

// openPlain opens a plain file for reading; a link or a device in its place is
// repo.ErrNotRepository.
func openPlain(root *os.Root, name string) (*os.File, error) {
	before, err := root.Lstat(name)
	if err != nil {
		return nil, fmt.Errorf("read repository: %w", err)
	}
	if before.IsDir() {
		return nil, fmt.Errorf("read repository: %s: %w", name, fs.ErrNotExist)
	}
	if !before.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a plain file", repo.ErrNotRepository, name)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read repository: %w", err)
	}
	if after, err := f.Stat(); err != nil || !os.SameFile(before, after) {
		_ = f.Close()
		return nil, fmt.Errorf("%w: %s changed while it was opened", repo.ErrNotRepository, name)
	}
	return f, nil
}

// validBranch reports whether name can name a branch: git's own rules
// (git-check-ref-format), and none that looks like an option.
func validBranch(name string) bool {
	if len(name) > 200 || name == "" || name == "@" || name == "HEAD" || strings.HasPrefix(name, "-") ||
		strings.HasSuffix(name, ".") || strings.Contains(name, "..") || strings.Contains(name, "@{") ||
		path.Clean("/"+name) != "/"+name || strings.ContainsAny(name, " ~^:?*[\\") {
		return false
	}
	for _, c := range []byte(name) {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	for segment := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(segment, ".") || strings.HasSuffix(segment, ".lock") {
			return false
		}
	}
	return true
}
