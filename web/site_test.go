package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
)

func TestMain(m *testing.M) {
	pdf.RunChild()
	os.Exit(m.Run())
}

const jwtSecret = "a secret that is shared with the tests and long enough"

// site is a whole server on a loopback port.
type site struct {
	url   string
	data  string
	store *platform.Store // a second look at the platform database
	log   *bytes.Buffer
}

// MustSite starts a server. What is to be different about it, change changes.
func MustSite(tb testing.TB, change ...func(*server.Config)) *site {
	tb.Helper()
	s := &site{data: tb.TempDir(), log: &bytes.Buffer{}}
	cfg := server.Config{
		Data: s.data, Listen: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
		JWT: &identity.JWTConfig{Secret: []byte(jwtSecret), TierClaim: "tier"},
	}
	for _, c := range change {
		c(&cfg)
	}
	srv, err := server.Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	s.url = srv.URL()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx) }()
	tb.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
	})
	if s.store, err = server.OpenPlatform(tb.Context(), s.data); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// visitor is somebody who talks to a site: with a token, or with what cookies
// the site gave.
type visitor struct {
	tb     testing.TB
	site   *site
	bearer string
	client *http.Client
}

// anonymous returns a visitor with an empty cookie jar, who does not follow
// redirects.
func (s *site) anonymous(tb testing.TB) *visitor {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return &visitor{tb: tb, site: s, client: &http.Client{Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// user returns somebody who comes with a JWT.
func (s *site) user(tb testing.TB, id string) *visitor { return s.userOfTier(tb, id, "") }

func (s *site) userOfTier(tb testing.TB, id, tier string) *visitor {
	tb.Helper()
	claims := jwt.MapClaims{"id": id, "exp": time.Now().Add(time.Hour).Unix()}
	if tier != "" {
		claims["tier"] = tier
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(jwtSecret))
	if err != nil {
		tb.Fatal(err)
	}
	v := s.anonymous(tb)
	v.bearer = token
	return v
}

// answer is what came back, read to the end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

// do sends a request. The answer of an event stream is cut off at its end event.
func (v *visitor) do(method, path, contentType string, body io.Reader) answer {
	v.tb.Helper()
	req, err := http.NewRequestWithContext(v.tb.Context(), method, v.site.url+path, body)
	if err != nil {
		v.tb.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if v.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+v.bearer)
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.tb.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		v.tb.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{res.StatusCode, res.Header, text}
}

func (v *visitor) get(path string) answer { v.tb.Helper(); return v.do("GET", path, "", nil) }

func (v *visitor) post(path string, fields url.Values) answer {
	v.tb.Helper()
	return v.do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
}

func (v *visitor) json(method, path string, body any) answer {
	v.tb.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		v.tb.Fatal(err)
	}
	return v.do(method, path, "application/json", bytes.NewReader(text))
}

// file is something to upload.
type file struct{ name, content string }

func (v *visitor) upload(path string, files ...file) answer {
	v.tb.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		part, err := form.CreateFormFile("file", f.name)
		if err != nil {
			v.tb.Fatal(err)
		}
		if _, err := io.WriteString(part, f.content); err != nil {
			v.tb.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		v.tb.Fatal(err)
	}
	return v.do("POST", path, form.FormDataContentType(), &body)
}

// want fails the test unless the answer has a status.
func (a answer) want(tb testing.TB, status int) answer {
	tb.Helper()
	if a.status != status {
		tb.Fatalf("status %d, want %d: %.600s", a.status, status, a.body)
	}
	return a
}

// into decodes a JSON answer.
func (a answer) into(tb testing.TB, target any) {
	tb.Helper()
	if err := json.Unmarshal(a.body, target); err != nil {
		tb.Fatalf("%v in %.600s", err, a.body)
	}
}

// code is the code of a JSON error.
func (a answer) code(tb testing.TB) string {
	tb.Helper()
	var body struct {
		Error struct{ Code, Message string }
	}
	a.into(tb, &body)
	if body.Error.Message == "" {
		tb.Errorf("an error without a message: %s", a.body)
	}
	return body.Error.Code
}

type document struct {
	ID, Title, Status, Error string
	Duplicate                bool
	Pages                    int
	Tags                     []string
	FileName                 string `json:"file_name"`
	NeedsPassword            bool   `json:"needs_password"`
}

// MustAdd uploads a file and waits until it was read.
func (v *visitor) MustAdd(f file) document {
	v.tb.Helper()
	var up struct{ Documents []document }
	v.upload("/api/library", f).want(v.tb, http.StatusCreated).into(v.tb, &up)
	return v.MustWait(up.Documents[0].ID)
}

// MustWait follows the events of a document until its reading has ended.
func (v *visitor) MustWait(id string) document {
	v.tb.Helper()
	events := string(v.get("/api/library/"+id+"/events").want(v.tb, http.StatusOK).body)
	if !strings.Contains(events, "event: end\n") {
		v.tb.Fatalf("the stream has no end: %s", events)
	}
	var d document
	v.get("/api/library/"+id).want(v.tb, http.StatusOK).into(v.tb, &d)
	return d
}

// onePagePDF is a PDF that shows one line of text on each page.
func onePagePDF(lines ...string) string {
	var out strings.Builder
	var offsets []int
	object := func(format string, args ...any) {
		offsets = append(offsets, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(offsets), fmt.Sprintf(format, args...))
	}
	out.WriteString("%PDF-1.7\n")
	var kids strings.Builder
	for i := range lines {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), len(lines))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	for i, line := range lines {
		object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>", 5+2*i)
		text := fmt.Sprintf("BT /F 14 Tf 40 500 Td (%s) Tj ET", line)
		object("<< /Length %d >>\nstream\n%s\nendstream", len(text), text)
	}
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	return out.String()
}
