package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/access"
)

// TestDescriptionMatchesRoutes holds the OpenAPI document against the routes.
func TestDescriptionMatchesRoutes(t *testing.T) {
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Parameters  []struct{ Name, In string }
			Security    *[]map[string][]string
			Responses   map[string]any
		}
		Components struct{ Schemas, Responses map[string]any }
	}
	if err := json.Unmarshal(openapi, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("version %q", doc.OpenAPI)
	}
	inPath := regexp.MustCompile(`\{(\w+)\}`)
	var described []string
	for path, methods := range doc.Paths {
		for method, op := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
			var want, got []string
			for _, m := range inPath.FindAllStringSubmatch(path, -1) {
				want = append(want, m[1])
			}
			for _, p := range op.Parameters {
				if p.In == "path" {
					got = append(got, p.Name)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s %s: path parameters %v, want %v", method, path, got, want)
			}
			if op.OperationID == "" || len(op.Responses) == 0 {
				t.Errorf("%s %s: no operation id or no responses", method, path)
			}
		}
	}
	var served []string
	for _, r := range (&server{}).routes() {
		if !strings.Contains(r.pattern, " /api/") {
			continue
		}
		pattern := strings.ReplaceAll(r.pattern, "...}", "}")
		served = append(served, pattern)
		method, path, _ := strings.Cut(pattern, " ")
		op := doc.Paths[path][strings.ToLower(method)]
		if open := op.Security != nil && len(*op.Security) == 0; open != (r.audience == anybody) {
			t.Errorf("%s: the description says open: %v, the route %v", pattern, open, r.audience == anybody)
		}
		if _, says401 := op.Responses["401"]; says401 == (r.audience == anybody) {
			t.Errorf("%s: 401 described: %v", pattern, says401)
		}
		if _, says403 := op.Responses["403"]; r.audience == writer && !says403 {
			t.Errorf("%s: changes something, but 403 is not described", pattern)
		}
	}
	for _, r := range (&server{}).wikiAPIRoutes() {
		path := "/w/{slug}" + r.pattern
		served = append(served, r.method+" "+path)
		op := doc.Paths[path][strings.ToLower(r.method)]
		if op.Security == nil || len(*op.Security) != 3 || len((*op.Security)[0]) != 0 {
			t.Errorf("%s %s: it does not say that a public wiki needs no credentials", r.method, path)
		}
		for _, status := range []string{"401", "403", "404"} {
			if _, ok := op.Responses[status]; !ok {
				t.Errorf("%s %s: %s is not described", r.method, path, status)
			}
		}
		if _, says413 := op.Responses["413"]; says413 != r.need.Has(access.Write) {
			t.Errorf("%s %s: a wiki that is full described: %v", r.method, path, says413)
		}
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described:\n%s\nserved:\n%s", strings.Join(described, "\n"), strings.Join(served, "\n"))
	}
	for _, ref := range regexp.MustCompile(`"\$ref": "#/components/(\w+)/(\w+)"`).FindAllStringSubmatch(string(openapi), -1) {
		in := map[string]map[string]any{"schemas": doc.Components.Schemas, "responses": doc.Components.Responses}[ref[1]]
		if _, ok := in[ref[2]]; !ok {
			t.Errorf("%s is not defined", ref[0])
		}
	}
}

// TestReadOnlyMethodsAreSafe keeps GET from changing anything: it needs no
// right to write, and other sites can make a browser send it.
func TestReadOnlyMethodsAreSafe(t *testing.T) {
	for _, r := range (&server{}).routes() {
		get := strings.HasPrefix(r.pattern, "GET ")
		if get && r.audience == writer {
			t.Errorf("%s is a GET that writes", r.pattern)
		}
		if !get && r.audience == reader {
			t.Errorf("%s changes the library with the right to read", r.pattern)
		}
	}
}

func TestLocalPath(t *testing.T) {
	for _, c := range []struct{ path, want string }{
		{"/", "/"},
		{"/search?q=a+b&tag=x", "/search?q=a+b&tag=x"},
		{"/read/abc/3", "/read/abc/3"},
		{"", "/"},
		{"//evil.example", "/"},
		{"///evil.example", "/"},
		{"/\\evil.example", "/"},
		{"\\\\evil.example", "/"},
		{"/\t/evil.example", "/"},
		{"/\n/evil.example", "/"},
		{"https://evil.example/", "/"},
		{"https:evil.example", "/"},
		{"javascript:alert(1)", "/"},
		{"evil.example", "/"},
		{"/%2F/evil.example", "/"},
		{"/%2fevil.example", "/"},
		{"/ok#fragment", "/ok"},
		{"/%zz", "/"},
	} {
		if got := localPath(c.path); got != c.want {
			t.Errorf("localPath(%q) = %q, want %q", c.path, got, c.want)
		}
	}
}

func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/a", "//b", "/\\c", "/%5C%5Cd", "/%2F%2Fe", "http://f", "/a?next=//g", "/.//h", "/..//i"} {
		f.Add(s)
	}
	here, err := url.Parse("https://holt.example/signin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got := localPath(path)
		// As browsers read it: backslashes are slashes, tabs and line ends are not there.
		seen := strings.NewReplacer("\\", "/", "\t", "", "\n", "", "\r", "").Replace(got)
		u, err := here.Parse(seen)
		if err != nil || u.Host != here.Host || u.Scheme != here.Scheme || strings.HasPrefix(seen, "//") {
			t.Errorf("localPath(%q) = %q, which leads to %v (%v)", path, got, u, err)
		}
	})
}

// TestEveryNoticeIsUsed keeps the texts that a redirect may show and the
// redirects together.
func TestEveryNoticeIsUsed(t *testing.T) {
	var code strings.Builder
	for _, name := range []string{"pages_library.go", "pages_read.go", "pages_door.go", "pages_account.go", "pages_admin.go", "upload.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(text)
	}
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`notice=([a-z-]+)"`).FindAllStringSubmatch(code.String(), -1) {
		used[m[1]] = true
		if _, ok := notices[m[1]]; !ok {
			t.Errorf("there is no notice %q", m[1])
		}
	}
	for name := range notices {
		if !used[name] {
			t.Errorf("notice %q is never shown", name)
		}
	}
}

// TestSlowBodyEnds has a client that never sends the rest of its body.
func TestSlowBodyEnds(t *testing.T) {
	got := make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := &recorder{ResponseWriter: w, connection: http.NewResponseController(w)}
		out.allowReading(50 * time.Millisecond)
		_, err := io.ReadAll(r.Body)
		got <- err
	}))
	defer srv.Close()
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"); err != nil {
		t.Fatal(err)
	}
	if err := <-got; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the body ended with %v", err)
	}
	if p := problemOf(fmt.Errorf("read: %w", os.ErrDeadlineExceeded)); p.status != http.StatusRequestTimeout {
		t.Errorf("answered with %d", p.status)
	}
}
