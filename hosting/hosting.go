// Package hosting makes, deletes and brings back wikis. A wiki is two things
// that must agree: its entry in the platform's directory and its home on disk.
// The order of the steps is such that a crash between any two leaves nothing
// that anybody could meet.
package hosting

import (
	"context"
	"errors"
	"fmt"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/transport"
)

// Homes are the homes of wikis: a [tenant.Fleet], or in a process that serves
// them a [tenant.Registry], which closes a wiki before it is deleted.
type Homes interface {
	Delete(ctx context.Context, id tenant.ID) error
}

// Host makes and deletes wikis.
type Host struct {
	Directory *platform.Store
	Fleet     *tenant.Fleet
	Homes     Homes
}

// Create makes a wiki: it reserves the address, makes the home and opens the
// entry. It fails like [platform.Store.ReserveWiki].
func (h Host) Create(ctx context.Context, n platform.NewWiki, f wiki.Founding) (platform.Wiki, error) {
	return h.make(ctx, n, f, func(ctx context.Context, id tenant.ID, f wiki.Founding) error {
		return wiki.Create(ctx, h.Fleet, id, f)
	})
}

// Import makes a wiki of an existing repository and database, as
// [wiki.Import] does.
func (h Host) Import(ctx context.Context, git *transport.Git, n platform.NewWiki, f wiki.Founding, from wiki.Source) (platform.Wiki, error) {
	return h.make(ctx, n, f, func(ctx context.Context, id tenant.ID, f wiki.Founding) error {
		return wiki.Import(ctx, h.Fleet, git, id, f, from)
	})
}

func (h Host) make(ctx context.Context, n platform.NewWiki, f wiki.Founding,
	home func(ctx context.Context, id tenant.ID, f wiki.Founding) error,
) (platform.Wiki, error) {
	w, err := h.Directory.ReserveWiki(ctx, n)
	if err != nil {
		return platform.Wiki{}, err
	}
	owner, err := h.Directory.Account(ctx, n.Owner)
	if err == nil {
		f.Name, f.Description = w.Name, w.Purpose
		f.Owner.Account, f.Owner.Name = owner.ID, owner.Name
		if f.Owner.Email == "" {
			f.Owner.Email = owner.Login
		}
		err = h.makeHome(ctx, w.Slug.ID(), f, home)
	}
	// What was begun is ended also when the client has gone.
	ctx = context.WithoutCancel(ctx)
	if err == nil {
		if err = h.Directory.ConfirmWiki(ctx, w.ID); err == nil {
			return w, nil
		}
		err = errors.Join(err, h.Homes.Delete(ctx, w.Slug.ID()))
	}
	return platform.Wiki{}, errors.Join(fmt.Errorf("make wiki %q: %w", w.Slug, err), h.Directory.CancelWiki(ctx, w.ID))
}

// makeHome makes the home. One that is there already was left by a reservation
// that a crash ended: nobody ever used it.
func (h Host) makeHome(ctx context.Context, id tenant.ID, f wiki.Founding,
	home func(ctx context.Context, id tenant.ID, f wiki.Founding) error,
) error {
	err := home(ctx, id, f)
	if !errors.Is(err, tenant.ErrExists) {
		return err
	}
	if err := h.Homes.Delete(ctx, id); err != nil {
		return fmt.Errorf("clear what was left: %w", err)
	}
	return home(ctx, id, f)
}

// Delete moves a wiki to the trash. It fails with [platform.ErrNotFound].
func (h Host) Delete(ctx context.Context, slug platform.Slug) error {
	if err := h.Directory.RemoveWiki(ctx, slug); err != nil {
		return err
	}
	err := h.Homes.Delete(context.WithoutCancel(ctx), slug.ID())
	if err != nil && !errors.Is(err, tenant.ErrNotExist) {
		return fmt.Errorf("delete wiki %q: %w", slug, err)
	}
	return nil
}

// Restore brings a deleted wiki back. It fails with [platform.ErrNotFound], and
// with a [platform.TooManyWikis] when its owner has made others meanwhile.
func (h Host) Restore(ctx context.Context, slug platform.Slug) error {
	if err := h.Directory.MayRestoreWiki(ctx, slug); err != nil {
		return err
	}
	// A crash may have left the home where it was.
	if err := h.Fleet.Undelete(ctx, slug.ID()); err != nil && !errors.Is(err, tenant.ErrExists) {
		return fmt.Errorf("restore wiki %q: %w", slug, err)
	}
	return h.Directory.RestoreWiki(context.WithoutCancel(ctx), slug)
}
