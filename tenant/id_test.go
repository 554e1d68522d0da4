package tenant_test

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/holtdb/holt/tenant"
)

func TestParseID(t *testing.T) {
	for _, c := range []struct {
		name, dir string // dir "" means refused
	}{
		{"bob", "bob"},
		{"BOB", "=42=4F=42"},
		{"a.b", "a=2Eb"},
		{"did:plc:z72i7h", "did=3Aplc=3Az72i7h"},
		{"../bob", "=2E=2E=2Fbob"},
		{"..", "=2E=2E"},
		{"con", "con"},
		{"b=42", "b=3D42"},
		{"é", "=C3=A9"},
		{"е", "=D0=B5"}, // Cyrillic, looks like the Latin letter
		{strings.Repeat("a", 120), strings.Repeat("a", 120)},
		{"", ""},
		{strings.Repeat("a", 121), ""},
		{strings.Repeat("A", 41), ""},
		{strings.Repeat("x", 10<<10), ""},
		{"a\x00b", ""},
		{"a\nb", ""},
		{"a\x7f", ""},
		{"a\u0085", ""},
		{"\xff\xfe", ""},
	} {
		id, err := tenant.ParseID(c.name)
		if c.dir == "" {
			wantErr(t, err, tenant.ErrInvalidID)
			if !id.IsZero() {
				t.Errorf("%q: refused, but the id is not zero", c.name)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.name, err)
			continue
		}
		if id.Dir() != c.dir || id.String() != c.name {
			t.Errorf("%q: directory %q, name %q; want %q", c.name, id.Dir(), id, c.dir)
		}
	}
}

func TestIDFromDirRefusesOtherNames(t *testing.T) {
	for _, dir := range []string{"", "BOB", "=62", "=2e", "=4", "=", "a.b", ".tmp", "a/b", "=zz", "=C3", strings.Repeat("a", 121)} {
		if id, err := tenant.IDFromDir(dir); err == nil {
			t.Errorf("%q was read as %q", dir, id)
		}
	}
}

func FuzzID(f *testing.F) {
	for _, s := range []string{"bob", "BOB", "../x", "a=41", "=", "é", "a\\b", "C:", "~", "\x00", "İ", "ſ"} {
		f.Add(s, strings.ToUpper(s))
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		ida, err := tenant.ParseID(a)
		if err != nil {
			return
		}
		dir := ida.Dir()
		if len(dir) > tenant.MaxDirLength || !filepath.IsLocal(dir) || filepath.Base(dir) != dir ||
			strings.Contains(dir, "..") || strings.HasPrefix(dir, ".") || !utf8.ValidString(dir) {
			t.Fatalf("%q has the unsafe directory %q", a, dir)
		}
		back, err := tenant.IDFromDir(dir)
		if err != nil || back != ida {
			t.Fatalf("%q: directory %q is read as %q, %v", a, dir, back, err)
		}
		idb, err := tenant.ParseID(b)
		if err == nil && a != b && strings.EqualFold(dir, idb.Dir()) {
			t.Fatalf("%q and %q share %q and %q where case is folded", a, b, dir, idb.Dir())
		}
	})
}
