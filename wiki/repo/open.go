package repo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/config"
)

// maxSmallFile bounds HEAD, the configuration and a branch's file in bytes.
const maxSmallFile = 1 << 20

// Open opens the bare repository in dir, an absolute path. It proves that the
// directory is one, that all of it lies there, and that its format is known:
// otherwise it fails with ErrNotRepository or ErrUnsupported and says why.
func Open(dir string) (*Repository, error) {
	if !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("open repository: %w: its path is not absolute", ErrNotRepository)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	branch, err := prove(root)
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("open repository: %w", err)
	}
	return &Repository{root: root, branch: branch, writes: make(chan struct{}, 1)}, nil
}

// prove checks that root is a bare repository and returns its branch.
func prove(root *os.Root) (branch string, err error) {
	for _, part := range []struct {
		name     string
		mode     fs.FileMode
		required bool
	}{
		{"HEAD", 0, true},
		{"config", 0, true},
		{objectsDir, fs.ModeDir, true},
		{"refs", fs.ModeDir, true},
		{packedRefs, 0, false},
		{packDir, fs.ModeDir, false},
		{objectsDir + "/info", fs.ModeDir, false},
		{headsDir, fs.ModeDir, false},
	} {
		if err := proveType(root, part.name, part.mode, part.required); err != nil {
			return "", err
		}
	}
	for _, unwanted := range []struct{ name, why string }{
		{objectsDir + "/info/alternates", "it borrows objects from another repository"},
		{"commondir", "it is a worktree of another repository"},
		{"shallow", "it holds only the end of its history; complete it with git fetch --unshallow"},
	} {
		if _, err := root.Lstat(unwanted.name); !isGone(err) {
			return "", fmt.Errorf("%w: %s", ErrNotRepository, unwanted.why)
		}
	}
	if err := proveConfig(root); err != nil {
		return "", err
	}
	return headBranch(root)
}

// proveType checks that name is a directory or a plain file, and no symbolic link.
func proveType(root *os.Root, name string, want fs.FileMode, required bool) error {
	info, err := root.Lstat(name)
	switch {
	case isGone(err) && !required:
		return nil
	case isGone(err):
		return fmt.Errorf("%w: %s is missing", ErrNotRepository, name)
	case err != nil:
		return err
	case info.Mode().Type() != want:
		return fmt.Errorf("%w: %s is of the wrong type", ErrNotRepository, name)
	}
	return nil
}

// proveConfig refuses repositories whose format is not the classic one.
func proveConfig(root *os.Root) error {
	text, err := readSmall(root, "config")
	if err != nil {
		return err
	}
	cfg := config.New()
	if err := config.NewDecoder(strings.NewReader(text)).Decode(cfg); err != nil {
		return fmt.Errorf("%w: its configuration is not readable: %w", ErrNotRepository, err)
	}
	switch version := cfg.Section("core").Option("repositoryformatversion"); version {
	case "", "0", "1":
	default:
		return fmt.Errorf("%w: format version %.20q", ErrUnsupported, version)
	}
	for _, option := range cfg.Section("extensions").Options {
		key, value := strings.ToLower(option.Key), strings.ToLower(option.Value)
		switch {
		case key == "noop", key == "preciousobjects",
			key == "objectformat" && value == "sha1",
			key == "refstorage" && value == "files":
		case key == "objectformat":
			return fmt.Errorf("%w: its objects are named by %.20s; only SHA-1 repositories can be used (git init --object-format=sha1)", ErrUnsupported, value)
		default:
			return fmt.Errorf("%w: extension %.40s=%.40s", ErrUnsupported, key, value)
		}
	}
	return nil
}

// headBranch returns the branch that HEAD names.
func headBranch(root *os.Root) (string, error) {
	text, err := readSmall(root, "HEAD")
	if err != nil {
		return "", err
	}
	ref, ok := strings.CutPrefix(strings.TrimSpace(text), "ref:")
	branch, isBranch := strings.CutPrefix(strings.TrimSpace(ref), headsDir+"/")
	if !ok || !isBranch || !validBranch(branch) {
		return "", fmt.Errorf("%w: HEAD names no branch", ErrNotRepository)
	}
	return branch, nil
}

// readSmall returns the text of a small file.
func readSmall(root *os.Root, name string) (string, error) {
	f, err := root.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSmallFile+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("read %s: %w", name, err)
	case len(text) > maxSmallFile:
		return "", fmt.Errorf("read %s: %w", name, ErrTooLarge)
	}
	return string(text), nil
}

// isGone reports whether an error means that there is no such file.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
