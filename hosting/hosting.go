// Package hosting makes, deletes and brings back wikis. A wiki is two things
// that must agree: its entry in the platform's directory and its home on disk.
// The order of the steps is such that a crash between any two leaves nothing
// that anybody could meet.
package hosting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/transport"
)

const (
	// makePatience bounds the making of a wiki. It ends well before the
	// reservation of the address does.
	makePatience = platform.ReservationLife / 3
	// movePatience is how long those who are in a wiki have to leave it before it
	// goes to the trash.
	movePatience = 15 * time.Second
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
// entry, or leaves nothing behind. Owner, name and description in f are those of
// n. It fails like [platform.Store.ReserveWiki].
func (h Host) Create(ctx context.Context, n platform.NewWiki, f wiki.Founding) (platform.Wiki, error) {
	ctx, cancel := context.WithTimeout(ctx, makePatience)
	defer cancel()
	return h.make(ctx, n, f, func(ctx context.Context, id tenant.ID, f wiki.Founding) error {
		return wiki.Create(ctx, h.Fleet, id, f)
	})
}

// Import makes a wiki of an existing repository and database, as
// [wiki.Import] does. An address in f.Owner is kept: it names the owner's row.
func (h Host) Import(ctx context.Context, git *transport.Git, n platform.NewWiki, f wiki.Founding, from wiki.Source) (platform.Wiki, error) {
	return h.make(ctx, n, f, func(ctx context.Context, id tenant.ID, f wiki.Founding) error {
		return wiki.Import(ctx, h.Fleet, git, id, f, from)
	})
}

// homeMaker makes the home of a wiki whose address is reserved.
type homeMaker func(ctx context.Context, id tenant.ID, f wiki.Founding) error

func (h Host) make(ctx context.Context, n platform.NewWiki, f wiki.Founding, home homeMaker) (platform.Wiki, error) {
	w, err := h.Directory.ReserveWiki(ctx, n)
	if err != nil {
		return platform.Wiki{}, err
	}
	owner, err := h.Directory.Account(ctx, n.Owner)
	if err == nil {
		f.Name, f.Description = w.Name, w.Purpose
		f.Owner.Account, f.Owner.Name = owner.ID, owner.Name
		if f.Owner.Email == "" {
			f.Owner.Email = Mail(owner)
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

// Mail is the address that an account has in commits and among the members of a
// wiki, "" for one that the wiki makes of the account's id. It leads nowhere.
func Mail(a platform.Account) string {
	if a.Login == "" {
		return ""
	}
	return a.Login + "@holt"
}

// makeHome makes the home. One that is there already was left by a reservation
// that a crash ended: nobody ever used it.
func (h Host) makeHome(ctx context.Context, id tenant.ID, f wiki.Founding, home homeMaker) error {
	err := home(ctx, id, f)
	if !errors.Is(err, tenant.ErrExists) {
		return err
	}
	if err := h.Homes.Delete(ctx, id); err != nil {
		return fmt.Errorf("clear what was left: %w", err)
	}
	return home(ctx, id, f)
}

// Delete moves a wiki to the trash, from which [Host.Restore] brings it back
// until the retention ends. It fails with [platform.ErrNotFound], and with
// [tenant.ErrBusy] when those who use the wiki do not leave; then it stays.
func (h Host) Delete(ctx context.Context, slug platform.Slug) error {
	// Once begun it goes to its end, also when nobody waits for it any more.
	ctx = context.WithoutCancel(ctx)
	if err := h.Directory.RemoveWiki(ctx, slug); err != nil {
		return err
	}
	moving, cancel := context.WithTimeout(ctx, movePatience)
	defer cancel()
	err := h.Homes.Delete(moving, slug.ID())
	if err == nil || errors.Is(err, tenant.ErrNotExist) {
		return nil
	}
	return errors.Join(fmt.Errorf("delete wiki %q: %w", slug, err), h.Directory.RestoreWiki(ctx, slug))
}

// Restore brings a wiki back from the trash. It fails with
// [platform.ErrNotFound] when it is not there, or not any more, and with a
// [*platform.TooManyWikis] when its owner has made others meanwhile.
func (h Host) Restore(ctx context.Context, slug platform.Slug) error {
	ctx = context.WithoutCancel(ctx)
	if err := h.Directory.MayRestoreWiki(ctx, slug); err != nil {
		return err
	}
	if err := h.bringHomeBack(ctx, slug.ID()); err != nil {
		return fmt.Errorf("restore wiki %q: %w", slug, err)
	}
	if err := h.Directory.RestoreWiki(ctx, slug); err != nil {
		return errors.Join(err, h.Homes.Delete(ctx, slug.ID()))
	}
	return nil
}

// bringHomeBack puts a home in its place again. A deletion that a crash ended
// has left it there.
func (h Host) bringHomeBack(ctx context.Context, id tenant.ID) error {
	inPlace, err := h.Fleet.Exists(id)
	if err != nil || inPlace {
		return err
	}
	err = h.Fleet.Undelete(ctx, id)
	if errors.Is(err, tenant.ErrNotExist) {
		return fmt.Errorf("%w: its home is gone", platform.ErrNotFound)
	}
	return err
}
