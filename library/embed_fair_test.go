package library_test

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
)

func MustAddPages(tb testing.TB, l *library.Library, n int) {
	tb.Helper()
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("Page %d tells of an otter.", i)
	}
	if err := l.AddPages(tb.Context(), "Long", texts); err != nil {
		tb.Fatal(err)
	}
}

// MustClaim does the next job.
func MustClaim(tb testing.TB, l *library.Library) {
	tb.Helper()
	task, _, err := l.Claim(tb.Context())
	if err != nil || task == nil {
		tb.Fatalf("no job: %v", err)
	}
	task(tb.Context())
}

// awaitWait returns when somebody waits for a connection.
func awaitWait(tb testing.TB, pool *sql.DB, before int64) {
	tb.Helper()
	for pool.Stats().WaitCount == before {
		if tb.Context().Err() != nil {
			tb.Fatal("nobody waits")
		}
		runtime.Gosched()
	}
}

// MustHold takes all connections of a pool.
func MustHold(tb testing.TB, pool *sql.DB) (release func()) {
	tb.Helper()
	var held []*sql.Conn
	for range pool.Stats().MaxOpenConnections {
		conn, err := pool.Conn(tb.Context())
		if err != nil {
			tb.Fatal(err)
		}
		held = append(held, conn)
	}
	return func() {
		for _, conn := range held {
			conn.Close()
		}
	}
}

// Each claim does something, however short a slice is.
func TestLibrary_EmbedInEachClaim(t *testing.T) {
	l, _, e, _ := withEmbedder(t)
	MustAddPages(t, l, 200)
	l.SetSlice(0)
	for claims := 1; claims <= 4; claims++ {
		MustClaim(t, l)
	}
	if e.n != 200 {
		t.Errorf("%d passages are embedded", e.n)
	}
}

// Without a slot a job does not occupy its worker, and loses nothing.
func TestLibrary_EmbedSlots(t *testing.T) {
	slots := make(chan struct{}, 1)
	l, _, e, _ := withEmbedder(t, func(c *library.Config) { c.EmbedSlots = slots })
	MustAddPages(t, l, 1)
	slots <- struct{}{} // another library is embedded
	before := time.Now()
	MustClaim(t, l)
	attempts, due, err := l.JobAttempts(t.Context())
	if err != nil || attempts != 0 || !due.After(before) || due.After(before.Add(time.Minute)) || e.n != 0 {
		t.Errorf("begun %d times, due in %v, %d embedded; %v", attempts, due.Sub(before), e.n, err)
	}
	<-slots
	if err := l.HurryJobs(t.Context()); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	if state := MustMeaning(t, l); !state.Ready() || len(slots) != 0 {
		t.Errorf("state %+v, %d slots are taken", state, len(slots))
	}
}

// stalled is an embedder that does not come to an end with many texts.
type stalled struct {
	*hashed
	most  int
	calls []int
}

func (s *stalled) Embed(ctx context.Context, texts []string, query bool) ([][]float32, error) {
	s.calls = append(s.calls, len(texts))
	if len(texts) > s.most {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.hashed.Embed(ctx, texts, query)
}

// A claim ends though the model does not answer; it gets fewer passages the next
// time, as it may be just slow.
func TestLibrary_EmbedDeadline(t *testing.T) {
	l, o, e, _ := withEmbedder(t)
	slow := &stalled{hashed: e}
	o.change(func() { o.embed.Local = slow })
	MustAddPages(t, l, 100)
	claim := func() {
		if err := l.HurryJobs(t.Context()); err != nil {
			t.Fatal(err)
		}
		MustClaim(t, l)
	}
	l.SetEmbedClaim(0)
	claim()
	if state := MustMeaning(t, l); state.Embedded != 0 || !strings.Contains(state.Problem, "too long") {
		t.Errorf("state %+v", state)
	}
	claim()
	l.SetEmbedClaim(time.Minute)
	slow.most = 64
	claim()
	if !slices.Equal(slow.calls[:3], []int{64, 16, 4}) {
		t.Errorf("calls with %v passages", slow.calls)
	}
	if state := MustMeaning(t, l); !state.Ready() || state.Problem != "" {
		t.Errorf("state %+v", state)
	}
}

// Who looks for passages to embed holds no connection that searches need while
// they hold those it needs.
func TestLibrary_EmbedHoldsOneDatabase(t *testing.T) {
	l, _, e, _ := withEmbedder(t)
	MustAddText(t, l, "otters.txt", otters)
	vectors, err := l.VectorReader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waits := l.Reader().Stats().WaitCount
	release := MustHold(t, l.Reader())
	looked := make(chan error, 1)
	go func() {
		_, err := l.LookForMissing(t.Context(), e.ID())
		looked <- err
	}()
	awaitWait(t, l.Reader(), waits)
	if n := vectors.Stats().InUse; n != 0 {
		t.Errorf("it waits and holds %d connections", n)
	}
	release()
	if err := <-looked; err != nil {
		t.Error(err)
	}
}
