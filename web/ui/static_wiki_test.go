package ui_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestPagesLoadLittle keeps what a reader waits for small: the large programs are
// loaded by the pages that need them, once they need them.
func TestPagesLoadLittle(t *testing.T) {
	server := httptest.NewServer(MustNew(t).Static())
	defer server.Close()
	for _, page := range []struct {
		name   string
		first  []string
		budget int // bytes as sent
	}{
		{"library", []string{"holt.css", "app.js", "library.js"}, 25 << 10},
		{"chat", []string{"holt.css", "chat.css", "app.js", "chat.js"}, 30 << 10},
		{"wiki page", []string{"holt.css", "wiki.css", "app.js", "wiki.js"}, 30 << 10},
		{"editor", []string{"holt.css", "wiki.css", "app.js", "wiki.js", "editor.js"}, 170 << 10},
	} {
		sent := 0
		seen := map[string]bool{}
		for waiting := page.first; len(waiting) > 0; waiting = waiting[1:] {
			if seen[waiting[0]] {
				continue
			}
			seen[waiting[0]] = true
			_, packed := get(t, server, http.MethodGet, "/static/x/"+waiting[0], "gzip")
			sent += len(packed)
			_, body := get(t, server, http.MethodGet, "/static/x/"+waiting[0], "identity")
			if strings.HasPrefix(waiting[0], "vendor/") {
				continue
			}
			for _, match := range regexp.MustCompile(`from '\./([a-z_/]+\.js)'`).FindAllSubmatch(body, -1) {
				waiting = append(waiting, string(match[1]))
			}
		}
		if sent == 0 || sent > page.budget {
			t.Errorf("%s loads %d bytes, want at most %d", page.name, sent, page.budget)
		}
		t.Logf("%s loads %d bytes in %d files", page.name, sent, len(seen))
	}
}

// TestVendoredFiles holds what is vendored against the sums in its README.
func TestVendoredFiles(t *testing.T) {
	server := httptest.NewServer(MustNew(t).Static())
	defer server.Close()
	readme, err := os.ReadFile("static/vendor/README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$`).FindAllSubmatch(readme, -1)
	listed := map[string]bool{"README.md": true}
	for _, row := range rows {
		name := string(row[1])
		listed[name] = true
		response, content := get(t, server, http.MethodGet, "/static/x/vendor/"+name, "identity")
		if sum := sha256.Sum256(content); response.StatusCode != http.StatusOK || hex.EncodeToString(sum[:]) != string(row[2]) {
			t.Errorf("%s: status %d, sum %x", name, response.StatusCode, sum)
		}
	}
	err = fs.WalkDir(os.DirFS("static/vendor"), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && !listed[strings.TrimSuffix(name, ".gz")] {
			t.Errorf("%s is not listed in the README", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 20 {
		t.Errorf("only %d files are listed", len(rows))
	}
}

// TestDiagramsAreConfined looks at what sets the page that draws diagrams apart,
// and that nothing else is.
func TestDiagramsAreConfined(t *testing.T) {
	u := MustNew(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "strict")
		w.Header().Set("X-Frame-Options", "DENY")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		u.Static().ServeHTTP(w, r)
	}))
	defer server.Close()
	for name, want := range map[string][3]string{
		"wiki_diagram.html":         {"", "SAMEORIGIN", "same-origin"},
		"wiki_diagram_frame.js":     {"strict", "DENY", "cross-origin"},
		"vendor/mermaid/mermaid.js": {"strict", "DENY", "cross-origin"},
		"vendor/katex/katex.js":     {"strict", "DENY", "same-origin"},
		"wiki.js":                   {"strict", "DENY", "same-origin"},
	} {
		response, _ := get(t, server, http.MethodGet, "/static/x/"+name, "gzip")
		policy := response.Header.Get("Content-Security-Policy")
		if want[0] == "" {
			for _, part := range []string{"default-src 'none'", "sandbox allow-scripts", "frame-ancestors 'self'", "script-src 'self';"} {
				if !strings.Contains(policy, part) {
					t.Errorf("the policy of %s lacks %q: %s", name, part, policy)
				}
			}
			if strings.Contains(policy, "allow-same-origin") || strings.Contains(policy, "connect-src") {
				t.Errorf("the policy of %s is too open: %s", name, policy)
			}
		} else if policy != want[0] {
			t.Errorf("%s: policy %q", name, policy)
		}
		if got := [2]string{response.Header.Get("X-Frame-Options"), response.Header.Get("Cross-Origin-Resource-Policy")}; got != [2]string{want[1], want[2]} {
			t.Errorf("%s: %v, want %v", name, got, want[1:])
		}
	}
}

// TestTextContrast does for the colours of code and boxes what [TestContrast]
// does for the others: they carry text on sunken ground.
func TestTextContrast(t *testing.T) {
	server := httptest.NewServer(MustNew(t).Static())
	defer server.Close()
	_, holt := get(t, server, http.MethodGet, "/static/x/holt.css", "identity")
	_, wiki := get(t, server, http.MethodGet, "/static/x/wiki.css", "identity")
	colour := regexp.MustCompile(`--([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)`)
	ground := map[string][2]string{}
	for _, m := range colour.FindAllSubmatch(holt, -1) {
		ground[string(m[1])] = [2]string{string(m[2]), string(m[3])}
	}
	found := colour.FindAllSubmatch(wiki, -1)
	for _, m := range found {
		for i := range 2 {
			for _, below := range []string{"sunken", "raised", "tint"} {
				front, back := luminance(t, string(m[2+i])), luminance(t, ground[below][i])
				if ratio := (math.Max(front, back) + 0.05) / (math.Min(front, back) + 0.05); ratio < 4.5 {
					t.Errorf("%s on %s, scheme %d: %.2f to 1, want 4.5", m[1], below, i, ratio)
				}
			}
		}
	}
	if len(found) < 8 {
		t.Errorf("only %d colours are found", len(found))
	}
}
