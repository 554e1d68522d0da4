package platform_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func TestRemoveAndRestoreWiki(t *testing.T) {
	s, now := MustOpen(t)
	alice := MustCreate(t, s, "alice", false)
	w := MustWiki(t, s, alice.ID, "garden")
	token, _, err := s.CreateWikiToken(t.Context(), w.Slug, alice.ID, "x", platform.RoleEditor, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	MustRemove(t, s, w.Slug)
	for name, err := range map[string]error{
		"find":    second(s.Wiki(t.Context(), w.Slug)),
		"remove":  s.RemoveWiki(t.Context(), w.Slug),
		"rename":  s.RenameWiki(t.Context(), w.Slug, "x", ""),
		"offer":   s.OfferWiki(t.Context(), w.Slug, MustCreate(t, s, "bob", false).ID),
		"figures": s.SetWikiFigures(t.Context(), w.Slug, platform.WikiFigures{Pages: 1}),
	} {
		if !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}
	if _, _, err := s.WikiToken(t.Context(), token); !errors.Is(err, platform.ErrInvalidToken) {
		t.Errorf("token of a removed wiki: %v", err)
	}
	if _, err := s.ReserveWiki(t.Context(), platform.NewWiki{Owner: alice.ID, Slug: w.Slug}); !errors.Is(err, platform.ErrExists) {
		t.Errorf("the address of a removed wiki: %v", err)
	}
	if got, err := s.RemovedWiki(t.Context(), w.Slug); err != nil || !got.Removed.Equal(now.Now()) {
		t.Errorf("removed wiki: %+v, %v", got, err)
	}
	if got := slugs(s.WikisOf(t.Context(), alice.ID)); got != "-garden" {
		t.Errorf("the owner sees %q", got)
	}
	if err := s.RestoreWiki(t.Context(), w.Slug); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Wiki(t.Context(), w.Slug); err != nil || got != w {
		t.Errorf("restored: %+v, %v", got, err)
	}
	if _, _, err := s.WikiToken(t.Context(), token); err != nil {
		t.Errorf("token of a restored wiki: %v", err)
	}
	if err := s.RestoreWiki(t.Context(), w.Slug); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("restored twice: %v", err)
	}
}

// second returns the error of a call that also has a result.
func second[T any](_ T, err error) error { return err }

// TestRestoreKeepsToTheTier shows that the trash is no way to own more wikis.
func TestRestoreKeepsToTheTier(t *testing.T) {
	s, _ := MustOpen(t)
	alice := MustCreate(t, s, "alice", false)
	for i := range 3 {
		MustRemove(t, s, MustWiki(t, s, alice.ID, fmt.Sprint("old", i)).Slug)
	}
	for i := range 3 {
		MustWiki(t, s, alice.ID, fmt.Sprint("new", i))
	}
	old := MustSlug(t, "old0")
	if err := s.MayRestoreWiki(t.Context(), old); !errors.Is(err, platform.ErrTooMany) {
		t.Errorf("asked: %v", err)
	}
	if err := s.RestoreWiki(t.Context(), old); !errors.Is(err, platform.ErrTooMany) {
		t.Errorf("restored a fourth: %v", err)
	}
	MustRemove(t, s, MustSlug(t, "new0"))
	if err := s.MayRestoreWiki(t.Context(), old); err != nil {
		t.Error(err)
	}
	errs := together(2, func(i int) error { return s.RestoreWiki(t.Context(), MustSlug(t, fmt.Sprint("old", i))) })
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("two restored into one place: %v", errs)
	}
}

