package platform_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/holtdb/holt/platform"
)

func TestOfferWiki(t *testing.T) {
	s, now := MustOpen(t)
	MustCreate(t, s, "root", true)
	alice, bob, eve := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false), MustCreate(t, s, "eve", false)
	w := MustWiki(t, s, alice.ID, "garden")
	if err := s.SetSuspended(t.Context(), eve.ID, true); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		to   string
		want error
	}{
		"the owner": {alice.ID, platform.ErrOwner},
		"nobody":    {"", platform.ErrNotFound},
		"suspended": {eve.ID, platform.ErrNotFound},
	} {
		if err := s.OfferWiki(t.Context(), w.Slug, test.to); !errors.Is(err, test.want) {
			t.Errorf("offered to %s: %v", name, err)
		}
	}
	accept := func(accountID string) error { return second(s.AcceptWiki(t.Context(), w.Slug, accountID)) }
	for _, accountID := range []string{bob.ID, alice.ID, ""} {
		if err := accept(accountID); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("accepted by %q without an offer: %v", accountID, err)
		}
	}
	offer := func() {
		t.Helper()
		if err := s.OfferWiki(t.Context(), w.Slug, bob.ID); err != nil {
			t.Fatal(err)
		}
	}
	offer()
	if got := slugs(s.OfferedWikis(t.Context(), bob.ID)); got != "garden" {
		t.Errorf("bob is offered %q", got)
	}
	if err := s.DeclineWiki(t.Context(), w.Slug, eve.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("declined by another: %v", err)
	}
	if err := s.DeclineWiki(t.Context(), w.Slug, bob.ID); err != nil {
		t.Fatal(err)
	}
	if err := accept(bob.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("accepted after declining: %v", err)
	}
	offer()
	if err := s.WithdrawWiki(t.Context(), w.Slug); err != nil {
		t.Fatal(err)
	}
	if err := accept(bob.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("accepted after it was withdrawn: %v", err)
	}
	offer()
	MustRemove(t, s, w.Slug)
	if err := s.RestoreWiki(t.Context(), w.Slug); err != nil {
		t.Fatal(err)
	}
	if err := accept(bob.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("accepted after the wiki was removed: %v", err)
	}
	offer()
	now.Add(platform.OfferLife)
	if got := slugs(s.OfferedWikis(t.Context(), bob.ID)); got != "" {
		t.Errorf("bob is offered %q after its time", got)
	}
	if err := accept(bob.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("accepted too late: %v", err)
	}
	if got, err := s.Wiki(t.Context(), w.Slug); err != nil || got.Owner != alice.ID {
		t.Errorf("the wiki is %+v, %v", got, err)
	}
}

func TestAcceptWiki(t *testing.T) {
	s, _ := MustOpen(t)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	w := MustWiki(t, s, alice.ID, "garden")
	if err := s.SetWikiMember(t.Context(), w.Slug, bob.ID, "editor"); err != nil {
		t.Fatal(err)
	}
	if err := s.OfferWiki(t.Context(), w.Slug, bob.ID); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		MustWiki(t, s, bob.ID, fmt.Sprint("bob", i))
	}
	var many *platform.TooManyWikis
	if _, err := s.AcceptWiki(t.Context(), w.Slug, bob.ID); !errors.As(err, &many) || many.Owned != 3 {
		t.Errorf("accepted a fourth wiki: %v", err)
	}
	MustRemove(t, s, MustSlug(t, "bob0"))
	got, err := s.AcceptWiki(t.Context(), w.Slug, bob.ID)
	if err != nil || got.Owner != bob.ID || got.OwnerName != "bob" || got.OfferedTo != "" || got.ID != w.ID {
		t.Fatalf("accepted: %+v, %v", got, err)
	}
	if _, err := s.AcceptWiki(t.Context(), w.Slug, bob.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("accepted twice: %v", err)
	}
	if got := slugs(s.WikisOf(t.Context(), alice.ID)); got != "" {
		t.Errorf("alice still owns %q", got)
	}
	// Handed on, bob is not a member by what he was before.
	if err := s.OfferWiki(t.Context(), w.Slug, alice.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AcceptWiki(t.Context(), w.Slug, alice.ID); err != nil {
		t.Fatal(err)
	}
	if shared, err := s.SharedWikis(t.Context(), bob.ID); err != nil || len(shared) != 0 {
		t.Errorf("shared with the former owner: %+v, %v", shared, err)
	}
}
