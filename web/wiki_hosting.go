package web

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

const (
	// createPatience bounds the making of a wiki. It ends well before the
	// reservation of the address does.
	createPatience = platform.ReservationLife / 3
	// movePatience is how long those who are in a wiki have to leave it before it
	// goes to the trash.
	movePatience = 15 * time.Second
)

// createWiki makes a wiki of an account: reserves the address, makes the home
// and opens it, or leaves nothing behind. What n and f say of the owner is
// replaced, and a name or description that f lacks is taken from n.
//
// It fails with the errors of [platform.Store.ReserveWiki].
func (s *server) createWiki(ctx context.Context, owner platform.Account, n platform.NewWiki, f wiki.Founding) (platform.Wiki, error) {
	ctx, cancel := context.WithTimeout(ctx, createPatience)
	defer cancel()
	n.Owner = owner.ID
	w, err := s.Platform.ReserveWiki(ctx, n)
	if err != nil {
		return platform.Wiki{}, err
	}
	f.Owner = wiki.Owner{Account: owner.ID, Name: owner.Name, Email: accountMail(owner)}
	if f.Name == "" {
		f.Name = w.Name
	}
	if f.Description == "" {
		f.Description = w.Purpose
	}
	if err := s.makeHome(ctx, w.Slug, f); err != nil {
		return platform.Wiki{}, errors.Join(fmt.Errorf("create wiki: %w", err), s.Platform.CancelWiki(context.WithoutCancel(ctx), w.ID))
	}
	if err := s.Platform.ConfirmWiki(ctx, w.ID); err != nil {
		return platform.Wiki{}, errors.Join(err, s.abandonWiki(context.WithoutCancel(ctx), w))
	}
	return w, nil
}

// accountMail is the address that an account has in commits, "" for one that
// the wiki makes of its id.
func accountMail(a platform.Account) string {
	if a.Login == "" {
		return ""
	}
	return a.Login + "@" + platformMail
}

// makeHome makes the home of a wiki whose address is reserved. One that is there
// already was left by a reservation that ended, and nobody ever used it.
func (s *server) makeHome(ctx context.Context, slug platform.Slug, f wiki.Founding) error {
	err := wiki.Create(ctx, s.Wikis.Fleet(), slug.ID(), f)
	if !errors.Is(err, tenant.ErrExists) {
		return err
	}
	if err := s.Wikis.Delete(ctx, slug.ID()); err != nil {
		return fmt.Errorf("clear unused home: %w", err)
	}
	return wiki.Create(ctx, s.Wikis.Fleet(), slug.ID(), f)
}

// abandonWiki takes back what was made of a wiki that could not be confirmed.
func (s *server) abandonWiki(ctx context.Context, w platform.Wiki) error {
	if err := s.Wikis.Delete(ctx, w.Slug.ID()); err != nil && !errors.Is(err, tenant.ErrNotExist) {
		return fmt.Errorf("clear unfinished wiki: %w", err) // the sweep of reservations does it later
	}
	return s.Platform.CancelWiki(ctx, w.ID)
}

// deleteWiki moves a wiki to the trash, from which [server.restoreWiki] brings
// it back until the retention ends. It fails with [platform.ErrNotFound], and
// with [tenant.ErrBusy] when those who use the wiki do not leave; then it stays.
func (s *server) deleteWiki(ctx context.Context, slug platform.Slug) error {
	// Once begun it goes to its end, also when nobody waits for it any more.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), movePatience)
	defer cancel()
	if err := s.Platform.RemoveWiki(ctx, slug); err != nil {
		return err
	}
	err := s.Wikis.Delete(ctx, slug.ID())
	if err == nil || errors.Is(err, tenant.ErrNotExist) {
		return nil
	}
	return errors.Join(fmt.Errorf("delete wiki: %w", err), s.Platform.RestoreWiki(context.WithoutCancel(ctx), slug))
}

// restoreWiki brings a wiki back from the trash. It fails with
// [platform.ErrNotFound] when it is not there, or not any more, and with a
// [*platform.TooManyWikis].
func (s *server) restoreWiki(ctx context.Context, slug platform.Slug) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), movePatience)
	defer cancel()
	if err := s.Platform.MayRestoreWiki(ctx, slug); err != nil {
		return err
	}
	if err := s.bringHomeBack(ctx, slug); err != nil {
		return fmt.Errorf("restore wiki: %w", err)
	}
	if err := s.Platform.RestoreWiki(ctx, slug); err != nil {
		return errors.Join(err, s.Wikis.Delete(ctx, slug.ID()))
	}
	return nil
}

// bringHomeBack puts a wiki's home in its place again. A deletion that was cut
// short has left it there.
func (s *server) bringHomeBack(ctx context.Context, slug platform.Slug) error {
	inPlace, err := s.Wikis.Fleet().Exists(slug.ID())
	if err != nil || inPlace {
		return err
	}
	err = s.Wikis.Fleet().Undelete(ctx, slug.ID())
	if errors.Is(err, tenant.ErrNotExist) {
		return fmt.Errorf("%w: its home is gone", platform.ErrNotFound)
	}
	return err
}

// setVisibility changes who may read a wiki, and nothing else.
func setVisibility(ctx context.Context, session *wiki.Session, v preferences.Visibility) error {
	level := access.Approved
	switch v {
	case preferences.SignedIn:
		level = access.Registered
	case preferences.Public:
		level = access.Anonymous
	}
	now := session.Preferences().Permissions
	// A box that the form leaves out would be taken for one that is not ticked.
	return session.SavePreferences(ctx, preferences.PermissionsPage, map[string][]string{
		"READ_ACCESS":               {level.String()},
		"AUTO_APPROVAL":             {boxValue(now.AutoApproval)},
		"DISABLE_REGISTRATION":      {boxValue(now.DisableRegistration)},
		"EMAIL_NEEDS_CONFIRMATION":  {boxValue(now.EmailNeedsConfirmation)},
		"NOTIFY_ADMINS_ON_REGISTER": {boxValue(now.NotifyAdmins)},
		"NOTIFY_USER_ON_APPROVAL":   {boxValue(now.NotifyUser)},
	})
}

// setGitServer switches the git server of a wiki on or off.
func setGitServer(ctx context.Context, session *wiki.Session, on bool) error {
	return session.SavePreferences(ctx, preferences.RepositoryPage, map[string][]string{"GIT_WEB_SERVER": {boxValue(on)}})
}

// boxValue is a box of a form of preferences.
func boxValue(on bool) string {
	if on {
		return "True"
	}
	return "False"
}
