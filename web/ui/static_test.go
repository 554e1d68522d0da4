package ui_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/holtdb/holt/web/ui"
)

func get(tb testing.TB, server *httptest.Server, method, path, encoding string) (*http.Response, []byte) {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), method, server.URL+path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", encoding)
	response, err := server.Client().Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return response, body
}

// assets are the addresses of the static files that a page names.
func assets(tb testing.TB, u *ui.UI, pages ...ui.Page) []string {
	tb.Helper()
	seen := map[string]bool{}
	var found []string
	for _, page := range pages {
		for _, match := range regexp.MustCompile(`"(/static/[^"]+)"`).FindAllStringSubmatch(MustRender(tb, u, page), -1) {
			if !seen[match[1]] {
				seen[match[1]] = true
				found = append(found, match[1])
			}
		}
	}
	return found
}

func TestStaticServesWhatPagesName(t *testing.T) {
	u := MustNew(t)
	server := httptest.NewServer(u.Static())
	defer server.Close()
	paths := assets(t, u, libraryPage(nil), readerPage(), searchPage(), newChatPage())
	if len(paths) < 5 {
		t.Fatalf("the pages name %d files only: %v", len(paths), paths)
	}
	for _, path := range paths {
		response, plain := get(t, server, http.MethodGet, path, "identity")
		if response.StatusCode != http.StatusOK || len(plain) == 0 {
			t.Errorf("%s: status %d, %d bytes", path, response.StatusCode, len(plain))
			continue
		}
		if got := response.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		if got := response.Header.Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options %q", path, got)
		}
		if got, want := response.Header.Get("Content-Type"), mediaType(path); got != want {
			t.Errorf("%s: Content-Type %q, want %q", path, got, want)
		}
		response, packed := get(t, server, http.MethodGet, path, "br, gzip;q=0.8")
		if response.Header.Get("Content-Encoding") != "gzip" {
			if len(plain) > 1024 {
				t.Errorf("%s: %d bytes are not compressed", path, len(plain))
			}
			continue
		}
		reader, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		if unpacked, err := io.ReadAll(reader); err != nil || !bytes.Equal(unpacked, plain) {
			t.Errorf("%s: the compressed file is another one (%v)", path, err)
		}
	}
}

func mediaType(path string) string {
	switch path[strings.LastIndexByte(path, '.'):] {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	default:
		return "image/svg+xml"
	}
}

// TestModulesAreThere follows the imports of all modules, which name each other
// relative to the common version in their addresses.
func TestModulesAreThere(t *testing.T) {
	u := MustNew(t)
	server := httptest.NewServer(u.Static())
	defer server.Close()
	waiting := assets(t, u, libraryPage(nil), readerPage(), searchPage(), newChatPage())
	base := waiting[0][:strings.LastIndexByte(waiting[0], '/')+1]
	waiting = append(waiting, base+"wiki.js", base+"editor.js")
	seen := map[string]bool{}
	for len(waiting) > 0 {
		path := waiting[0]
		waiting = waiting[1:]
		if seen[path] || !strings.HasSuffix(path, ".js") {
			continue
		}
		seen[path] = true
		response, body := get(t, server, http.MethodGet, path, "identity")
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", path, response.StatusCode)
		}
		if strings.Contains(path, "/vendor/") {
			continue
		}
		if lines := bytes.Count(body, []byte("\n")); lines >= 150 {
			t.Errorf("%s has %d lines; split it", path, lines)
		}
		for _, match := range regexp.MustCompile(`(?:from |import\()'\./([a-z_/]+\.js)'`).FindAllSubmatch(body, -1) {
			waiting = append(waiting, path[:strings.LastIndexByte(path, '/')+1]+string(match[1]))
		}
	}
	if len(seen) < 44 {
		t.Errorf("only %d modules are reached", len(seen))
	}
}

func TestStaticRefuses(t *testing.T) {
	u := MustNew(t)
	server := httptest.NewServer(u.Static())
	defer server.Close()
	sheet := assets(t, u, libraryPage(nil))[1]
	for _, test := range []struct {
		method, path, encoding string
		status                 int
		cache, packed          string
	}{
		{http.MethodGet, "/static/0000000000000000/holt.css", "gzip", 200, "no-cache", "gzip"},
		{http.MethodGet, "/static/holt.css", "", 404, "", ""},
		{http.MethodGet, sheet + "x", "", 404, "", ""},
		{http.MethodGet, "/static/x/../ui.go", "", 404, "", ""},
		{http.MethodGet, "/static/x/%2e%2e/templates/library.html", "", 404, "", ""},
		{http.MethodGet, "/static/", "", 404, "", ""},
		{http.MethodPost, sheet, "", 405, "", ""},
		{http.MethodHead, sheet, "gzip", 200, "public, max-age=31536000, immutable", "gzip"},
		{http.MethodGet, sheet, "gzip;q=0", 200, "public, max-age=31536000, immutable", ""},
		{http.MethodGet, sheet, "GZIP ; q=1.0", 200, "public, max-age=31536000, immutable", "gzip"},
		{http.MethodGet, sheet, "x-gzipped", 200, "public, max-age=31536000, immutable", ""},
		{http.MethodGet, "/static/x/vendor/katex/katex.css", "gzip", 200, "no-cache", "gzip"},
		{http.MethodGet, "/static/x/vendor/katex/katex.css", "", 200, "no-cache", ""},
		{http.MethodHead, "/static/x/vendor/katex/katex.css", "", 200, "no-cache", ""},
		{http.MethodGet, "/static/x/vendor/katex/fonts/KaTeX_Main-Regular.woff2", "gzip", 200, "no-cache", ""},
		{http.MethodGet, "/static/x/vendor/katex/katex.css.gz", "gzip", 404, "", ""},
		{http.MethodGet, "/static/x/vendor/katex/", "gzip", 404, "", ""},
		{http.MethodGet, "/static/x/vendor/../wiki.js", "gzip", 404, "", ""},
	} {
		response, body := get(t, server, test.method, test.path, test.encoding)
		if response.StatusCode != test.status {
			t.Errorf("%s %s: status %d, want %d", test.method, test.path, response.StatusCode, test.status)
		}
		if test.status == http.StatusOK && response.Header.Get("Cache-Control") != test.cache {
			t.Errorf("%s %s: Cache-Control %q, want %q", test.method, test.path, response.Header.Get("Cache-Control"), test.cache)
		}
		if got := response.Header.Get("Content-Encoding"); got != test.packed {
			t.Errorf("%s %s with %q: Content-Encoding %q, want %q", test.method, test.path, test.encoding, got, test.packed)
		}
		if test.method == http.MethodHead && len(body) > 0 {
			t.Errorf("HEAD has a body of %d bytes", len(body))
		}
	}
}

// TestStyleSheetKeepsToThePolicy finds what would load from elsewhere.
func TestStyleSheetKeepsToThePolicy(t *testing.T) {
	u := MustNew(t)
	server := httptest.NewServer(u.Static())
	defer server.Close()
	for _, name := range []string{"holt.css", "chat.css", "wiki.css"} {
		_, sheet := get(t, server, http.MethodGet, "/static/x/"+name, "identity")
		for _, forbidden := range []string{"@import", "url(", "http:", "https:"} {
			if bytes.Contains(sheet, []byte(forbidden)) {
				t.Errorf("%s has %q", name, forbidden)
			}
		}
		if opened, closed := bytes.Count(sheet, []byte("{")), bytes.Count(sheet, []byte("}")); opened != closed || opened < 50 {
			t.Errorf("%s: %d braces open and %d close", name, opened, closed)
		}
	}
}
