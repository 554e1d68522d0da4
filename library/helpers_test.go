package library_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

func TestMain(m *testing.M) {
	pdf.RunChild()
	cache, err := os.MkdirTemp("", "holt-library-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv("HOLT_TEST_PDF_CACHE", cache)
	code := m.Run()
	os.RemoveAll(cache)
	os.Exit(code)
}

func MustEngine(tb testing.TB, processes int) *pdf.Engine {
	tb.Helper()
	engine, err := pdf.NewEngine(pdf.Options{Processes: processes, CacheDir: os.Getenv("HOLT_TEST_PDF_CACHE")})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { engine.Close() })
	return engine
}

// ledger keeps the notes of a pool in memory.
type ledger struct {
	mu    sync.Mutex
	notes map[tenant.ID]int64
}

func (l *ledger) Note(_ context.Context, id tenant.ID) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes[id]++
	return l.notes[id], nil
}

func (l *ledger) Clear(_ context.Context, id tenant.ID, generation int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.notes[id] == generation {
		delete(l.notes, id)
	}
	return nil
}

func (l *ledger) Notes(context.Context) ([]queue.Note, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []queue.Note
	for id, generation := range l.notes {
		all = append(all, queue.Note{ID: id, Generation: generation})
	}
	return all, nil
}

// server is what holds libraries in a program: registry and pool.
type server struct {
	dir      string
	notes    *ledger
	engine   *pdf.Engine
	registry *tenant.Registry[*library.Library]
	fleet    *tenant.Fleet
	handles  []*tenant.Handle[*library.Library]
	stop     func() // ends the pool and closes the registry, as a shutdown does
}

type settings struct {
	limits    tenant.Limits
	maxUpload int64
	cache     int64
	idle      bool // no background work: the test claims jobs itself
	processes int  // of the PDF engine
	dir       string
	notes     *ledger
	change    func(*library.Config)
}

func MustServe(tb testing.TB, s settings) *server {
	tb.Helper()
	if s.dir == "" {
		s.dir = tb.TempDir()
	}
	if s.notes == nil {
		s.notes = &ledger{notes: make(map[tenant.ID]int64)}
	}
	kind, err := library.Kind()
	if err != nil {
		tb.Fatal(err)
	}
	fleet, err := tenant.OpenFleet(s.dir, kind)
	if err != nil {
		tb.Fatal(err)
	}
	out := &server{dir: s.dir, notes: s.notes, engine: MustEngine(tb, s.processes), fleet: fleet}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	var pool *queue.Pool
	cfg := library.Config{
		PDF: out.engine, Logger: quiet, CacheBytes: s.cache,
		Limits: func(context.Context, tenant.ID) (tenant.Limits, int64, error) { return s.limits, s.maxUpload, nil },
		Announce: func(ctx context.Context, id tenant.ID) (func(), error) {
			if s.idle {
				return func() {}, nil
			}
			return pool.Announce(ctx, id)
		},
	}
	cfg.Hold = func(ctx context.Context, id tenant.ID) (context.Context, func(), error) {
		h, err := out.registry.Acquire(ctx, id)
		if err != nil {
			return nil, nil, err
		}
		return h.Leaving(), h.Release, nil
	}
	if s.change != nil {
		s.change(&cfg)
	}
	out.registry = tenant.NewRegistry(fleet, func(ctx context.Context, home *tenant.Home) (*library.Library, error) {
		return library.Open(ctx, home, cfg)
	}, tenant.Options{Logger: quiet})
	pool = queue.NewPool(out.claim, s.notes, queue.Options{Workers: 2, Logger: quiet})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	if !s.idle {
		running.Go(func() { pool.Run(ctx) })
	}
	out.stop = sync.OnceFunc(func() {
		cancel()
		running.Wait()
		for _, h := range out.handles {
			h.Release()
		}
		if err := errors.Join(out.registry.Close(context.Background()), fleet.Close()); err != nil {
			tb.Error(err)
		}
	})
	tb.Cleanup(out.stop)
	return out
}

