package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// Report is what is known of a tenant without using it.
type Report struct {
	State     tenant.State
	Databases []DatabaseReport
	Folders   []FolderReport
}

// Bytes returns what the tenant takes on disk.
func (r Report) Bytes() int64 {
	var sum int64
	for _, d := range r.Databases {
		sum += d.Bytes
	}
	for _, f := range r.Folders {
		sum += f.Bytes
	}
	return sum
}

// Problem returns why the tenant cannot be opened, nil when it can.
func (r Report) Problem() error {
	for _, d := range r.Databases {
		if d.Problem != nil {
			return d.Problem
		}
	}
	return nil
}

// DatabaseReport describes one database file of a tenant.
type DatabaseReport struct {
	File    string
	Bytes   int64 // on disk, with the log beside it
	Version int   // of its schema
	Current int   // the version that this program writes
	Problem error // why it cannot be used; nil when it can
}

// FolderReport describes one folder of a tenant's files.
type FolderReport struct {
	Name  string
	Files int64
	Bytes int64
}

// Inspect opens a tenant of a fleet, whatever its state is, and reports on it.
// It changes nothing: an older database is not migrated. Beside
// [tenant.ErrNotExist] its errors are those of reading the home; what is wrong
// with a database is in the report.
func Inspect(ctx context.Context, fleet *tenant.Fleet, id tenant.ID) (Report, error) {
	home, err := fleet.Open(ctx, id)
	if err != nil {
		return Report{}, fmt.Errorf("inspect tenant %q: %w", id, err)
	}
	r, err := inspect(ctx, fleet.Kind(), home)
	if err = errors.Join(err, home.Close()); err != nil {
		return Report{}, fmt.Errorf("inspect tenant %q: %w", id, err)
	}
	return r, nil
}

func inspect(ctx context.Context, kind tenant.Kind, home *tenant.Home) (Report, error) {
	r := Report{State: home.State()}
	sizes, err := fileSizes(home.Files().FS())
	if err != nil {
		return Report{}, err
	}
	for _, spec := range kind.Databases {
		d := DatabaseReport{File: spec.File, Current: spec.Schema.Version()}
		for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
			d.Bytes += sizes[spec.File+suffix]
		}
		d.Version, d.Problem = try(ctx, home, spec)
		r.Databases = append(r.Databases, d)
	}
	for _, name := range kind.Dirs {
		folder := FolderReport{Name: name}
		for path, size := range sizes {
			if strings.HasPrefix(path, name+"/") {
				folder.Files++
				folder.Bytes += size
			}
		}
		r.Folders = append(r.Folders, folder)
	}
	return r, nil
}

// fileSizes returns the plain files below a directory by path. It opens none: SQLite's
// locks on a live database would go with the descriptor.
func fileSizes(dir fs.FS) (map[string]int64, error) {
	sizes := make(map[string]int64)
	err := fs.WalkDir(dir, ".", func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // it went meanwhile
			return nil
		}
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			sizes[path] = info.Size()
		}
		return err
	})
	return sizes, err
}

// try opens a database and reads its version. One that is up to date is opened
// as a server would do it, and checked.
func try(ctx context.Context, home *tenant.Home, spec tenant.Database) (version int, problem error) {
	version, err := home.DatabaseVersion(ctx, spec.File)
	if errors.Is(err, sqlite.ErrMissing) && spec.Derived {
		return 0, nil // it is made again when the tenant is opened
	}
	if err != nil || version < spec.Schema.Version() {
		return version, err
	}
	db, err := home.OpenDatabase(ctx, spec.File, tenant.DatabaseOptions{})
	if err != nil {
		return version, err
	}
	return version, errors.Join(db.Check(ctx), db.Close())
}
