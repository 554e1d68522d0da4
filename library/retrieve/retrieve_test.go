package retrieve_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/holtdb/holt/library/retrieve"
)

func TestPassages(t *testing.T) {
	for _, text := range []string{
		"", "   ", "One.", strings.Repeat("word ", 1000), strings.Repeat("A sentence of six words here. ", 200),
		strings.Repeat("東京", 5000), strings.Repeat("One short paragraph.\n\n", 300), "\xff\xfe broken " + strings.Repeat("\x80", 500),
	} {
		checkPassages(t, text)
	}
	spans := retrieve.Passages(strings.Repeat("A sentence of six words here. ", 100))
	for i, s := range spans {
		if i > 0 && s.Start >= spans[i-1].End {
			t.Errorf("passages %d and %d do not overlap", i-1, i)
		}
	}
	if len(spans) < 4 || len(spans) > 6 {
		t.Errorf("%d passages of 600 words", len(spans))
	}
}

func FuzzPassages(f *testing.F) {
	f.Add("A. B! C?\n\n" + strings.Repeat("w ", 40))
	f.Fuzz(func(t *testing.T, text string) { checkPassages(t, text) })
}

// checkPassages proves that no word is lost, that borders are characters and
// that no passage is too long.
func checkPassages(t *testing.T, text string) {
	t.Helper()
	spans := retrieve.Passages(text)
	covered, last := 0, -1
	for _, s := range spans {
		if s.Start < 0 || s.End > len(text) || s.Start >= s.End || s.Start <= last {
			t.Fatalf("span %v of %d bytes after %d", s, len(text), last)
		}
		last = s.Start
		if gap := text[covered:max(covered, s.Start)]; strings.TrimSpace(gap) != "" {
			t.Errorf("lost %q", gap)
		}
		covered = max(covered, s.End)
		if n := len(strings.Fields(text[s.Start:s.End])); n > 260 {
			t.Errorf("passage of %d words", n)
		}
		if utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
			t.Errorf("a border divides a character")
		}
	}
	if rest := text[covered:]; strings.TrimSpace(rest) != "" {
		t.Errorf("lost the end %q", fmt.Sprintf("%.40q", rest))
	}
}
