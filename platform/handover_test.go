package platform_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

const browserState = "0123456789abcdef"

// handOvers are a session and the wikis that it is handed to.
type handOvers struct {
	*platform.Store
	now     *clock
	account platform.Account
	session platform.SessionInfo
	secret  string // of the session
	wiki    platform.Slug
	other   platform.Slug
}

func MustHandOvers(tb testing.TB) *handOvers {
	tb.Helper()
	s, now := MustOpen(tb)
	MustCreate(tb, s, "root", true)
	h := &handOvers{Store: s, now: now, account: MustCreate(tb, s, "alice", false)}
	owner := MustCreate(tb, s, "owner", false)
	h.wiki, h.other = MustWiki(tb, s, owner.ID, "garden").Slug, MustWiki(tb, s, owner.ID, "other").Slug
	h.secret = MustSession(tb, s, h.account.ID)
	var err error
	if _, h.session, err = s.Session(tb.Context(), h.secret); err != nil {
		tb.Fatal(err)
	}
	return h
}

func (h *handOvers) MustCode(tb testing.TB) string {
	tb.Helper()
	code, err := h.HandOver(tb.Context(), h.session.ID, h.wiki, browserState)
	if err != nil {
		tb.Fatal(err)
	}
	return code
}

func (h *handOvers) MustArrive(tb testing.TB) string {
	tb.Helper()
	secret, expires, err := h.RedeemHandOver(tb.Context(), h.MustCode(tb), h.wiki, browserState)
	if err != nil || !expires.Equal(h.session.Expires) {
		tb.Fatalf("redeemed until %v, %v; want %v", expires, err, h.session.Expires)
	}
	return secret
}

func TestHandOver(t *testing.T) {
	h := MustHandOvers(t)
	code := h.MustCode(t)
	h.now.Add(59 * time.Second)
	secret, _, err := h.RedeemHandOver(t.Context(), code, h.wiki, browserState)
	if err != nil {
		t.Fatal(err)
	}
	a, info, err := h.WikiSession(t.Context(), secret, h.wiki)
	if err != nil || a.ID != h.account.ID || info.ID != h.session.ID {
		t.Fatalf("session: %+v, %+v, %v", a, info, err)
	}
	for name, err := range map[string]error{
		"at another wiki":          third(h.WikiSession(t.Context(), secret, h.other)),
		"at no wiki":               third(h.WikiSession(t.Context(), secret, platform.Slug{})),
		"as a session of its own":  third(h.Session(t.Context(), secret)),
		"the platform's at a wiki": third(h.WikiSession(t.Context(), h.secret, h.wiki)),
		"the code as a session":    third(h.WikiSession(t.Context(), code, h.wiki)),
	} {
		if !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}
	if _, _, err := h.RedeemHandOver(t.Context(), code, h.wiki, browserState); !errors.Is(err, platform.ErrInvalidHandOver) {
		t.Errorf("a second use: %v", err)
	}
}

// third returns the error of a call that also has two results.
func third[T, U any](_ T, _ U, err error) error { return err }

func TestHandOverIsBound(t *testing.T) {
	h := MustHandOvers(t)
	for name, redeem := range map[string]func(code string) error{
		"another wiki": func(code string) error { return third(h.RedeemHandOver(t.Context(), code, h.other, browserState)) },
		"no wiki": func(code string) error {
			return third(h.RedeemHandOver(t.Context(), code, platform.Slug{}, browserState))
		},
		"another browser": func(code string) error { return third(h.RedeemHandOver(t.Context(), code, h.wiki, browserState+"x")) },
		"no cookie":       func(code string) error { return third(h.RedeemHandOver(t.Context(), code, h.wiki, "")) },
		"late": func(code string) error {
			h.now.Add(platform.HandOverLife)
			return third(h.RedeemHandOver(t.Context(), code, h.wiki, browserState))
		},
	} {
		code := h.MustCode(t)
		if err := redeem(code); !errors.Is(err, platform.ErrInvalidHandOver) {
			t.Errorf("%s: %v", name, err)
		}
		if err := third(h.RedeemHandOver(t.Context(), code, h.wiki, browserState)); !errors.Is(err, platform.ErrInvalidHandOver) {
			t.Errorf("%s: the code is good still: %v", name, err)
		}
	}
	for _, code := range []string{"", "x", flip(h.MustCode(t))} {
		if err := third(h.RedeemHandOver(t.Context(), code, h.wiki, browserState)); !errors.Is(err, platform.ErrInvalidHandOver) {
			t.Errorf("code %q: %v", code, err)
		}
	}
}

