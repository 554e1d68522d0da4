package platform_test

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func MustInvite(tb testing.TB, s *platform.Store, by, tier string, expires time.Time) string {
	tb.Helper()
	secret, err := s.Invite(tb.Context(), by, tier, expires)
	if err != nil {
		tb.Fatal(err)
	}
	return secret
}

func TestInvitation(t *testing.T) {
	s, now := MustOpen(t)
	root := MustCreate(t, s, "root", true)
	secret := MustInvite(t, s, root.ID, "paid", now.Now().Add(time.Hour))
	if v, err := s.Invitation(t.Context(), secret); err != nil || v.By != root.ID || v.ByName != "root" || v.Tier != "paid" {
		t.Fatalf("invitation: %+v, %v", v, err)
	}
	// What the form claims beyond login, name and password does not count.
	n := platform.NewAccount{Login: "alice", Password: goodPassword, Admin: true, Tier: "ultra"}
	if _, err := s.AcceptInvitation(t.Context(), flip(secret), n); !errors.Is(err, platform.ErrInvalidLink) {
		t.Errorf("changed link: %v", err)
	}
	a, err := s.AcceptInvitation(t.Context(), secret, n)
	if err != nil {
		t.Fatal(err)
	}
	if stored, err := s.Account(t.Context(), a.ID); err != nil || stored.Admin || stored.Tier != "paid" || stored != a {
		t.Errorf("account: %+v, %v", stored, err)
	}
	n.Login = "bob"
	if _, err := s.AcceptInvitation(t.Context(), secret, n); !errors.Is(err, platform.ErrInvalidLink) {
		t.Errorf("second use: %v", err)
	}
}

func TestInvitationRace(t *testing.T) {
	s, now := MustOpen(t)
	secret := MustInvite(t, s, MustCreate(t, s, "root", true).ID, "", now.Now().Add(time.Hour))
	made := 0
	for _, err := range together(16, func(i int) error {
		_, err := s.AcceptInvitation(t.Context(), secret, platform.NewAccount{Login: "user" + strconv.Itoa(i), Password: goodPassword})
		return err
	}) {
		switch {
		case err == nil:
			made++
		case !errors.Is(err, platform.ErrInvalidLink):
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("one invitation made %d accounts", made)
	}
}

func TestInvitationIsVoid(t *testing.T) {
	for name, void := range map[string]func(t *testing.T, s *platform.Store, now *clock, by, id string) error{
		"expired": func(_ *testing.T, _ *platform.Store, now *clock, _, _ string) error {
			now.Add(time.Hour)
			return nil
		},
		"revoked": func(t *testing.T, s *platform.Store, _ *clock, _, id string) error {
			return s.RevokeInvitation(t.Context(), id)
		},
		"inviter is no administrator": func(t *testing.T, s *platform.Store, _ *clock, by, _ string) error {
			return s.SetAdmin(t.Context(), by, false)
		},
		"inviter is suspended": func(t *testing.T, s *platform.Store, _ *clock, by, _ string) error {
			return s.SetSuspended(t.Context(), by, true)
		},
		"inviter is deleted": func(t *testing.T, s *platform.Store, _ *clock, by, _ string) error {
			return s.DeleteAccount(t.Context(), by)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, now := MustOpen(t)
			MustCreate(t, s, "root", true)
			inviter := MustCreate(t, s, "second", true)
			secret := MustInvite(t, s, inviter.ID, "", now.Now().Add(time.Hour))
			invitations, err := s.Invitations(t.Context())
			if err != nil || len(invitations) != 1 {
				t.Fatalf("invitations: %v, %v", invitations, err)
			}
			if err := void(t, s, now, inviter.ID, invitations[0].ID); err != nil {
				t.Fatal(err)
			}
			_, err = s.AcceptInvitation(t.Context(), secret, platform.NewAccount{Login: "alice", Password: goodPassword})
			if !errors.Is(err, platform.ErrInvalidLink) {
				t.Errorf("accepted: %v", err)
			}
			if invitations, err := s.Invitations(t.Context()); err != nil || len(invitations) != 0 {
				t.Errorf("still listed: %v, %v", invitations, err)
			}
		})
	}
}

func TestInviteRefuses(t *testing.T) {
	s, now := MustOpen(t)
	root, alice := MustCreate(t, s, "root", true), MustCreate(t, s, "alice", false)
	soon := now.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		by, tier string
		expires  time.Time
		want     error
	}{
		"not an administrator": {alice.ID, "", soon, platform.ErrNotAdmin},
		"nobody":               {"", "", soon, platform.ErrNotFound},
		"expired":              {root.ID, "", now.Now(), platform.ErrInvalidExpiry},
		"bad tier":             {root.ID, "\n", soon, platform.ErrInvalidTier},
	} {
		if _, err := s.Invite(t.Context(), test.by, test.tier, test.expires); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestRegister(t *testing.T) {
	s, _ := MustOpen(t)
	ctx := from(t.Context(), "192.0.2.1")
	n := platform.NewAccount{Login: "alice", Password: goodPassword, Admin: true, Tier: "ultra"}
	if _, err := s.Register(ctx, n); !errors.Is(err, platform.ErrRegistrationClosed) {
		t.Fatalf("registration is open by default: %v", err)
	}
	if err := s.SetOpenRegistration(ctx, true); err != nil {
		t.Fatal(err)
	}
	if open, err := s.OpenRegistration(ctx); err != nil || !open {
		t.Fatalf("setting: %t, %v", open, err)
	}
	a, err := s.Register(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	if stored, err := s.Account(ctx, a.ID); err != nil || stored.Admin || stored.Tier != platform.TierFree {
		t.Errorf("account: %+v, %v", stored, err)
	}
	for i := range 19 {
		n.Login = "user" + strconv.Itoa(i)
		if _, err := s.Register(ctx, n); err != nil {
			t.Fatal(err)
		}
	}
	n.Login = "onemore"
	if _, err := s.Register(ctx, n); !errors.Is(err, platform.ErrThrottled) {
		t.Errorf("the 21st account from one address: %v", err)
	}
	if err := s.SetOpenRegistration(ctx, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Register(from(t.Context(), "192.0.2.2"), n); !errors.Is(err, platform.ErrRegistrationClosed) {
		t.Errorf("after closing: %v", err)
	}
}
