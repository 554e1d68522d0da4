package platform_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/holtdb/holt/platform"
)

func MustSetupSecret(tb testing.TB, s *platform.Store) string {
	tb.Helper()
	secret, err := s.SetupSecret(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return secret
}

func TestSetup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "holt.db")
	s := MustOpenFile(t, path, cheap())
	n := platform.NewAccount{Login: "root", Password: goodPassword, Tier: "free"}
	if needed, err := s.SetupNeeded(t.Context()); err != nil || !needed {
		t.Fatalf("a new server: %t, %v", needed, err)
	}
	if _, err := s.CompleteSetup(t.Context(), "", n); !errors.Is(err, platform.ErrInvalidLink) {
		t.Errorf("no link was made yet: %v", err)
	}
	void := MustSetupSecret(t, s)
	secret := MustSetupSecret(t, MustOpenFile(t, path, cheap()))
	for name, wrong := range map[string]string{"empty": "", "of the start before": void, "changed": flip(secret)} {
		if _, err := s.CompleteSetup(t.Context(), wrong, n); !errors.Is(err, platform.ErrInvalidLink) {
			t.Errorf("%s: %v, want ErrInvalidLink", name, err)
		}
	}
	bad := n
	bad.Password = "short"
	if _, err := s.CompleteSetup(t.Context(), secret, bad); !errors.Is(err, platform.ErrPasswordShort) {
		t.Errorf("short password: %v", err)
	}
	a, err := s.CompleteSetup(t.Context(), secret, n)
	if err != nil || !a.Admin || a.Tier != platform.TierLocal {
		t.Fatalf("a refused password used the link up: %+v, %v", a, err)
	}
	if stored, err := s.Account(t.Context(), a.ID); err != nil || !stored.Admin || stored.Tier != platform.TierLocal {
		t.Errorf("stored: %+v, %v", stored, err)
	}
	n.Login = "second"
	if _, err := s.CompleteSetup(t.Context(), secret, n); !errors.Is(err, platform.ErrSetupDone) {
		t.Errorf("second use: %v", err)
	}
	if _, err := s.SetupSecret(t.Context()); !errors.Is(err, platform.ErrSetupDone) {
		t.Errorf("another link: %v", err)
	}
	if needed, err := s.SetupNeeded(t.Context()); err != nil || needed {
		t.Errorf("after set-up: %t, %v", needed, err)
	}
}

func TestSetupRace(t *testing.T) {
	s, _ := MustOpen(t)
	secret := MustSetupSecret(t, s)
	made := 0
	for _, err := range together(16, func(i int) error {
		_, err := s.CompleteSetup(t.Context(), secret, platform.NewAccount{Login: "root" + strconv.Itoa(i), Password: goodPassword})
		return err
	}) {
		switch {
		case err == nil:
			made++
		case !errors.Is(err, platform.ErrSetupDone):
			t.Error(err)
		}
	}
	accounts, err := s.Accounts(t.Context(), "", 100)
	if err != nil || made != 1 || len(accounts) != 1 {
		t.Errorf("%d set-ups succeeded and left %d accounts (%v)", made, len(accounts), err)
	}
}
