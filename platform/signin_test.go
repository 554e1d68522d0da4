package platform_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func TestCheckPassword(t *testing.T) {
	s, _ := MustOpen(t)
	alice := MustCreate(t, s, "alice", false)
	if a, err := s.CheckPassword(t.Context(), " ALICE ", goodPassword); err != nil || a.ID != alice.ID {
		t.Fatalf("right password: %+v, %v", a, err)
	}
	for _, test := range []struct{ login, password string }{
		{"alice", goodPassword + "x"}, {"alice", ""}, {"alice", "\x00"},
		{"bob", goodPassword}, {"", goodPassword}, {"a b", goodPassword}, {"", ""},
	} {
		if _, err := s.CheckPassword(t.Context(), test.login, test.password); !errors.Is(err, platform.ErrWrongPassword) {
			t.Errorf("%q with %q: %v, want ErrWrongPassword", test.login, test.password, err)
		}
	}
}

func TestPasswordIsComposed(t *testing.T) {
	s, _ := MustOpen(t)
	_, err := s.CreateLocal(t.Context(), platform.NewAccount{Login: "zoe", Password: "caf\u00e9 au lait"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.CheckPassword(t.Context(), "zoe", "cafe\u0301 au lait"); err != nil {
		t.Errorf("the same password from another keyboard: %v", err)
	}
}

func TestAccountWithoutPassword(t *testing.T) {
	s, _ := MustOpen(t)
	a := MustResolve(t, s, jwtProof("alice"))
	if _, err := s.CheckPassword(t.Context(), "alice", goodPassword); !errors.Is(err, platform.ErrWrongPassword) {
		t.Errorf("sign-in: %v", err)
	}
	if err := s.ChangePassword(t.Context(), a.ID, "", goodPassword); !errors.Is(err, platform.ErrNoPassword) {
		t.Errorf("change: %v", err)
	}
	if err := s.ResetPassword(t.Context(), a.ID, goodPassword); !errors.Is(err, platform.ErrNoPassword) {
		t.Errorf("reset: %v", err)
	}
}

func TestPasswordIsHashedAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "holt.db")
	old := MustOpenFile(t, path, cheap())
	MustCreate(t, old, "alice", false)
	before := storedPassword(t, path)
	dear := MustOpenFile(t, path, platform.WithPasswordCost(platform.PasswordCost{Memory: 16, Passes: 2, Threads: 1}))
	if _, err := dear.CheckPassword(t.Context(), "alice", "wrong password"); !errors.Is(err, platform.ErrWrongPassword) {
		t.Fatal(err)
	}
	if storedPassword(t, path) != before {
		t.Error("a wrong password changed the hash")
	}
	for range 2 {
		if _, err := dear.CheckPassword(t.Context(), "alice", goodPassword); err != nil {
			t.Fatal(err)
		}
	}
	if after := storedPassword(t, path); !strings.HasPrefix(after, "$argon2id$v=19$m=16,t=2,p=1$") {
		t.Errorf("hash is %s", after)
	}
}

func TestChangePassword(t *testing.T) {
	s, _ := MustOpen(t)
	a := MustCreate(t, s, "alice", false)
	secret := MustSession(t, s, a.ID)
	const other = "another good password"
	if err := s.ChangePassword(t.Context(), a.ID, "wrong password", other); !errors.Is(err, platform.ErrWrongPassword) {
		t.Errorf("with a wrong old password: %v", err)
	}
	if err := s.ChangePassword(t.Context(), a.ID, goodPassword, "short"); !errors.Is(err, platform.ErrPasswordShort) {
		t.Errorf("to a short password: %v", err)
	}
	if _, _, err := s.Session(t.Context(), secret); err != nil {
		t.Fatalf("a failed change ended the session: %v", err)
	}
	if err := s.ChangePassword(t.Context(), a.ID, goodPassword, other); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Session(t.Context(), secret); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("a session outlived the password: %v", err)
	}
	if _, err := s.CheckPassword(t.Context(), "alice", goodPassword); !errors.Is(err, platform.ErrWrongPassword) {
		t.Errorf("the old password: %v", err)
	}
	if _, err := s.CheckPassword(t.Context(), "alice", other); err != nil {
		t.Errorf("the new password: %v", err)
	}
}

