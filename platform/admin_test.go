package platform_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func TestLastAdminStays(t *testing.T) {
	s, _ := MustOpen(t)
	root := MustCreate(t, s, "root", true)
	retired := MustCreate(t, s, "retired", true)
	if err := s.SetSuspended(t.Context(), retired.ID, true); err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() error{
		"suspend": func() error { return s.SetSuspended(t.Context(), root.ID, true) },
		"demote":  func() error { return s.SetAdmin(t.Context(), root.ID, false) },
		"delete":  func() error { return s.DeleteAccount(t.Context(), root.ID) },
	} {
		if err := do(); !errors.Is(err, platform.ErrLastAdmin) {
			t.Errorf("%s: %v, want ErrLastAdmin", name, err)
		}
	}
	if a, err := s.Account(t.Context(), root.ID); err != nil || !a.Admin || a.Suspended {
		t.Errorf("the last administrator is %+v, %v", a, err)
	}
}

func TestLastAdminRace(t *testing.T) {
	s, _ := MustOpen(t)
	admins := []platform.Account{MustCreate(t, s, "one", true), MustCreate(t, s, "two", true)}
	errs := together(2, func(i int) error { return s.SetAdmin(t.Context(), admins[i].ID, false) })
	refused := slices.DeleteFunc(errs, func(err error) bool { return !errors.Is(err, platform.ErrLastAdmin) })
	if len(refused) != 1 {
		t.Errorf("two administrators stepped down at once: %d were refused, want 1", len(refused))
	}
}

