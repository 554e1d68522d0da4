package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// Modes of what this package creates. Nobody but the server's own account has
// business in a wiki's files; objects are never written to again.
const (
	folderMode = 0o700
	fileMode   = 0o600
	objectMode = 0o400
)

// bareConfig is the configuration of a new repository.
const bareConfig = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
`

// Create makes an empty bare repository in dir, whose HEAD is the named branch,
// and returns when it has reached the disk. HEAD is written last: what a crash
// leaves behind is no repository and can be created again. It may fail with
// ErrExists or, for a name that cannot be a branch, with ErrInvalidPath.
func Create(ctx context.Context, dir *os.Root, branch string) error {
	if !validBranch(branch) {
		return fmt.Errorf("create repository: %w: %q cannot name a branch", ErrInvalidPath, branch)
	}
	if _, err := dir.Lstat("HEAD"); err == nil {
		return fmt.Errorf("create repository: %w", ErrExists)
	} else if !isGone(err) {
		return fmt.Errorf("create repository: %w", err)
	}
	folders := []string{".", "refs", headsDir, "refs/tags", objectsDir, objectsDir + "/info", packDir}
	for _, name := range folders[1:] {
		if err := dir.Mkdir(name, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("create repository: %w", err)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("create repository: %w", err)
	}
	head := "ref: " + path.Join(headsDir, branch) + "\n"
	if err := errors.Join(
		writeSynced(dir, "config", bareConfig),
		writeSynced(dir, "HEAD.new", head),
		syncFolders(dir, folders),
	); err != nil {
		return fmt.Errorf("create repository: %w", err)
	}
	if err := dir.Rename("HEAD.new", "HEAD"); err != nil {
		return fmt.Errorf("create repository: %w", err)
	}
	if err := syncFolders(dir, folders[:1]); err != nil {
		return fmt.Errorf("create repository: %w", err)
	}
	return nil
}

// writeSynced writes a file and waits until it has reached the disk.
func writeSynced(dir *os.Root, name, text string) error {
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolders makes the names in folders durable. The disk is asked for all of
// them at once: it gathers such requests into few writes of its own. A folder
// that is gone was emptied by a gc, which has made its content durable elsewhere.
func syncFolders(root *os.Root, folders []string) error {
	return each(folders, func(name string) error {
		f, err := root.Open(name)
		if isGone(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("sync folder: %w", err)
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("sync folder %s: %w", name, err)
		}
		return nil
	})
}

// each calls do for all items at the same time and returns the joined errors.
func each[T any](items []T, do func(T) error) error {
	if len(items) == 1 {
		return do(items[0])
	}
	results := make(chan error, len(items))
	free := make(chan struct{}, maxSyncs)
	for _, item := range items {
		free <- struct{}{}
		go func() {
			defer func() { <-free }()
			results <- do(item)
		}()
	}
	var err error
	for range items {
		err = errors.Join(err, <-results)
	}
	return err
}

// maxSyncs bounds the threads that wait for the disk at the same time for one write.
const maxSyncs = 16