func TestThrottlePerLogin(t *testing.T) {
	s, now := MustOpen(t)
	MustCreate(t, s, "alice", false)
	MustCreate(t, s, "bob", false)
	for i := range 5 {
		if _, err := s.CheckPassword(t.Context(), "alice", "wrong "+strconv.Itoa(i)); !errors.Is(err, platform.ErrWrongPassword) {
			t.Fatalf("failure %d: %v", i+1, err)
		}
	}
	// Also the right password waits, under every spelling of the login.
	for _, login := range []string{"alice", "ALICE", " alice"} {
		var throttled *platform.Throttled
		_, err := s.CheckPassword(t.Context(), login, goodPassword)
		if !errors.Is(err, platform.ErrThrottled) || !errors.As(err, &throttled) || throttled.RetryAfter != time.Second {
			t.Fatalf("sixth attempt as %q: %v", login, err)
		}
	}
	if _, err := s.CheckPassword(t.Context(), "bob", goodPassword); err != nil {
		t.Errorf("another login waits too: %v", err)
	}
	for _, want := range []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second} {
		now.Add(want / 2)
		if _, err := s.CheckPassword(t.Context(), "alice", "wrong"); !errors.Is(err, platform.ErrWrongPassword) {
			t.Fatalf("after the wait: %v", err)
		}
		var throttled *platform.Throttled
		if _, err := s.CheckPassword(t.Context(), "alice", goodPassword); !errors.As(err, &throttled) || throttled.RetryAfter != want {
			t.Fatalf("the wait after one more failure: %v, want %v", err, want)
		}
	}
	now.Add(8 * time.Second)
	if _, err := s.CheckPassword(t.Context(), "alice", goodPassword); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CheckPassword(t.Context(), "alice", "wrong"); !errors.Is(err, platform.ErrWrongPassword) {
		t.Errorf("success did not clear the count: %v", err)
	}
}

func TestThrottleParallelGuesses(t *testing.T) {
	s, _ := MustOpen(t)
	MustCreate(t, s, "alice", false)
	tried := 0
	for _, err := range together(64, func(i int) error {
		_, err := s.CheckPassword(t.Context(), "alice", "wrong "+strconv.Itoa(i))
		return err
	}) {
		switch {
		case errors.Is(err, platform.ErrWrongPassword):
			tried++
		case !errors.Is(err, platform.ErrThrottled):
			t.Error(err)
		}
	}
	if tried != 5 {
		t.Errorf("%d of 64 parallel guesses were tried, want 5", tried)
	}
}

func TestThrottlePerAddress(t *testing.T) {
	s, _ := MustOpen(t)
	MustCreate(t, s, "alice", false)
	guess := func(address string, i int) error {
		_, err := s.CheckPassword(from(t.Context(), address), "user"+strconv.Itoa(i), "wrong password")
		return err
	}
	for i := range 20 {
		// One customer's network of IPv6 counts as one address.
		address := "2001:db8::" + strconv.Itoa(i)
		if err := guess(address, i); !errors.Is(err, platform.ErrWrongPassword) {
			t.Fatalf("failure %d: %v", i+1, err)
		}
	}
	if err := guess("2001:db8::ffff", 99); !errors.Is(err, platform.ErrThrottled) {
		t.Errorf("the 21st login from one network: %v", err)
	}
	if _, err := s.CheckPassword(from(t.Context(), "2001:db8:0:1::1"), "alice", goodPassword); err != nil {
		t.Errorf("another network: %v", err)
	}
}

func TestThrottleAddressIsNotCleared(t *testing.T) {
	s, _ := MustOpen(t)
	MustCreate(t, s, "mallory", false)
	ctx := from(t.Context(), "192.0.2.1")
	for i := range 20 {
		if _, err := s.CheckPassword(ctx, "user"+strconv.Itoa(i), "wrong"); !errors.Is(err, platform.ErrWrongPassword) {
			t.Fatalf("failure %d: %v", i+1, err)
		}
		if i < 19 {
			if _, err := s.CheckPassword(ctx, "mallory", goodPassword); err != nil {
				t.Fatalf("own sign-in after %d failures: %v", i+1, err)
			}
		}
	}
	if _, err := s.CheckPassword(ctx, "victim", "wrong"); !errors.Is(err, platform.ErrThrottled) {
		t.Errorf("signing in to an own account cleared the address: %v", err)
	}
}

func TestSuspendedSignIn(t *testing.T) {
	s, _ := MustOpen(t)
	a := MustCreate(t, s, "alice", false)
	if err := s.SetSuspended(t.Context(), a.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CheckPassword(t.Context(), "alice", "wrong"); !errors.Is(err, platform.ErrWrongPassword) {
		t.Errorf("who does not know the password learned of the suspension: %v", err)
	}
	if _, err := s.CheckPassword(t.Context(), "alice", goodPassword); !errors.Is(err, platform.ErrSuspended) {
		t.Errorf("right password: %v", err)
	}
	if _, _, err := s.NewSession(t.Context(), a.ID, ""); !errors.Is(err, platform.ErrSuspended) {
		t.Errorf("session: %v", err)
	}
}
