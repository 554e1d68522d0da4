package transport

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// packDir is where packs are in a repository.
const packDir = "objects/pack"

// packFile matches the names of the files that make a pack.
var packFile = regexp.MustCompile(`^pack-[0-9a-f]{40}\.(pack|idx|rev)$`)

// movePacks moves the packs of the staging repository into the real one. They
// are on disk when it returns.
func movePacks(staging, dir string) error {
	from, to := filepath.Join(staging, packDir), filepath.Join(dir, packDir)
	names, err := landing(from)
	if err != nil {
		return fmt.Errorf("read received packs: %w", err)
	}
	if err := os.Mkdir(to, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make directory of packs: %w", err)
	}
	for _, name := range names {
		if err := syncPath(filepath.Join(from, name)); err != nil {
			return fmt.Errorf("sync received pack: %w", err)
		}
	}
	for _, name := range names {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return fmt.Errorf("move received pack: %w", err)
		}
	}
	if err := errors.Join(syncPath(to), syncPath(filepath.Dir(to))); err != nil {
		return fmt.Errorf("sync directory of packs: %w", err)
	}
	return nil
}

// landing returns the names of the files of packs in a directory, in the order
// of moving: the packs themselves come last. Readers need both a pack and its
// index and so ignore the index until then. A repack of git before 2.41 that
// met a pack without an index would delete it, though, without having read it.
func landing(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var packs, others []string
	for _, e := range entries {
		switch name := e.Name(); {
		case !packFile.MatchString(name) || !e.Type().IsRegular():
		case strings.HasSuffix(name, ".pack"):
			packs = append(packs, name)
		default:
			others = append(others, name)
		}
	}
	return append(others, packs...), nil
}

// syncPath makes a file's content, or the names in a directory, durable.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Sweep removes what calls left behind that began before a time and whose
// process was killed: pushes in a Push's Scratch, and throw-away repositories in
// the directory for temporary files. Nothing else is touched.
func Sweep(scratch string, before time.Time) error {
	if err := errors.Join(sweep(scratch, pushPrefix, before), sweep(os.TempDir(), viewPrefix, before)); err != nil {
		return fmt.Errorf("sweep pushes: %w", err)
	}
	return nil
}

// sweep removes the old directories whose names begin with prefix.
func sweep(parent, prefix string, before time.Time) error {
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		info, statErr := e.Info()
		if statErr != nil || !info.IsDir() || !strings.HasPrefix(e.Name(), prefix) || !info.ModTime().Before(before) {
			continue
		}
		// Others who share the directory have theirs.
		if removeErr := os.RemoveAll(filepath.Join(parent, e.Name())); !errors.Is(removeErr, fs.ErrPermission) {
			err = errors.Join(err, removeErr)
		}
	}
	return err
}
