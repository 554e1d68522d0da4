package queue_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant/queue"
)

func MustDB(tb testing.TB) *sqlite.DB {
	tb.Helper()
	db, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "q.db"), sqlite.Options{
		Schema: sqlite.Schema{Steps: []string{queue.Schema()}}, Create: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

func MustAdd(tb testing.TB, db *sqlite.DB, subject string, notBefore time.Time) {
	tb.Helper()
	err := db.Write(tb.Context(), func(tx *sql.Tx) error {
		return queue.Add(tb.Context(), tx, "ingest", subject, notBefore)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func MustClaim(tb testing.TB, q *queue.Queue) (*queue.Job, time.Time) {
	tb.Helper()
	job, next, err := q.Claim(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return job, next
}

func finish(ctx context.Context, db *sqlite.DB, job *queue.Job) (wanted bool, err error) {
	err = db.Write(ctx, func(tx *sql.Tx) error {
		wanted, err = queue.Finish(ctx, tx, job)
		return err
	})
	return wanted, err
}

func TestQueueOrderAndEnd(t *testing.T) {
	db := MustDB(t)
	q := queue.New(db)
	if job, next := MustClaim(t, q); job != nil || !next.IsZero() {
		t.Fatalf("an empty queue gave %v, %v", job, next)
	}
	now := time.Now()
	MustAdd(t, db, "second", now.Add(-time.Minute))
	MustAdd(t, db, "first", now.Add(-time.Hour))
	MustAdd(t, db, "later", now.Add(time.Hour))
	MustAdd(t, db, "first", now) // is there already
	for _, want := range []string{"first", "second"} {
		job, _ := MustClaim(t, q)
		if job == nil || job.Subject != want || job.Attempts != 1 {
			t.Fatalf("got %+v, want %s", job, want)
		}
		if wanted, err := finish(t.Context(), db, job); err != nil || !wanted {
			t.Errorf("finish: %v, %v", wanted, err)
		}
		if wanted, err := finish(t.Context(), db, job); err != nil || wanted {
			t.Errorf("finished twice: %v, %v", wanted, err)
		}
	}
	job, next := MustClaim(t, q)
	if job != nil || next.Sub(now).Round(time.Minute) != time.Hour {
		t.Errorf("got %v and next %v, want none and in an hour", job, next)
	}
	if n, err := q.Waiting(t.Context()); err != nil || n != 1 {
		t.Errorf("%d waiting, %v", n, err)
	}
}

func TestClaimedJobIsLeftAlone(t *testing.T) {
	db := MustDB(t)
	q := queue.New(db)
	MustAdd(t, db, "book", time.Now())
	job, _ := MustClaim(t, q)
	if again, next := MustClaim(t, q); again != nil || next.IsZero() {
		t.Fatalf("claimed twice: %v, %v", again, next)
	}
	if wanted, err := q.Extend(t.Context(), job); err != nil || !wanted {
		t.Errorf("extend: %v, %v", wanted, err)
	}
}

func TestTwinBeginsAfterTheFirst(t *testing.T) {
	db := MustDB(t)
	q := queue.New(db)
	for _, c := range []struct {
		end string
		do  func(job *queue.Job) error
	}{
		{"finished", func(job *queue.Job) error { _, err := finish(t.Context(), db, job); return err }},
		{"put back", func(job *queue.Job) error { return q.PutBack(t.Context(), job, time.Hour, false) }},
	} {
		t.Run(c.end, func(t *testing.T) {
			MustAdd(t, db, c.end, time.Now())
			first, _ := MustClaim(t, q)
			MustAdd(t, db, c.end, time.Now()) // it changed while it was worked on
			if twin, next := MustClaim(t, q); twin != nil || !next.After(time.Now()) {
				t.Errorf("both run at once, or nothing says when to look again: %+v, %v", twin, next)
			}
			MustAdd(t, db, "other", time.Now())
			other, _ := MustClaim(t, q)
			if other == nil || other.Subject != "other" {
				t.Fatalf("got %+v, want the other subject's job", other)
			}
			if _, err := finish(t.Context(), db, other); err != nil {
				t.Fatal(err)
			}
			if err := c.do(first); err != nil {
				t.Fatal(err)
			}
			twin, _ := MustClaim(t, q)
			if twin == nil || twin.ID == first.ID || twin.Subject != c.end {
				t.Fatalf("got %+v, want what was added meanwhile", twin)
			}
			if _, err := finish(t.Context(), db, twin); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestRemovedJobIsNotWanted(t *testing.T) {
	db := MustDB(t)
	q := queue.New(db)
	MustAdd(t, db, "book", time.Now())
	job, _ := MustClaim(t, q)
	err := db.Write(t.Context(), func(tx *sql.Tx) error { return queue.Remove(t.Context(), tx, "ingest", "book") })
	if err != nil {
		t.Fatal(err)
	}
	if wanted, err := q.Extend(t.Context(), job); err != nil || wanted {
		t.Errorf("extend: %v, %v", wanted, err)
	}
	if wanted, err := finish(t.Context(), db, job); err != nil || wanted {
		t.Errorf("finish: %v, %v", wanted, err)
	}
	if err := q.PutBack(t.Context(), job, 0, false); err != nil {
		t.Error(err)
	}
	if n, err := q.Waiting(t.Context()); err != nil || n != 0 {
		t.Errorf("it came back: %d, %v", n, err)
	}
}

func TestPutBack(t *testing.T) {
	db := MustDB(t)
	q := queue.New(db)
	MustAdd(t, db, "book", time.Now())
	job, _ := MustClaim(t, q)
	if err := q.PutBack(t.Context(), job, 0, true); err != nil {
		t.Fatal(err)
	}
	job, _ = MustClaim(t, q)
	if job == nil || job.Attempts != 1 {
		t.Fatalf("an interruption counted: %+v", job)
	}
	if err := q.PutBack(t.Context(), job, time.Hour, false); err != nil {
		t.Fatal(err)
	}
	if again, next := MustClaim(t, q); again != nil || time.Until(next) < 59*time.Minute {
		t.Errorf("the pause was not kept: %v, %v", again, next)
	}
}

func TestPutBackBesideTwin(t *testing.T) {
	db := MustDB(t)
	q := queue.New(db)
	MustAdd(t, db, "book", time.Now())
	job, _ := MustClaim(t, q)
	MustAdd(t, db, "book", time.Now())
	if err := q.PutBack(t.Context(), job, 0, false); err != nil {
		t.Fatal(err)
	}
	if n, err := q.Waiting(t.Context()); err != nil || n != 1 {
		t.Errorf("%d jobs, %v; want one for both", n, err)
	}
}

func TestRecover(t *testing.T) {
	db := MustDB(t)
	q := queue.New(db)
	for _, subject := range []string{"a", "b"} {
		MustAdd(t, db, subject, time.Now())
		MustClaim(t, q)
	}
	MustAdd(t, db, "b", time.Now())
	if err := q.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for {
		job, _ := MustClaim(t, q)
		if job == nil {
			break
		}
		got[job.Subject] = job.Attempts
	}
	if len(got) != 2 || got["a"] != 2 || got["b"] != 1 {
		t.Errorf("recovered %v, want a for the second and b for the first time", got)
	}
}

func TestAddIsPartOfTheTransaction(t *testing.T) {
	db := MustDB(t)
	no := errors.New("no")
	err := db.Write(t.Context(), func(tx *sql.Tx) error {
		if err := queue.Add(t.Context(), tx, "ingest", "book", time.Now()); err != nil {
			return err
		}
		return no
	})
	if !errors.Is(err, no) {
		t.Fatal(err)
	}
	if n, err := queue.New(db).Waiting(t.Context()); err != nil || n != 0 {
		t.Errorf("%d jobs, %v", n, err)
	}
}
