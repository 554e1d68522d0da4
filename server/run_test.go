package server_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/holtdb/holt/samples"
	"github.com/holtdb/holt/server"
)

// document is what the tests read of a document.
type document struct {
	ID     string `json:"id"`
	Status string `json:"status"`
}

// uploadRequest makes an upload of files by name.
func uploadRequest(tb testing.TB, url string, files map[string][]byte) *http.Request {
	tb.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, content := range files {
		w, err := form.CreateFormFile("file", name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			tb.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		tb.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, url+"/api/library", &body)
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

// mustUpload uploads files and returns their documents.
func mustUpload(tb testing.TB, url, token string, files map[string][]byte) []document {
	tb.Helper()
	status, body := MustDo(tb, http.DefaultClient, uploadRequest(tb, url, files), token)
	if status != http.StatusCreated {
		tb.Fatalf("upload answers %d: %s", status, body)
	}
	return mustDocuments(tb, body)
}

func mustDocuments(tb testing.TB, body string) []document {
	tb.Helper()
	var answer struct {
		Documents []document `json:"documents"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		tb.Fatalf("%v in %s", err, body)
	}
	return answer.Documents
}

// mustFollow reads a document's events to their end.
func mustFollow(tb testing.TB, url, token, id string) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/library/"+id+"/events", nil)
	if err != nil {
		tb.Fatal(err)
	}
	_, events := MustDo(tb, http.DefaultClient, r, token)
	return events
}

func TestShutdownParksJobsAndTheNextStartResumesThem(t *testing.T) {
	data := t.TempDir()
	token, _ := MustToken(t, data, "ann")
	s := MustOpen(t, quiet(data))
	stop := MustRun(t, s)
	files := make(map[string][]byte)
	for _, name := range []string{"river-otter.pdf", "small-server.pdf", "skerry-point.epub", "bread-slowly.md"} {
		content, err := fs.ReadFile(samples.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = content
	}
	docs := mustUpload(t, s.URL(), token, files)
	// The readers of PDF are only now compiled: those jobs are under way or wait.
	stop()

	s = MustOpen(t, quiet(data))
	MustRun(t, s)
	_, body := MustGet(t, http.DefaultClient, s.URL()+"/api/library", token)
	parked := 0
	for _, d := range mustDocuments(t, body) {
		switch d.Status {
		case "queued":
			parked++
		case "ready", "processing": // done before, or begun again since
		default:
			t.Errorf("document %s is %s after the restart", d.ID, d.Status)
		}
	}
	t.Logf("%d of %d documents were parked", parked, len(docs))
	for _, d := range docs {
		if events := mustFollow(t, s.URL(), token, d.ID); !strings.Contains(events, `"ready"`) {
			t.Errorf("document %s is not read: %s", d.ID, events)
		}
	}
}

// halfUpload is a body that stays open until more is closed.
type halfUpload struct {
	io.Reader
	begun chan struct{}
	more  chan struct{}
	rest  io.Reader
	on    bool
}

func (h *halfUpload) Read(p []byte) (int, error) {
	if n, err := h.Reader.Read(p); err != io.EOF {
		return n, err
	}
	if !h.on {
		close(h.begun)
		<-h.more
		h.on = true
	}
	return h.rest.Read(p)
}

func TestShutdownFinishesRequestsUnderWay(t *testing.T) {
	data := t.TempDir()
	token, _ := MustToken(t, data, "ann")
	s := MustOpen(t, quiet(data))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()

	whole := uploadRequest(t, s.URL(), map[string][]byte{"note.md": []byte("# Note\n\n" + strings.Repeat("otters swim ", 20000))})
	content, err := io.ReadAll(whole.Body)
	if err != nil {
		t.Fatal(err)
	}
	half := &halfUpload{
		Reader: bytes.NewReader(content[:1000]), rest: bytes.NewReader(content[1000:]),
		begun: make(chan struct{}), more: make(chan struct{}),
	}
	r, err := http.NewRequest(http.MethodPost, whole.URL.String(), half)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = whole.Header
	r.ContentLength = int64(len(content))
	r.Header.Set("Expect", "100-continue") // the body is read once the handler asks for it
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: patience}}
	defer client.CloseIdleConnections()
	type answer struct {
		status int
		body   string
	}
	answered := make(chan answer, 1)
	go func() {
		status, body := MustDo(t, client, r, token)
		answered <- answer{status, body}
	}()
	<-half.begun
	cancel()
	awaitRefusal(t, s.URL())
	close(half.more)
	if a := <-answered; a.status != http.StatusCreated {
		t.Errorf("the upload under way was answered %d: %s", a.status, a.body)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// awaitRefusal waits until a server takes no more connections.
func awaitRefusal(tb testing.TB, url string) {
	tb.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	await(tb, "the refusal of connections", func() bool {
		resp, err := client.Get(url + "/api/health")
		if err != nil {
			return true
		}
		resp.Body.Close()
		return false
	})
}

func TestASignalStopsAServerThatShowsEvents(t *testing.T) {
	data := t.TempDir()
	token, _ := MustToken(t, data, "ann")
	s := MustOpen(t, quiet(data))
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()

	// A PDF keeps its stream open for as long as the reader is compiled.
	content, err := fs.ReadFile(samples.Files(), "river-otter.pdf")
	if err != nil {
		t.Fatal(err)
	}
	doc := mustUpload(t, s.URL(), token, map[string][]byte{"a.pdf": content})[0]
	r, err := http.NewRequest(http.MethodGet, s.URL()+"/api/library/"+doc.ID+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	events := bufio.NewReader(resp.Body)
	if _, err := events.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(events); err != nil {
		t.Errorf("the stream was cut, not ended: %v", err)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("the server does not stop")
	}
	if _, err := os.Stat(filepath.Join(data, server.PlatformFile+"-wal")); !os.IsNotExist(err) {
		t.Errorf("the platform database was not closed: %v", err)
	}
}