func TestSuspend(t *testing.T) {
	s, now := MustOpen(t)
	MustCreate(t, s, "root", true)
	a := MustCreate(t, s, "alice", false)
	session := MustSession(t, s, a.ID)
	token, _, err := s.CreateToken(t.Context(), a.ID, "x", platform.ScopeWrite, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetSuspended(t.Context(), a.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Session(t.Context(), session); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("session: %v", err)
	}
	if _, _, err := s.Token(t.Context(), token); !errors.Is(err, platform.ErrSuspended) {
		t.Errorf("token: %v", err)
	}
	if err := s.SetSuspended(t.Context(), a.ID, false); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Session(t.Context(), session); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("a session came back: %v", err)
	}
	if _, _, err := s.Token(t.Context(), token); err != nil {
		t.Errorf("token after resuming: %v", err)
	}
	if err := s.SetSuspended(t.Context(), "nobody", true); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

func TestDeleteAccount(t *testing.T) {
	s, now := MustOpen(t)
	a := MustResolve(t, s, jwtProof("alice"))
	session := MustSession(t, s, a.ID)
	token, _, err := s.CreateToken(t.Context(), a.ID, "x", platform.ScopeRead, now.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteAccount(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Account(t.Context(), a.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("account: %v", err)
	}
	if _, _, err := s.Session(t.Context(), session); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("session: %v", err)
	}
	if _, _, err := s.Token(t.Context(), token); !errors.Is(err, platform.ErrInvalidToken) {
		t.Errorf("token: %v", err)
	}
	if err := s.DeleteAccount(t.Context(), a.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("deleting twice: %v", err)
	}
	if again := MustResolve(t, s, jwtProof("alice")); again.ID == a.ID {
		t.Error("an identifier was used again")
	}
}

func TestAccountsArePaged(t *testing.T) {
	s, now := MustOpen(t)
	var want []string
	for i := range 7 {
		now.Add(time.Second)
		want = append(want, MustResolve(t, s, jwtProof(fmt.Sprint("user", i))).ID)
	}
	var got []string
	after := ""
	for {
		page, err := s.Accounts(t.Context(), after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, a := range page {
			got = append(got, a.ID)
		}
		after = got[len(got)-1]
		if err := s.DeleteAccount(t.Context(), after); err != nil { // the next page does not depend on it
			t.Fatal(err)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages are %v, want %v", got, want)
	}
}

func TestSetNameAndTier(t *testing.T) {
	s, _ := MustOpen(t)
	a := MustCreate(t, s, "alice", false)
	if err := s.SetName(t.Context(), a.ID, " Alice L. "); err != nil {
		t.Fatal(err)
	}
	if err := s.SetTier(t.Context(), a.ID, "premium"); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Account(t.Context(), a.ID); err != nil || a.Name != "Alice L." || a.Tier != "premium" {
		t.Errorf("account: %+v, %v", a, err)
	}
	if err := s.SetName(t.Context(), a.ID, "\n"); !errors.Is(err, platform.ErrInvalidName) {
		t.Errorf("empty name: %v", err)
	}
	if err := s.SetTier(t.Context(), a.ID, ""); !errors.Is(err, platform.ErrInvalidTier) {
		t.Errorf("empty tier: %v", err)
	}
}

func TestTiers(t *testing.T) {
	s, _ := MustOpen(t)
	tiers, err := s.Tiers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const mib, gib = 1 << 20, 1 << 30
	want := []platform.Tier{
		{Name: "free", Documents: 100, FileBytes: gib, DatabaseBytes: gib, UploadBytes: 100 * mib,
			Wikis: 3, WikiBytes: 100 * mib, WikiPages: 1000, AttachmentBytes: 10 * mib, Chat: true, OwnModels: true},
		{Name: "paid", Documents: 2000, FileBytes: 20 * gib, DatabaseBytes: 8 * gib, UploadBytes: 500 * mib,
			Wikis: 20, WikiBytes: 2 * gib, WikiPages: 10_000, AttachmentBytes: 50 * mib, Chat: true, OwnModels: true},
		{Name: "premium", Documents: 10_000, FileBytes: 100 * gib, DatabaseBytes: 32 * gib, UploadBytes: gib,
			Wikis: 100, WikiBytes: 20 * gib, WikiPages: 50_000, AttachmentBytes: 200 * mib, Chat: true, OwnModels: true},
		{Name: "ultra", UploadBytes: 2 * gib, AttachmentBytes: 500 * mib, Chat: true, OwnModels: true},
		{Name: "local", UploadBytes: 2 * gib, AttachmentBytes: 500 * mib, Chat: true, OwnModels: true},
	}
	if !slices.Equal(tiers, want) {
		t.Errorf("tiers are %+v", tiers)
	}
	if unknown, err := s.Tier(t.Context(), "enterprise"); err != nil || unknown != want[0] {
		t.Errorf("an unknown tier has %+v, %v", unknown, err)
	}
	lab := platform.Tier{
		Name: "lab", Documents: 7, FileBytes: 8, DatabaseBytes: 9, UploadBytes: 10,
		Wikis: 11, WikiBytes: 12, WikiPages: 13, AttachmentBytes: 14, OwnModels: true,
	}
	if err := s.SaveTier(t.Context(), lab); err != nil {
		t.Fatal(err)
	}
	got, err := s.Tier(t.Context(), "lab")
	if err != nil || got != lab {
		t.Errorf("saved tier: %+v, %v", got, err)
	}
	events, err := s.Events(t.Context(), 0, 1)
	if err != nil || len(events) != 1 || events[0].Action != platform.ActionTierSave ||
		!strings.HasSuffix(events[0].Detail, "attachment bytes 14, chat false, own models true") {
		t.Errorf("events: %+v, %v", events, err)
	}
	if l := got.Limits(); l.Items != 7 || l.FileBytes != 8 || l.DatabaseBytes != 9 {
		t.Errorf("limits: %+v", l)
	}
	for _, bad := range []platform.Tier{
		{}, {Name: "x", Documents: -1}, {Name: "x", UploadBytes: -1}, {Name: "a\tb"},
		{Name: "x", Wikis: -1}, {Name: "x", WikiBytes: -1}, {Name: "x", WikiPages: -1}, {Name: "x", AttachmentBytes: -1},
	} {
		if err := s.SaveTier(t.Context(), bad); !errors.Is(err, platform.ErrInvalidTier) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
