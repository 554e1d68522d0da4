package library

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// openFile opens the file of a document. It is [ErrNotFound] when the file is
// not there any more.
func (l *Library) openFile(rec record) (*os.File, error) {
	dir, name := uploadsDir, rec.hash
	if rec.Origin == Watched {
		dir, name = booksDir, rec.FileName
	}
	folder, err := openFolder(l.files, dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	f, err := openRegular(folder, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the file of the document is gone: %w", ErrNotFound)
	}
	return f, err
}

// openFolder opens a folder of the home as a root of its own: a link in it
// leads to nothing outside, also not to the databases beside it.
func openFolder(home *os.Root, dir string) (*os.Root, error) {
	info, err := home.Lstat(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("open folder: %s is not a directory", dir)
	}
	folder, err := home.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	return folder, nil
}

// openRegular opens a plain file, no link and nothing that blocks.
func openRegular(folder *os.Root, name string) (*os.File, error) {
	info, err := folder.Lstat(name)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open file: %w", fs.ErrNotExist)
	}
	f, err := folder.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	if opened, err := f.Stat(); err != nil || !os.SameFile(info, opened) {
		return nil, errors.Join(errors.New("open file: it was replaced meanwhile"), err, f.Close())
	}
	return f, nil
}

// listDir returns the names in a directory, none when it is absent.
func listDir(root *os.Root, dir string) ([]string, error) {
	d, err := root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", path.Base(dir), err)
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", path.Base(dir), err)
	}
	return names, nil
}

// syncDir makes the names in a directory durable.
func syncDir(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync directory: %w", err)
	}
	return nil
}
