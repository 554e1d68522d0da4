package transport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// incomingDir is where CloneIn keeps the source's objects before it has chosen
// the ones it needs, below the target.
const incomingDir = "incoming"

// CloneIn makes target, the absolute path of an empty directory, a bare
// repository with the checked-out branch of source and its whole history.
// branch is the branch's name in target; "" keeps its own. source is the
// absolute path of a repository with or without a work tree; it is only read,
// and what it has not committed is not taken.
//
// Of source only objects, HEAD and that branch are looked at: its hooks, its
// configuration and its other branches have no effect and are not taken. A
// source whose objects are elsewhere (links, alternates, linked work trees),
// or incomplete (shallow or partial clones), that names objects by SHA-256, or
// has no commits is ErrUnsupportedSource. Every object is checked. The result is
// on disk when CloneIn returns; after an error target is empty again.
func (g *Git) CloneIn(ctx context.Context, source, target, branch string) (err error) {
	if !filepath.IsAbs(target) {
		return fmt.Errorf("take over repository: %q is not an absolute path", target)
	}
	into, err := os.OpenRoot(target)
	if err != nil {
		return fmt.Errorf("take over repository: %w", err)
	}
	defer func() { err = errors.Join(err, into.Close()) }()
	if entries, err := os.ReadDir(target); err != nil || len(entries) > 0 {
		return errors.Join(fmt.Errorf("take over repository: %s is not empty", target), err)
	}
	if err := g.cloneIn(ctx, source, into, target, branch); err != nil {
		return errors.Join(fmt.Errorf("take over repository: %w", err), empty(into))
	}
	return nil
}

// cloneIn does the work of CloneIn.
func (g *Git) cloneIn(ctx context.Context, source string, into *os.Root, target, branch string) error {
	from, err := openSource(source)
	if err != nil {
		return err
	}
	defer from.Close()
	h, err := sourceHead(from)
	if err != nil {
		return err
	}
	if branch != "" {
		h.branch = branch
	}
	if !validBranch(h.branch) {
		return fmt.Errorf("%w: name the branch; the source has none checked out", ErrUnsupportedSource)
	}
	incoming := temporary{dir: filepath.Join(target, incomingDir)}
	incoming.env = []string{"GIT_DIR=" + incoming.dir}
	if err := writeIncoming(ctx, into, from, h); err != nil {
		return err
	}
	if err := (layout{head: h, config: plainConfig}).write(into); err != nil {
		return err
	}
	// Only what the branch needs is packed; other branches, stashes and
	// everything forgotten stay behind.
	err = g.run(ctx, job{
		args: []string{"pack-objects", "--revs", "--delta-base-offset", "-q", filepath.Join(target, packDir, "pack")},
		env:  incoming.env,
		in:   strings.NewReader(h.tip.String() + "\n"),
	})
	if err != nil {
		return fmt.Errorf("%w: its history cannot be read completely: %w", ErrUnsupportedSource, err)
	}
	// The check reads the new repository's objects by the configuration of the
	// throw-away one, which holds nothing else of its own any more.
	if err := into.RemoveAll(filepath.Join(incomingDir, "objects")); err != nil {
		return fmt.Errorf("remove copied objects: %w", err)
	}
	err = g.run(ctx, job{
		args: []string{"fsck", "--full", "--no-dangling", "--no-progress"},
		env:  append(incoming.env, "GIT_OBJECT_DIRECTORY="+filepath.Join(target, "objects")),
	})
	if err != nil {
		return fmt.Errorf("%w: its objects are damaged: %w", ErrUnsupportedSource, err)
	}
	if err := into.RemoveAll(incomingDir); err != nil {
		return fmt.Errorf("remove copied objects: %w", err)
	}
	return syncTree(target)
}

// openSource opens the directory that holds a repository's objects and
// references: .git for one with a work tree.
func openSource(source string) (*os.Root, error) {
	root, err := os.OpenRoot(source)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	info, err := root.Lstat(".git")
	if errors.Is(err, fs.ErrNotExist) {
		return root, nil
	}
	defer root.Close()
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%w: .git is no directory; give the repository that this work tree belongs to", ErrUnsupportedSource)
	}
	inner, err := root.OpenRoot(".git")
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	return inner, nil
}

// sourceHead returns the checked-out branch of a repository that can be taken over.
func sourceHead(from *os.Root) (head, error) {
	if err := proveStore(from); err != nil {
		return head{}, fmt.Errorf("%w: %w", ErrUnsupportedSource, err)
	}
	for name, reason := range map[string]string{
		"commondir": "it is a linked work tree; give the main one",
		"shallow":   "its history is cut off; run git fetch --unshallow in it",
	} {
		if info, err := from.Lstat(name); err == nil && info.Size() > 0 {
			return head{}, fmt.Errorf("%w: %s", ErrUnsupportedSource, reason)
		}
	}
	h, err := readHead(from)
	if err != nil {
		return head{}, fmt.Errorf("%w: %w", ErrUnsupportedSource, err)
	}
	if h.tip.IsZero() {
		return head{}, fmt.Errorf("%w: its branch %s has no commits", ErrUnsupportedSource, h.branch)
	}
	return h, nil
}

// writeIncoming makes the throw-away repository with a copy of all objects.
func writeIncoming(ctx context.Context, into, from *os.Root, h head) error {
	if err := into.Mkdir(incomingDir, dirMode); err != nil {
		return fmt.Errorf("make throw-away repository: %w", err)
	}
	incoming, err := into.OpenRoot(incomingDir)
	if err != nil {
		return fmt.Errorf("make throw-away repository: %w", err)
	}
	err = (layout{head: h, config: strictConfig}).write(incoming)
	if err == nil {
		err = copyObjects(ctx, incoming, from)
	}
	return errors.Join(err, incoming.Close())
}

// empty removes everything in a directory.
func empty(root *os.Root) error {
	entries, err := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		err = errors.Join(err, root.RemoveAll(e.Name()))
	}
	return err
}

// syncTree makes a directory and all below it durable.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncPath(path)
	})
}
