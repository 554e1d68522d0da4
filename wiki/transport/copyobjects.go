package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
)

var (
	// looseDir and looseFile match the two parts of a loose object's name.
	looseDir  = regexp.MustCompile(`^[0-9a-f]{2}$`)
	looseFile = regexp.MustCompile(`^[0-9a-f]{38}$`)
	// packedFile matches a pack and its index, which are all of a pack that
	// cannot be made anew from it.
	packedFile = regexp.MustCompile(`^pack-[0-9a-f]{40}\.(pack|idx)$`)
)

// copyObjects copies the loose objects and the packs of one repository into
// another. What has another name is left behind; what has such a name and is no
// plain file, or lies in a directory that is a link, is ErrUnsupportedSource.
func copyObjects(ctx context.Context, to, from *os.Root) error {
	fans, err := fs.ReadDir(from.FS(), "objects")
	if err != nil {
		return fmt.Errorf("read objects: %w", err)
	}
	for _, fan := range fans {
		wanted := looseFile
		switch {
		case fan.Name() == "pack":
			wanted = packedFile
		case !looseDir.MatchString(fan.Name()):
			continue
		}
		dir := path.Join("objects", fan.Name())
		if !fan.IsDir() {
			return fmt.Errorf("%w: %s is not a directory", ErrUnsupportedSource, dir)
		}
		files, err := fs.ReadDir(from.FS(), dir)
		if err != nil {
			return fmt.Errorf("read objects: %w", err)
		}
		if err := to.Mkdir(dir, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("copy objects: %w", err)
		}
		for _, f := range files {
			if !wanted.MatchString(f.Name()) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("copy objects: %w", err)
			}
			if err := copyFile(to, from, path.Join(dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyFile copies one plain file. It need not be durable: the copy is thrown away.
func copyFile(to, from *os.Root, name string) error {
	in, err := openPlain(from, name)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnsupportedSource, err)
	}
	defer in.Close()
	out, err := to.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return fmt.Errorf("copy objects: %w", err)
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("copy objects: %w", err)
	}
	return nil
}