func TestHandOverRefuses(t *testing.T) {
	h := MustHandOvers(t)
	for name, test := range map[string]struct {
		session string
		slug    platform.Slug
		state   string
		want    error
	}{
		"no session":          {"", h.wiki, browserState, platform.ErrNotFound},
		"the secret, no ID":   {h.secret, h.wiki, browserState, platform.ErrNotFound},
		"no wiki":             {h.session.ID, MustSlug(t, "nothing"), browserState, platform.ErrNotFound},
		"no state":            {h.session.ID, h.wiki, "", platform.ErrInvalidHandOver},
		"a state to guess":    {h.session.ID, h.wiki, "123456789012345", platform.ErrInvalidHandOver},
		"a state of 10 kByte": {h.session.ID, h.wiki, strings.Repeat("x", 10_000), platform.ErrInvalidHandOver},
	} {
		if _, err := h.HandOver(t.Context(), test.session, test.slug, test.state); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	h.now.Add(platform.SessionIdle)
	if _, err := h.HandOver(t.Context(), h.session.ID, h.wiki, browserState); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("an idle session: %v", err)
	}
}

func TestHandOverRace(t *testing.T) {
	h := MustHandOvers(t)
	code := h.MustCode(t)
	arrived := 0
	for _, err := range together(16, func(int) error {
		return third(h.RedeemHandOver(t.Context(), code, h.wiki, browserState))
	}) {
		switch {
		case err == nil:
			arrived++
		case !errors.Is(err, platform.ErrInvalidHandOver):
			t.Error(err)
		}
	}
	if arrived != 1 {
		t.Errorf("one code made %d sessions", arrived)
	}
}

// TestWikiSessionEnds shows that it ends with everything that it depends on, and
// that a code does too.
func TestWikiSessionEnds(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(t *testing.T, h *handOvers) error
		want error
	}{
		"signed out": {func(t *testing.T, h *handOvers) error {
			return h.EndSession(t.Context(), h.account.ID, h.session.ID)
		}, platform.ErrNotFound},
		"password changed": {func(t *testing.T, h *handOvers) error {
			return h.ChangePassword(t.Context(), h.account.ID, goodPassword, "another good password")
		}, platform.ErrNotFound},
		"suspended": {func(t *testing.T, h *handOvers) error {
			return h.SetSuspended(t.Context(), h.account.ID, true)
		}, platform.ErrNotFound},
		"deleted": {func(t *testing.T, h *handOvers) error {
			return h.DeleteAccount(t.Context(), h.account.ID)
		}, platform.ErrNotFound},
		"idle": {func(_ *testing.T, h *handOvers) error {
			h.now.Add(platform.SessionIdle)
			return nil
		}, platform.ErrNotFound},
		"wiki removed": {func(t *testing.T, h *handOvers) error {
			return h.RemoveWiki(t.Context(), h.wiki)
		}, platform.ErrNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			h := MustHandOvers(t)
			secret, code := h.MustArrive(t), h.MustCode(t)
			if err := test.end(t, h); err != nil {
				t.Fatal(err)
			}
			if _, _, err := h.WikiSession(t.Context(), secret, h.wiki); !errors.Is(err, test.want) {
				t.Errorf("session: %v, want %v", err, test.want)
			}
			if err := third(h.RedeemHandOver(t.Context(), code, h.wiki, browserState)); !errors.Is(err, platform.ErrInvalidHandOver) {
				t.Errorf("code: %v", err)
			}
		})
	}
}

func TestEndWikiSession(t *testing.T) {
	h := MustHandOvers(t)
	secret, stays := h.MustArrive(t), h.MustArrive(t)
	if err := h.EndWikiSession(t.Context(), secret, h.other); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.WikiSession(t.Context(), secret, h.wiki); err != nil {
		t.Errorf("ended by another wiki: %v", err)
	}
	for range 2 {
		if err := h.EndWikiSession(t.Context(), secret, h.wiki); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.WikiSession(t.Context(), secret, h.wiki); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("ended: %v", err)
	}
	if _, _, err := h.WikiSession(t.Context(), stays, h.wiki); err != nil {
		t.Errorf("the other one ended too: %v", err)
	}
	if _, _, err := h.Session(t.Context(), h.secret); err != nil {
		t.Errorf("the platform's session ended too: %v", err)
	}
}

// TestWikiSessionKeepsItsParent shows that who reads only wikis is not signed
// out, but is in the end.
func TestWikiSessionKeepsItsParent(t *testing.T) {
	h := MustHandOvers(t)
	secret := h.MustArrive(t)
	for range 3 {
		h.now.Add(platform.SessionIdle * 2 / 3)
		if _, _, err := h.WikiSession(t.Context(), secret, h.wiki); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := h.Session(t.Context(), h.secret); err != nil {
		t.Errorf("the platform's session: %v", err)
	}
	h.now.Add(h.session.Expires.Sub(h.now.Now()))
	if _, _, err := h.WikiSession(t.Context(), secret, h.wiki); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("at the end of the platform's session: %v", err)
	}
}

func TestWikiSessionsAreBounded(t *testing.T) {
	h := MustHandOvers(t)
	var secrets []string
	for range 6 {
		h.now.Add(time.Millisecond) // so that they have an order
		secrets = append(secrets, h.MustArrive(t))
	}
	live := 0
	for _, secret := range secrets {
		if _, _, err := h.WikiSession(t.Context(), secret, h.wiki); err == nil {
			live++
		}
	}
	if _, _, err := h.WikiSession(t.Context(), secrets[5], h.wiki); err != nil || live != 4 {
		t.Errorf("%d sessions are live, the newest: %v", live, err)
	}
}
