package repo_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
)

func TestParseHash(t *testing.T) {
	text := "0123456789abcdef0123456789abcdef01234567"
	h, err := repo.ParseHash(text)
	if err != nil || h.String() != text || h.IsZero() {
		t.Errorf("%s, %v", h, err)
	}
	for _, text := range []string{"", "0123", text + "0", text[:39] + "g", strings.Repeat("é", 20)} {
		if h, err := repo.ParseHash(text); !errors.Is(err, repo.ErrInvalidRevision) || !h.IsZero() {
			t.Errorf("ParseHash(%q) = %s, %v", text, h, err)
		}
	}
}

func TestParseRevision(t *testing.T) {
	for text, want := range map[string]string{
		"HEAD": "HEAD", "0123": "0123", "ABCD": "abcd", strings.Repeat("a", 64): strings.Repeat("a", 64),
	} {
		if r, err := repo.ParseRevision(text); err != nil || r.String() != want {
			t.Errorf("ParseRevision(%q) = %s, %v", text, r, err)
		}
	}
	for _, text := range []string{"", "012", "head", "main", "HEAD~1", "HEAD^{tree}", "--all", "01 23", "0123\n", strings.Repeat("a", 65)} {
		if r, err := repo.ParseRevision(text); !errors.Is(err, repo.ErrInvalidRevision) {
			t.Errorf("ParseRevision(%q) = %s, %v", text, r, err)
		}
	}
}

func FuzzParseRevision(f *testing.F) {
	for _, text := range []string{"HEAD", "abcd", "HEAD~1", "--", "0123g"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := repo.ParseRevision(text)
		if err != nil {
			if !errors.Is(err, repo.ErrInvalidRevision) {
				t.Fatal(err)
			}
			return
		}
		if got := r.String(); !strings.EqualFold(got, text) || got != "HEAD" && strings.Trim(got, "0123456789abcdef") != "" {
			t.Fatalf("%q became %q", text, got)
		}
		if again, err := repo.ParseRevision(r.String()); err != nil || again != r {
			t.Fatalf("%q does not read back: %v", r, err)
		}
	})
}
