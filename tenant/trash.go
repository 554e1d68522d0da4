package tenant

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// deletePatience is how long a deletion waits for other processes to let go of
// the home. They see the state "deleting" meanwhile.
const deletePatience = 10 * time.Second

// Trashed is a deleted tenant whose retention has not ended.
type Trashed struct {
	ID      ID
	Deleted time.Time
	dir     string // relative to the data directory
}

// Delete moves a tenant's home to the trash in one rename. It waits for other
// processes to close it and fails with [ErrBusy], and the tenant as it was, when
// they do not. In this process use [Registry.Delete], which drains first.
func (f *Fleet) Delete(ctx context.Context, id ID) error {
	h, err := f.Open(ctx, id)
	if err != nil {
		return err
	}
	// The state ends by itself: a crash in the middle leaves a tenant that works.
	leaving := State{Status: deleting, Since: f.now(), Until: f.now().Add(2 * deletePatience)}
	err = h.changeState(ctx, func(before State) (State, error) {
		if before.Status == deleting {
			return State{}, ErrBusy
		}
		leaving.Before = &before
		return leaving, nil
	})
	if err != nil {
		return errors.Join(fmt.Errorf("delete tenant %q: %w", id, err), h.Close())
	}
	f.point("delete:announced")
	if err := f.moveToTrash(ctx, h); err != nil {
		undo := h.changeState(context.WithoutCancel(ctx), func(now State) (State, error) {
			if now.Status != deleting || !now.Since.Equal(leaving.Since) {
				return now, nil
			}
			return *leaving.Before, nil
		})
		return errors.Join(fmt.Errorf("delete tenant %q: %w", id, err), undo, h.Close())
	}
	return h.Close()
}

func (f *Fleet) moveToTrash(ctx context.Context, h *Home) error {
	if err := takeLock(ctx, h.lock, exclusiveLock, deletePatience); err != nil {
		return err
	}
	if !h.inPlace() {
		return ErrNotExist
	}
	f.point("delete:locked")
	target := filepath.Join(trashDir, f.kind.Name, h.id.Dir()+"."+strconv.FormatInt(f.now().UnixNano(), 10))
	if err := f.data.Rename(f.homeDir(h.id), target); err != nil {
		return err
	}
	f.point("delete:renamed")
	return errors.Join(syncDir(f.data, filepath.Dir(target)), syncDir(f.data, f.kind.Name))
}

// Trash lists the deleted tenants, the latest first.
func (f *Fleet) Trash() ([]Trashed, error) {
	dir := filepath.Join(trashDir, f.kind.Name)
	entries, err := fs.ReadDir(f.data.FS(), filepath.ToSlash(dir))
	if err != nil {
		return nil, fmt.Errorf("list trash: %w", err)
	}
	var out []Trashed
	for _, e := range entries {
		name, at, ok := strings.Cut(e.Name(), ".")
		nanos, err := strconv.ParseInt(at, 10, 64)
		id, idErr := IDFromDir(name)
		if !ok || err != nil || idErr != nil {
			continue // not put there by Delete
		}
		out = append(out, Trashed{ID: id, Deleted: time.Unix(0, nanos), dir: filepath.Join(dir, e.Name())})
	}
	slices.SortFunc(out, func(a, b Trashed) int { return b.Deleted.Compare(a.Deleted) })
	return out, nil
}

// Undelete brings the latest deleted home of a tenant back. It fails with
// [ErrExists] when a new tenant has taken the ID, and [ErrNotExist] when the
// trash has none.
func (f *Fleet) Undelete(ctx context.Context, id ID) error {
	if id.IsZero() {
		return ErrInvalidID
	}
	trash, err := f.Trash()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(trash, func(t Trashed) bool { return t.ID == id })
	if i < 0 {
		return ErrNotExist
	}
	exists, err := f.Exists(id)
	if err != nil {
		return err
	}
	if exists {
		return ErrExists
	}
	if err := f.bringBack(trash[i]); err != nil {
		if isNotEmpty(err) {
			err = ErrExists
		}
		return fmt.Errorf("undelete tenant %q: %w", id, err)
	}
	return nil
}

func (f *Fleet) bringBack(t Trashed) error {
	if err := mustBeDir(f.data, t.dir); err != nil {
		return err
	}
	files, err := f.data.OpenRoot(t.dir)
	if err != nil {
		return err
	}
	defer files.Close()
	// Long after the deletion was announced, its state has ended: what is read
	// then is what held before it.
	state, err := readState(files, f.now().Add(2*deletePatience))
	if err != nil {
		return err
	}
	if err := writeState(files, state); err != nil {
		return err
	}
	f.point("undelete:state")
	if err := f.data.Rename(t.dir, f.homeDir(t.ID)); err != nil {
		return err
	}
	f.point("undelete:renamed")
	return errors.Join(syncDir(f.data, f.kind.Name), syncDir(f.data, filepath.Dir(t.dir)))
}

// Purge removes for good what was deleted before the given time and returns how
// many homes that were. One that cannot be removed does not keep the others.
func (f *Fleet) Purge(ctx context.Context, before time.Time) (int, error) {
	trash, err := f.Trash()
	if err != nil {
		return 0, err
	}
	purged := 0
	var errs []error
	for _, t := range trash {
		if ctx.Err() != nil {
			return purged, errors.Join(append(errs, ctx.Err())...)
		}
		if !t.Deleted.Before(before) {
			continue
		}
		switch err := f.purge(t); {
		case err == nil:
			purged++
		case !errors.Is(err, fs.ErrNotExist): // another was faster
			errs = append(errs, fmt.Errorf("purge tenant %q: %w", t.ID, err))
		}
	}
	return purged, errors.Join(errs...)
}

// purge takes a home out of the trash in one step before its files go: half a
// home must not be brought back. What a crash leaves is swept.
func (f *Fleet) purge(t Trashed) error {
	passing := filepath.Join(buildDir, randomName())
	if err := f.data.Rename(t.dir, passing); err != nil {
		return err
	}
	if err := syncDir(f.data, filepath.Dir(t.dir)); err != nil {
		return err
	}
	f.point("purge:renamed")
	return f.data.RemoveAll(passing)
}