// claim is how a server gives a library's jobs to the pool.
func (s *server) claim(ctx context.Context, id tenant.ID) (queue.Task, time.Time, error) {
	h, err := s.registry.Acquire(ctx, id)
	if err != nil {
		return nil, time.Time{}, err
	}
	task, due, err := h.Value().Claim(ctx)
	if task == nil {
		h.Release()
		return nil, due, err
	}
	return func(ctx context.Context) {
		defer h.Release()
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(h.Leaving(), cancel)()
		task(ctx)
	}, time.Time{}, nil
}

// MustLibrary returns the library of a user, pinned until the server stops.
func (s *server) MustLibrary(tb testing.TB, user string) *library.Library {
	tb.Helper()
	id, err := tenant.ParseID(user)
	if err != nil {
		tb.Fatal(err)
	}
	h, err := s.registry.AcquireOrCreate(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	s.handles = append(s.handles, h)
	return h.Value()
}

// MustOpen serves one library.
func MustOpen(tb testing.TB, s settings) *library.Library {
	tb.Helper()
	return MustServe(tb, s).MustLibrary(tb, "ada")
}

func MustUpload(tb testing.TB, l *library.Library, name string, content []byte) library.Document {
	tb.Helper()
	doc, _, err := l.Upload(tb.Context(), name, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// MustSettle waits until a document is ready or has failed.
func MustSettle(tb testing.TB, l *library.Library, id string) library.Document {
	tb.Helper()
	changes, err := l.Watch(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	for range changes {
	}
	doc, err := l.Document(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// MustAdd uploads a document and waits until it is ready.
func MustAdd(tb testing.TB, l *library.Library, name string, content []byte) library.Document {
	tb.Helper()
	doc := MustSettle(tb, l, MustUpload(tb, l, name, content).ID)
	if doc.Progress.Status != library.Ready {
		tb.Fatalf("%s: %+v", name, doc.Progress)
	}
	return doc
}

func MustSearch(tb testing.TB, l *library.Library, q library.Query) library.Results {
	tb.Helper()
	r, err := l.Search(tb.Context(), q)
	if err != nil {
		tb.Fatalf("search %q: %v", q.Text, err)
	}
	return r
}

// PDF makes a PDF file with a page of 300×400 points for each text, whose lines
// are divided by \n.
func PDF(pages ...string) []byte {
	escape := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`)
	drawn := make([]string, len(pages))
	for i, text := range pages {
		var content strings.Builder
		content.WriteString("BT /F 12 Tf 14 TL 30 360 Td\n")
		for line := range strings.SplitSeq(text, "\n") {
			fmt.Fprintf(&content, "(%s) Tj T*\n", escape.Replace(line))
		}
		content.WriteString("ET")
		drawn[i] = content.String()
	}
	return pdfOf(drawn...)
}

// SlowPDF makes a PDF with a second page that takes seconds to draw: it blends
// very many rectangles.
func SlowPDF() []byte {
	return pdfOf("BT /F 12 Tf 30 360 Td (A cover with a few words on it) Tj ET",
		"/G gs\n"+strings.Repeat("0 0 300 400 re f\n", 20_000))
}

// pdfOf makes a PDF file of what draws each page.
func pdfOf(pages ...string) []byte {
	objects := []string{"", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"}
	add := func(body string) int {
		objects = append(objects, body)
		return len(objects)
	}
	var kids strings.Builder
	for _, content := range pages {
		body := add(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content))
		page := add(fmt.Sprintf("<</Type/Page/Parent 2 0 R/Contents %d 0 R"+
			"/Resources<</Font<</F 3 0 R>>/ExtGState<</G<</BM/Multiply/ca .5>>>>>>>>", body))
		fmt.Fprintf(&kids, "%d 0 R ", page)
	}
	objects[0] = "<</Type/Catalog/Pages 2 0 R>>"
	objects[1] = fmt.Sprintf("<</Type/Pages/MediaBox[0 0 300 400]/Kids[%s]/Count %d>>", kids.String(), len(pages))
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offsets := make([]int, len(objects))
	for i, body := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return b.Bytes()
}

// LongPDF makes a PDF that takes long enough to read to be met in the middle.
func LongPDF(pages int) []byte {
	texts := make([]string, pages)
	for i := range texts {
		texts[i] = fmt.Sprintf("Page %d of a long book about stoats and weasels.\nIt goes on for quite some time yet, %d.", i+1, i)
	}
	return PDF(texts...)
}
