package transport

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/holtdb/holt/wiki/repo"
)

// Modes of what is written: nobody but the server's own user reads it.
const (
	dirMode  = 0o700
	fileMode = 0o600
)

// plainConfig is the configuration of a repository that was taken over.
const plainConfig = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
`

// strictConfig is the configuration of the throw-away repositories, and all
// that git is configured by.
const strictConfig = plainConfig + `	hooksPath = /dev/null
	attributesFile = /dev/null
	alternateRefsCommand = true
	fsmonitor = false
	logAllRefUpdates = false
	bigFileThreshold = 16m
	fsync = all
[protocol]
	allow = never
	version = 2
[transfer]
	fsckObjects = true
[uploadpack]
	allowFilter = true
[receive]
	autogc = false
	denyDeletes = true
	denyNonFastForwards = true
	fsckObjects = true
	unpackLimit = 1
	updateServerInfo = false
[receive "fsck"]
	badFilemode = error
[fsck]
	hasDot = error
	hasDotdot = error
	hasDotgit = error
	fullPathname = error
	emptyName = error
[gc]
	auto = 0
[maintenance]
	auto = false
[pack]
	threads = 2
	windowMemory = 64m
	deltaCacheSize = 64m
	writeReverseIndex = true
[repack]
	updateServerInfo = false
`

// layout is a bare repository to be written.
type layout struct {
	head             // its one branch
	config    string // the text of its configuration
	alternate string // absolute path of the store it borrows from; "" for none
}

// write makes root, an empty directory, a bare repository.
func (l layout) write(root *os.Root) error {
	ref := branchPrefix + l.branch
	for _, dir := range []string{"objects/info", "objects/pack", path.Dir(ref)} {
		if err := root.MkdirAll(dir, dirMode); err != nil {
			return fmt.Errorf("make repository: %w", err)
		}
	}
	files := []struct{ name, content string }{
		{"HEAD", "ref: " + ref + "\n"},
		{"config", l.config},
	}
	if !l.tip.IsZero() {
		files = append(files, struct{ name, content string }{ref, l.tip.String() + "\n"})
	}
	if l.alternate != "" {
		files = append(files, struct{ name, content string }{"objects/info/alternates", l.alternate + "\n"})
	}
	for _, f := range files {
		if err := root.WriteFile(f.name, []byte(f.content), fileMode); err != nil {
			return fmt.Errorf("make repository: %w", err)
		}
	}
	return nil
}

// temporary is a throw-away repository on disk.
type temporary struct {
	dir string // absolute path
	head
	env []string // makes git use it
}

// remove deletes the repository and all that is in it.
func (t temporary) remove() error { return os.RemoveAll(t.dir) }

// viewPrefix and pushPrefix begin the names of throw-away repositories.
const (
	viewPrefix = "holt-view-"
	pushPrefix = "holt-push-"
)

// view makes a throw-away repository that shows the branch of the bare
// repository in dir on the objects of that repository.
func view(dir string) (temporary, error) {
	h, store, err := inspect(dir)
	if err != nil {
		return temporary{}, err
	}
	t, err := makeTemporary(os.TempDir(), viewPrefix, layout{head: h, config: strictConfig})
	if err != nil {
		return temporary{}, err
	}
	t.env = append(t.env, "GIT_OBJECT_DIRECTORY="+store)
	return t, nil
}

// makeTemporary writes a throw-away repository below parent.
func makeTemporary(parent, prefix string, l layout) (temporary, error) {
	parent, err := filepath.Abs(parent)
	if err != nil {
		return temporary{}, fmt.Errorf("make throw-away repository: %w", err)
	}
	dir, err := os.MkdirTemp(parent, prefix)
	if err != nil {
		return temporary{}, fmt.Errorf("make throw-away repository: %w", err)
	}
	t := temporary{dir: dir, head: l.head, env: []string{"GIT_DIR=" + dir}}
	root, err := os.OpenRoot(dir)
	if err == nil {
		err = errors.Join(l.write(root), root.Close())
	}
	if err != nil {
		return temporary{}, errors.Join(fmt.Errorf("make throw-away repository: %w", err), t.remove())
	}
	return t, nil
}

// inspect proves that dir is a bare repository that stands on its own, and
// returns its branch and the absolute path of its objects.
func inspect(dir string) (head, string, error) {
	if !filepath.IsAbs(dir) || strings.ContainsAny(dir, "\n\r") {
		return head{}, "", fmt.Errorf("%w: %q is not an absolute path", repo.ErrNotRepository, dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return head{}, "", fmt.Errorf("open repository: %w", err)
	}
	defer root.Close()
	if err := proveStore(root); err != nil {
		return head{}, "", err
	}
	h, err := readHead(root)
	if err != nil {
		return head{}, "", err
	}
	if h.branch == "" {
		return head{}, "", fmt.Errorf("%w: HEAD names no branch", repo.ErrNotRepository)
	}
	return h, filepath.Join(dir, "objects"), nil
}

// proveStore makes sure that the objects below root are really there: neither a
// link to another place nor borrowed from one.
func proveStore(root *os.Root) error {
	for _, name := range []string{"objects", "objects/info", "objects/pack"} {
		switch info, err := root.Lstat(name); {
		case errors.Is(err, fs.ErrNotExist) && name != "objects":
		case err != nil:
			return fmt.Errorf("%w: %w", repo.ErrNotRepository, err)
		case !info.IsDir():
			return fmt.Errorf("%w: %s is not a directory", repo.ErrNotRepository, name)
		}
	}
	for _, name := range []string{"objects/info/alternates", "objects/info/http-alternates"} {
		if _, err := root.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: it borrows objects from another one (%s)", repo.ErrNotRepository, name)
		}
	}
	return nil
}
