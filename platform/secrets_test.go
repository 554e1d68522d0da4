package platform_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/sqlite"
)

// storedPassword reads the only password of a database by itself.
func storedPassword(tb testing.TB, path string) (phc string) {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), path, sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if err := db.Reader().QueryRowContext(tb.Context(), "SELECT password FROM accounts").Scan(&phc); err != nil {
		tb.Fatal(err)
	}
	return phc
}

// TestSecretsAreNotStored looks for every secret in the bytes of the files.
func TestSecretsAreNotStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "holt.db")
	s, err := platform.Open(t.Context(), path, cheap())
	if err != nil {
		t.Fatal(err)
	}
	soon := time.Now().Add(time.Hour)
	setup := MustSetupSecret(t, s)
	root, err := s.CompleteSetup(t.Context(), setup, platform.NewAccount{Login: "root", Password: goodPassword})
	if err != nil {
		t.Fatal(err)
	}
	pending := MustInvite(t, s, root.ID, "", soon)
	accepted := MustInvite(t, s, root.ID, "", soon)
	const second, third = "second good password", "third good password"
	alice, err := s.AcceptInvitation(t.Context(), accepted, platform.NewAccount{Login: "alice", Password: second})
	if err != nil {
		t.Fatal(err)
	}
	session := MustSession(t, s, alice.ID)
	token, info, err := s.CreateToken(t.Context(), alice.ID, "laptop", platform.ScopeWrite, soon)
	if err != nil {
		t.Fatal(err)
	}
	w := MustWiki(t, s, alice.ID, "garden")
	wikiToken, _, err := s.CreateWikiToken(t.Context(), w.Slug, alice.ID, "laptop", platform.RoleEditor, soon)
	if err != nil {
		t.Fatal(err)
	}
	wikiLink := MustInviteToWiki(t, s, w, alice.ID, 1)
	code, wikiSession := mustHandOver(t, s, session, w.Slug)
	if err := s.ChangePassword(t.Context(), alice.ID, second, third); err != nil {
		t.Fatal(err)
	}
	ended := MustSession(t, s, alice.ID)
	if err := s.EndSessions(t.Context(), alice.ID); err != nil {
		t.Fatal(err)
	}
	// First with the write-ahead log beside, then after closing.
	secrets := map[string]string{
		"set-up link": setup, "password": goodPassword, "changed password": second, "new password": third,
		"open invitation": pending, "accepted invitation": accepted, "session": session, "ended session": ended,
		"token": token, "token without prefix": token[len(platform.TokenPrefix):],
		"wiki token": wikiToken[len(platform.WikiTokenPrefix):], "wiki invitation": wikiLink,
		"open hand-over": code, "wiki session": wikiSession, "browser's state": browserState,
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	mustNotContain(t, copied, secrets, info.ID)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	mustNotContain(t, path, secrets, info.ID)
}

// mustHandOver returns a code that is not used and the secret that another made.
func mustHandOver(t *testing.T, s *platform.Store, session string, slug platform.Slug) (code, secret string) {
	t.Helper()
	_, info, err := s.Session(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	used, err := s.HandOver(t.Context(), info.ID, slug, browserState)
	if err != nil {
		t.Fatal(err)
	}
	if secret, _, err = s.RedeemHandOver(t.Context(), used, slug, browserState); err != nil {
		t.Fatal(err)
	}
	if code, err = s.HandOver(t.Context(), info.ID, slug, browserState); err != nil {
		t.Fatal(err)
	}
	return code, secret
}

func mustNotContain(t *testing.T, path string, secrets map[string]string, public string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte(public)) {
		t.Fatalf("%s does not even contain what it must", path)
	}
	for name, secret := range secrets {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("%s holds the %s", filepath.Base(path), name)
		}
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "holt.db")
	other, err := sqlite.Open(t.Context(), path, sqlite.Options{
		Create: true, Schema: sqlite.Schema{ApplicationID: 42, Steps: []string{"CREATE TABLE notes (id INTEGER)"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := platform.Open(t.Context(), path); !errors.Is(err, sqlite.ErrForeign) {
		t.Errorf("a file of another program: %v", err)
	}
}
