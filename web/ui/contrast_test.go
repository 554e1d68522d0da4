package ui_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"testing"
)

// TestContrast holds the pairs of colours that carry text against level AA of
// WCAG 2.2: 4.5 to 1, and 3 to 1 for the borders of fields.
func TestContrast(t *testing.T) {
	server := httptest.NewServer(MustNew(t).Static())
	defer server.Close()
	_, sheet := get(t, server, http.MethodGet, "/static/x/holt.css", "identity")
	colours := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)`).FindAllSubmatch(sheet, -1) {
		colours[string(m[1])] = [2]string{string(m[2]), string(m[3])}
	}
	for _, pair := range []struct {
		front, back string
		atLeast     float64
	}{
		{"ink", "paper", 7}, {"ink", "raised", 7}, {"ink", "tint", 7}, {"ink", "danger-tint", 7},
		{"muted", "paper", 4.5}, {"muted", "raised", 4.5}, {"muted", "chip", 4.5}, {"muted", "sunken", 4.5},
		{"accent", "paper", 4.5}, {"accent", "raised", 4.5}, {"accent-strong", "tint", 4.5},
		{"on-accent", "accent", 4.5}, {"on-mark", "mark", 4.5}, {"ink", "passage", 7}, {"accent", "tint", 4.5},
		{"danger", "paper", 4.5}, {"danger", "raised", 4.5}, {"danger", "danger-tint", 4.5},
		{"ink", "added-line", 7}, {"ink", "removed-line", 7}, {"ink", "added-words", 4.5}, {"ink", "removed-words", 4.5},
		{"added", "paper", 4.5}, {"added", "added-line", 4.5}, {"danger", "removed-line", 4.5},
		{"muted", "added-line", 4.5}, {"muted", "removed-line", 4.5}, {"muted", "tint", 4.5}, {"danger", "raised", 4.5},
		{"line-strong", "paper", 3}, {"line-strong", "raised", 3},
	} {
		for i, scheme := range [2]string{"light", "dark"} {
			t.Run(fmt.Sprintf("%s on %s, %s", pair.front, pair.back, scheme), func(t *testing.T) {
				front, back := luminance(t, colours[pair.front][i]), luminance(t, colours[pair.back][i])
				ratio := (math.Max(front, back) + 0.05) / (math.Min(front, back) + 0.05)
				if ratio < pair.atLeast {
					t.Errorf("%.2f to 1, want %.1f", ratio, pair.atLeast)
				}
			})
		}
	}
}

// luminance is the relative luminance of an sRGB colour (WCAG 2.2).
func luminance(tb testing.TB, hex string) float64 {
	tb.Helper()
	value, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		tb.Fatalf("colour %q: %v", hex, err)
	}
	linear := func(channel uint64) float64 {
		c := float64(channel&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(value>>16) + 0.7152*linear(value>>8) + 0.0722*linear(value)
}
