package vault_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/vault"
)

const name = "server.key"

// secret is what must never be seen.
const secret = "sk-3f9a an API key, ü"

func ofAlice() vault.Context {
	return vault.Context{Kind: "users", Tenant: "alice", Purpose: "models/chat"}
}

// MustRoot opens a directory for itself, as another process would.
func MustRoot(tb testing.TB, dir string) *os.Root {
	tb.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := root.Close(); err != nil {
			tb.Error(err)
		}
	})
	return root
}

// MustOpen opens the vault of a directory.
func MustOpen(tb testing.TB, dir string) *vault.Vault {
	tb.Helper()
	v, err := vault.Open(MustRoot(tb, dir), name)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func MustSeal(tb testing.TB, v *vault.Vault, context vault.Context, text string) []byte {
	tb.Helper()
	sealed, err := v.Seal(context, text)
	if err != nil {
		tb.Fatal(err)
	}
	return sealed
}

// stays fails unless sealed does not open in the context.
func stays(tb testing.TB, v *vault.Vault, context vault.Context, sealed []byte) {
	tb.Helper()
	if text, err := v.Open(context, sealed); !errors.Is(err, vault.ErrSealed) || text != "" {
		tb.Errorf("%+v opens %x as %q, %v", context, sealed, text, err)
	}
}

func TestSealAndOpen(t *testing.T) {
	dir := t.TempDir()
	v := MustOpen(t, dir)
	for _, text := range []string{"", "k", secret, strings.Repeat("long", 10_000)} {
		sealed := MustSeal(t, v, ofAlice(), text)
		if len(sealed) != len(text)+29 {
			t.Errorf("%d bytes are sealed in %d", len(text), len(sealed))
		}
		for _, opener := range []*vault.Vault{v, MustOpen(t, dir)} { // also after a restart
			if got, err := opener.Open(ofAlice(), sealed); err != nil || got != text {
				t.Errorf("%q opens as %q, %v", text, got, err)
			}
		}
	}
	one, two := MustSeal(t, v, ofAlice(), secret), MustSeal(t, v, ofAlice(), secret)
	if bytes.Equal(one, two) || bytes.Contains(one, []byte("sk-3f9a")) {
		t.Errorf("sealed: %x and %x", one, two)
	}
}

// golden is [secret] as it was once sealed for alice with the key 00 01 … 1f.
const golden = "01d991bc0231eb83620488b59c8e8e2e87e913d861d43c835a1ac2e6f2" +
	"2a5da82d4bd5fcfe2c4a5930ab72cee4761d285d60c5"

// TestFormat opens what an earlier program sealed.
func TestFormat(t *testing.T) {
	dir := t.TempDir()
	MustWrite(t, dir, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", 0o600)
	sealed, err := hex.DecodeString(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := MustOpen(t, dir).Open(ofAlice(), sealed); err != nil || text != secret {
		t.Errorf("opens as %q, %v", text, err)
	}
}

func TestOtherContextsDoNotOpen(t *testing.T) {
	v := MustOpen(t, t.TempDir())
	sealed := MustSeal(t, v, ofAlice(), secret)
	for _, other := range []vault.Context{
		{},
		{Kind: "users", Tenant: "bob", Purpose: "models/chat"},
		{Kind: "users", Tenant: "Alice", Purpose: "models/chat"},
		{Kind: "users", Tenant: "", Purpose: "models/chat"},
		{Kind: "wikis", Tenant: "alice", Purpose: "models/chat"},
		{Kind: "users", Tenant: "alice", Purpose: "models/embed"},
		// The same letters, cut elsewhere.
		{Kind: "usersa", Tenant: "lice", Purpose: "models/chat"},
		{Kind: "users", Tenant: "alicem", Purpose: "odels/chat"},
		{Kind: "usersalicemodels/chat"},
		{Kind: "users\x05alice", Purpose: "models/chat"},
		vault.ForServer("models/chat"),
	} {
		stays(t, v, other, sealed)
	}
}

func TestOtherKeysDoNotOpen(t *testing.T) {
	sealed := MustSeal(t, MustOpen(t, t.TempDir()), ofAlice(), secret)
	stays(t, MustOpen(t, t.TempDir()), ofAlice(), sealed)
}

func TestTampering(t *testing.T) {
	v := MustOpen(t, t.TempDir())
	sealed := MustSeal(t, v, ofAlice(), secret)
	for i := range sealed {
		for bit := range 8 {
			changed := slices.Clone(sealed)
			changed[i] ^= 1 << bit
			stays(t, v, ofAlice(), changed)
		}
		stays(t, v, ofAlice(), sealed[:i])
		stays(t, v, ofAlice(), slices.Delete(slices.Clone(sealed), i, i+1))
	}
	stays(t, v, ofAlice(), append(slices.Clone(sealed), 0))
	stays(t, v, ofAlice(), nil)
}

func TestContextsAreComplete(t *testing.T) {
	v := MustOpen(t, t.TempDir())
	for _, incomplete := range []vault.Context{{}, {Kind: "users", Tenant: "alice"}, {Tenant: "alice", Purpose: "x"}} {
		if sealed, err := v.Seal(incomplete, secret); err == nil {
			t.Errorf("%+v seals %x", incomplete, sealed)
		}
	}
	server := vault.ForServer("models/chat")
	if text, err := v.Open(server, MustSeal(t, v, server, secret)); err != nil || text != secret {
		t.Errorf("the server's secret opens as %q, %v", text, err)
	}
}

// TestNothingIsPrinted keeps key and secret out of what logs make of values.
func TestNothingIsPrinted(t *testing.T) {
	dir := t.TempDir()
	MustWrite(t, dir, "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=\n", 0o600) // A to f
	v := MustOpen(t, dir)
	_, err := v.Open(vault.ForServer("x"), MustSeal(t, v, ofAlice(), secret))
	within := struct{ v *vault.Vault }{v}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		for _, text := range []string{
			fmt.Sprintf(format, v), fmt.Sprintf(format, *v), fmt.Sprintf(format, within), fmt.Sprintf(format, &within),
			fmt.Sprintf(format, err),
		} {
			for _, hidden := range []string{"ABCD", "65 66 67", "0x41, 0x42", "44434241", "1145258561", "sk-3f9a"} {
				if strings.Contains(text, hidden) {
					t.Errorf("%s prints %s", format, text)
				}
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	v := MustOpen(f, f.TempDir())
	f.Add([]byte{1}, "users", "alice", "models/chat")
	f.Add(MustSeal(f, v, ofAlice(), secret), "users", "bob", "models/chat")
	f.Fuzz(func(t *testing.T, sealed []byte, kind, tenant, purpose string) {
		context := vault.Context{Kind: kind, Tenant: tenant, Purpose: purpose}
		if context != ofAlice() {
			stays(t, v, context, sealed)
		}
		again, err := v.Seal(context, string(sealed))
		if err != nil {
			return // incomplete
		}
		if text, err := v.Open(context, again); err != nil || text != string(sealed) {
			t.Errorf("%x opens as %x, %v", sealed, text, err)
		}
	})
}
