package platform_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func TestSession(t *testing.T) {
	s, now := MustOpen(t)
	alice := MustCreate(t, s, "alice", false)
	secret, expires, err := s.NewSession(t.Context(), alice.ID, "Browser/1.0 "+strings.Repeat("é", 300))
	if err != nil {
		t.Fatal(err)
	}
	if want := now.Now().Add(platform.SessionLife); !expires.Equal(want) {
		t.Errorf("expires %v, want %v", expires, want)
	}
	a, info, err := s.Session(t.Context(), secret)
	if err != nil || a.ID != alice.ID || !strings.HasPrefix(info.UserAgent, "Browser/1.0 é") || len(info.UserAgent) > 256 {
		t.Fatalf("session: %+v, %+v, %v", a, info, err)
	}
	if strings.Contains(secret, info.ID) {
		t.Error("the public ID is part of the secret")
	}
	for name, wrong := range map[string]string{
		"empty": "", "public ID": info.ID, "shorter": secret[1:], "longer": secret + "A",
		"changed": flip(secret), "another's": newSecretOf(t), "huge": strings.Repeat("A", 1<<20),
	} {
		if _, _, err := s.Session(t.Context(), wrong); !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("%s secret: %v, want ErrNotFound", name, err)
		}
	}
}

// newSecretOf returns a session secret of another server.
func newSecretOf(t *testing.T) string {
	s, _ := MustOpen(t)
	return MustSession(t, s, MustCreate(t, s, "alice", false).ID)
}

// flip changes the first character of a secret.
func flip(secret string) string {
	if secret[0] == 'A' {
		return "B" + secret[1:]
	}
	return "A" + secret[1:]
}

func TestSessionExpires(t *testing.T) {
	s, now := MustOpen(t)
	a := MustCreate(t, s, "alice", false)
	idle := MustSession(t, s, a.ID)
	used := MustSession(t, s, a.ID)
	for range 2 {
		now.Add(13 * 24 * time.Hour)
		if _, _, err := s.Session(t.Context(), used); err != nil {
			t.Fatalf("a session in use: %v", err)
		}
	}
	if _, _, err := s.Session(t.Context(), idle); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("after 26 idle days: %v", err)
	}
	now.Add(4*24*time.Hour - time.Second)
	if _, _, err := s.Session(t.Context(), used); err != nil {
		t.Errorf("a second before the end: %v", err)
	}
	now.Add(time.Second)
	if _, _, err := s.Session(t.Context(), used); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("after 30 days of use: %v", err)
	}
	if sessions, err := s.Sessions(t.Context(), a.ID); err != nil || len(sessions) != 0 {
		t.Errorf("expired sessions are listed: %v, %v", sessions, err)
	}
	if err := s.Sweep(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSessionIsTouchedOnceAMinute(t *testing.T) {
	s, now := MustOpen(t)
	secret := MustSession(t, s, MustCreate(t, s, "alice", false).ID)
	start := now.Now()
	seen := func() time.Time {
		if _, _, err := s.Session(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		_, info, err := s.Session(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		return info.LastSeen
	}
	now.Add(59 * time.Second)
	if got := seen(); !got.Equal(start) {
		t.Errorf("touched within the minute: %v", got)
	}
	now.Add(time.Second)
	if got := seen(); !got.Equal(now.Now()) {
		t.Errorf("not touched after a minute: %v", got)
	}
}

func TestEndSession(t *testing.T) {
	s, _ := MustOpen(t)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	one, two, other := MustSession(t, s, alice.ID), MustSession(t, s, alice.ID), MustSession(t, s, bob.ID)
	_, info, err := s.Session(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EndSession(t.Context(), bob.ID, info.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Session(t.Context(), one); err != nil {
		t.Fatalf("bob ended alice's session: %v", err)
	}
	if err := s.EndSession(t.Context(), alice.ID, info.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Session(t.Context(), one); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("an ended session: %v", err)
	}
	if err := s.EndSessions(t.Context(), alice.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Session(t.Context(), two); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("a session after all were ended: %v", err)
	}
	if _, _, err := s.Session(t.Context(), other); err != nil {
		t.Errorf("bob's session ended with alice's: %v", err)
	}
}

func TestSessionsAreBounded(t *testing.T) {
	s, now := MustOpen(t)
	a := MustCreate(t, s, "alice", false)
	first := MustSession(t, s, a.ID)
	for range 50 {
		now.Add(time.Second)
		MustSession(t, s, a.ID)
	}
	if sessions, err := s.Sessions(t.Context(), a.ID); err != nil || len(sessions) != 50 {
		t.Errorf("%d sessions are left (%v), want 50", len(sessions), err)
	}
	if _, _, err := s.Session(t.Context(), first); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("the oldest session: %v", err)
	}
}