func TestPurgeWiki(t *testing.T) {
	s, now := MustOpen(t)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	w := MustWiki(t, s, alice.ID, "garden")
	if err := s.SetWikiMember(t.Context(), w.Slug, bob.ID, "editor"); err != nil {
		t.Fatal(err)
	}
	token, _, err := s.CreateWikiToken(t.Context(), w.Slug, bob.ID, "x", platform.RoleEditor, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	invitation := MustInviteToWiki(t, s, w, alice.ID, 1)
	if err := s.PurgeWiki(t.Context(), w.Slug); !errors.Is(err, platform.ErrNotFound) {
		t.Fatalf("purged a live wiki: %v", err)
	}
	MustRemove(t, s, w.Slug)
	if err := s.PurgeWiki(t.Context(), w.Slug); err != nil {
		t.Fatal(err)
	}
	// A wiki of the same name has nothing of the former one.
	again := MustWiki(t, s, alice.ID, "garden")
	if again.ID == w.ID {
		t.Error("an identifier was used again")
	}
	if shared, err := s.SharedWikis(t.Context(), bob.ID); err != nil || len(shared) != 0 {
		t.Errorf("former member: %+v, %v", shared, err)
	}
	if _, _, err := s.WikiToken(t.Context(), token); !errors.Is(err, platform.ErrInvalidToken) {
		t.Errorf("former token: %v", err)
	}
	if _, err := s.WikiInvitation(t.Context(), invitation); !errors.Is(err, platform.ErrInvalidLink) {
		t.Errorf("former invitation: %v", err)
	}
}

func TestDeleteOwner(t *testing.T) {
	s, now := MustOpen(t)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	w := MustWiki(t, s, alice.ID, "garden")
	MustReserve(t, s, alice.ID, "pending")
	token, _, err := s.CreateWikiToken(t.Context(), w.Slug, bob.ID, "x", platform.RoleViewer, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	invitation := MustInviteToWiki(t, s, w, bob.ID, 1)
	if err := s.OfferWiki(t.Context(), w.Slug, bob.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteAccount(t.Context(), bob.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.WikiToken(t.Context(), token); !errors.Is(err, platform.ErrInvalidToken) {
		t.Errorf("token of a deleted account: %v", err)
	}
	if _, err := s.WikiInvitation(t.Context(), invitation); !errors.Is(err, platform.ErrInvalidLink) {
		t.Errorf("invitation of a deleted account: %v", err)
	}
	if got, err := s.Wiki(t.Context(), w.Slug); err != nil || got.OfferedTo != "" || !got.OfferEnds.IsZero() {
		t.Errorf("offered to a deleted account: %+v, %v", got, err)
	}

	refused := func(when string) {
		t.Helper()
		if err := s.DeleteAccount(t.Context(), alice.ID); !errors.Is(err, platform.ErrOwnsWikis) {
			t.Fatalf("%s: %v, want ErrOwnsWikis", when, err)
		}
	}
	refused("with a wiki")
	MustRemove(t, s, w.Slug)
	refused("with a removed wiki")
	if err := s.PurgeWiki(t.Context(), w.Slug); err != nil {
		t.Fatal(err)
	}
	refused("while a wiki is being made")
	now.Add(platform.ReservationLife)
	if err := s.DeleteAccount(t.Context(), alice.ID); err != nil {
		t.Errorf("with an abandoned wiki: %v", err)
	}
}

func TestWikiAudit(t *testing.T) {
	s, _ := MustOpen(t)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	ctx := platform.WithActor(t.Context(), platform.Actor{Account: alice.ID})
	slug := MustSlug(t, "garden")
	w, err := s.ReserveWiki(ctx, platform.NewWiki{Owner: alice.ID, Slug: slug})
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func() error{
		func() error { return s.CancelWiki(ctx, w.ID) },
		func() error { w, err = s.ReserveWiki(ctx, platform.NewWiki{Owner: alice.ID, Slug: slug}); return err },
		func() error { return s.ConfirmWiki(ctx, w.ID) },
		func() error { return s.RenameWiki(ctx, slug, "Garden", "") },
		func() error { return s.RenameWiki(ctx, slug, "Garden", "") }, // changes nothing
		func() error { return s.OfferWiki(ctx, slug, bob.ID) },
		func() error { return s.DeclineWiki(ctx, slug, bob.ID) },
		func() error { return s.OfferWiki(ctx, slug, bob.ID) },
		func() error { return s.WithdrawWiki(ctx, slug) },
		func() error { return s.WithdrawWiki(ctx, slug) }, // changes nothing
		func() error { return s.OfferWiki(ctx, slug, bob.ID) },
		func() error { return second(s.AcceptWiki(ctx, slug, bob.ID)) },
		func() error { return s.RemoveWiki(ctx, slug) },
		func() error { return s.RestoreWiki(ctx, slug) },
		func() error { return s.RemoveWiki(ctx, slug) },
		func() error { return s.PurgeWiki(ctx, slug) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	events, err := s.Events(t.Context(), 0, 15)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(events)
	var got []string
	for _, e := range events {
		if e.Subject != "wikis/garden" || e.Account != alice.ID {
			t.Errorf("noted as %+v", e)
		}
		got = append(got, e.Action)
	}
	want := []string{
		platform.ActionWikiReserve, platform.ActionWikiCancel, platform.ActionWikiReserve, platform.ActionWikiCreate,
		platform.ActionWikiRename, platform.ActionWikiOffer, platform.ActionWikiDecline, platform.ActionWikiOffer,
		platform.ActionWikiWithdraw, platform.ActionWikiOffer, platform.ActionWikiTransfer, platform.ActionWikiRemove,
		platform.ActionWikiRestore, platform.ActionWikiRemove, platform.ActionWikiPurge,
	}
	if !slices.Equal(got, want) {
		t.Errorf("noted %v, want %v", got, want)
	}
	if transfer := events[10]; transfer.Detail != alice.ID+" to "+bob.ID {
		t.Errorf("the transfer is noted as %+v", transfer)
	}
}
