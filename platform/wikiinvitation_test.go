package platform_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

// MustInviteToWiki invites editors until long after every test.
func MustInviteToWiki(tb testing.TB, s *platform.Store, w platform.Wiki, by string, uses int) string {
	tb.Helper()
	secret, err := s.CreateWikiInvitation(tb.Context(), w.Slug, by, platform.RoleEditor, w.Created.Add(1000*time.Hour), uses)
	if err != nil {
		tb.Fatal(err)
	}
	return secret
}

func TestWikiInvitation(t *testing.T) {
	s, _ := MustOpen(t)
	alice, bob, carol := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false), MustCreate(t, s, "carol", false)
	w := MustWiki(t, s, alice.ID, "garden")
	secret := MustInviteToWiki(t, s, w, alice.ID, 2)
	v, err := s.WikiInvitation(t.Context(), secret)
	if err != nil || v.Slug != w.Slug || v.By != alice.ID || v.ByName != "alice" || v.Role != platform.RoleEditor || v.Uses != 0 || v.MaxUses != 2 {
		t.Fatalf("invitation: %+v, %v", v, err)
	}
	if _, err := s.RedeemWikiInvitation(t.Context(), flip(secret), bob.ID); !errors.Is(err, platform.ErrInvalidLink) {
		t.Errorf("changed link: %v", err)
	}
	if _, err := s.RedeemWikiInvitation(t.Context(), secret, "nobody"); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	for i, account := range []platform.Account{bob, carol} {
		if v, err = s.RedeemWikiInvitation(t.Context(), secret, account.ID); err != nil || v.Uses != i+1 || v.Slug != w.Slug {
			t.Fatalf("redeemed: %+v, %v", v, err)
		}
	}
	if _, err := s.RedeemWikiInvitation(t.Context(), secret, bob.ID); !errors.Is(err, platform.ErrInvalidLink) {
		t.Errorf("a third use of two: %v", err)
	}
	if open, err := s.WikiInvitations(t.Context(), w.Slug); err != nil || len(open) != 0 {
		t.Errorf("still open: %+v, %v", open, err)
	}
}

func TestWikiInvitationRace(t *testing.T) {
	s, _ := MustOpen(t)
	alice := MustCreate(t, s, "alice", false)
	secret := MustInviteToWiki(t, s, MustWiki(t, s, alice.ID, "garden"), alice.ID, 2)
	var people []string
	for i := range 8 {
		people = append(people, MustCreate(t, s, "user"+strconv.Itoa(i), false).ID)
	}
	let := 0
	for _, err := range together(len(people), func(i int) error {
		return second(s.RedeemWikiInvitation(t.Context(), secret, people[i]))
	}) {
		switch {
		case err == nil:
			let++
		case !errors.Is(err, platform.ErrInvalidLink):
			t.Error(err)
		}
	}
	if let != 2 {
		t.Errorf("an invitation for two let %d in", let)
	}
}

func TestWikiInvitationIsVoid(t *testing.T) {
	for name, void := range map[string]func(t *testing.T, s *platform.Store, now *clock, v platform.WikiInvitation) error{
		"expired": func(_ *testing.T, _ *platform.Store, now *clock, _ platform.WikiInvitation) error {
			now.Add(1000 * time.Hour)
			return nil
		},
		"revoked": func(t *testing.T, s *platform.Store, _ *clock, v platform.WikiInvitation) error {
			return s.RevokeWikiInvitation(t.Context(), v.Slug, v.ID)
		},
		"inviter is suspended": func(t *testing.T, s *platform.Store, _ *clock, v platform.WikiInvitation) error {
			return s.SetSuspended(t.Context(), v.By, true)
		},
		"inviter is deleted": func(t *testing.T, s *platform.Store, _ *clock, v platform.WikiInvitation) error {
			return s.DeleteAccount(t.Context(), v.By)
		},
		"wiki is removed": func(t *testing.T, s *platform.Store, _ *clock, v platform.WikiInvitation) error {
			return s.RemoveWiki(t.Context(), v.Slug)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, now := MustOpen(t)
			owner, inviter := MustCreate(t, s, "owner", false), MustCreate(t, s, "inviter", false)
			w := MustWiki(t, s, owner.ID, "garden")
			secret := MustInviteToWiki(t, s, w, inviter.ID, 5)
			open, err := s.WikiInvitations(t.Context(), w.Slug)
			if err != nil || len(open) != 1 {
				t.Fatalf("open: %+v, %v", open, err)
			}
			if err := void(t, s, now, open[0]); err != nil {
				t.Fatal(err)
			}
			if _, err := s.RedeemWikiInvitation(t.Context(), secret, owner.ID); !errors.Is(err, platform.ErrInvalidLink) {
				t.Errorf("redeemed: %v", err)
			}
			if open, err := s.WikiInvitations(t.Context(), w.Slug); err != nil || len(open) != 0 {
				t.Errorf("still open: %+v, %v", open, err)
			}
		})
	}
}

func TestCreateWikiInvitationRefuses(t *testing.T) {
	s, now := MustOpen(t)
	MustCreate(t, s, "root", true)
	alice, eve := MustCreate(t, s, "alice", false), MustCreate(t, s, "eve", false)
	w, other := MustWiki(t, s, alice.ID, "garden"), MustWiki(t, s, alice.ID, "other")
	if err := s.SetSuspended(t.Context(), eve.ID, true); err != nil {
		t.Fatal(err)
	}
	soon := now.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		slug    platform.Slug
		by      string
		role    platform.WikiRole
		expires time.Time
		uses    int
		want    error
	}{
		"no role":    {w.Slug, alice.ID, "", soon, 1, platform.ErrInvalidRole},
		"no expiry":  {w.Slug, alice.ID, platform.RoleViewer, time.Time{}, 1, platform.ErrInvalidExpiry},
		"no uses":    {w.Slug, alice.ID, platform.RoleViewer, soon, 0, platform.ErrInvalidUses},
		"many uses":  {w.Slug, alice.ID, platform.RoleViewer, soon, 1001, platform.ErrInvalidUses},
		"no wiki":    {MustSlug(t, "nothing"), alice.ID, platform.RoleViewer, soon, 1, platform.ErrNotFound},
		"no account": {w.Slug, "nobody", platform.RoleViewer, soon, 1, platform.ErrNotFound},
		"suspended":  {w.Slug, eve.ID, platform.RoleViewer, soon, 1, platform.ErrSuspended},
	} {
		if _, err := s.CreateWikiInvitation(t.Context(), test.slug, test.by, test.role, test.expires, test.uses); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	MustInviteToWiki(t, s, w, alice.ID, 1)
	open, err := s.WikiInvitations(t.Context(), w.Slug)
	if err != nil || len(open) != 1 {
		t.Fatalf("open: %+v, %v", open, err)
	}
	if err := s.RevokeWikiInvitation(t.Context(), other.Slug, open[0].ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("revoked by another wiki: %v", err)
	}
	for range 99 {
		MustInviteToWiki(t, s, w, alice.ID, 1)
	}
	if _, err := s.CreateWikiInvitation(t.Context(), w.Slug, alice.ID, platform.RoleViewer, soon, 1); !errors.Is(err, platform.ErrTooMany) {
		t.Errorf("the 101st invitation: %v", err)
	}
}
