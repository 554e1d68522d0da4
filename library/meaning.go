package library

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/sqlite"
)

// meaning is what a library keeps in memory to be searched by meaning.
type meaning struct {
	share   *retrieve.Share // nil: no matrix is kept
	loading chan struct{}   // has a token while embeddings are read into the matrix

	heldMu sync.Mutex // taken by evictions
	held   matrix

	counting chan struct{} // has a token while passages are counted
	asking   atomic.Bool   // while embeddings are asked for

	mu          sync.Mutex // of what follows; no other lock is taken and nothing is read under it
	problem     string
	queryFailed time.Time // when a query was last not embedded
	model       string    // whose embeddings have dim numbers, as was last seen
	dim         int       // 0: not known
	batch       int       // passages that are embedded by one call, 0 for the most
	counts      MeaningState
	countsOf    string    // id of the model
	counted     time.Time // zero: the counts are out of date
	recounts    int       // how often they were said to be
}

// countFor is how long the counts of embedded passages are believed.
const countFor = 2 * time.Second

// join takes part in the budget of the process.
func (m *meaning) join(budget *retrieve.Budget) {
	m.loading, m.counting = make(chan struct{}, 1), make(chan struct{}, 1)
	if budget != nil {
		m.share = budget.Join(m.drop)
	}
}

func (m *meaning) setProblem(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.problem = problemOf(err)
	if err == nil {
		m.queryFailed = time.Time{}
	}
	m.outdate()
}

// failedPause is how long no query is embedded after one that was not: a model
// server that is away would keep everybody waiting who searches.
const failedPause = 10 * time.Second

func (m *meaning) failed(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.queryFailed = now
}

func (m *meaning) failedLately(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now.Sub(m.queryFailed) < failedPause
}

func (m *meaning) lastProblem() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.problem
}

// recount has the passages counted at the next look.
func (m *meaning) recount() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.outdate()
}

// outdate is recount under the lock.
func (m *meaning) outdate() {
	m.counted = time.Time{}
	m.recounts++
}

// lastCounts returns the counts of a model, unless they are older than an age or
// out of date.
func (m *meaning) lastCounts(model string, age time.Duration) (MeaningState, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.counts, m.countsOf == model && !m.counted.IsZero() && time.Since(m.counted) < age
}

// countsBegin returns what keepCounts is given when the counts are there.
func (m *meaning) countsBegin() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.recounts
}

// keepCounts keeps the counts of a model, unless they were out of date while
// they were made.
func (m *meaning) keepCounts(model string, state MeaningState, begin int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.recounts == begin {
		m.counts, m.countsOf, m.counted = state, model, time.Now()
	}
}

// learn notes the dimension of a model's embeddings, and reports whether that
// is news.
func (m *meaning) learn(model string, dim int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.model == model && m.dim == dim {
		return false
	}
	m.model, m.dim = model, dim
	m.outdate()
	return true
}

// dimension returns the dimension of a model's embeddings as it was last seen,
// else that of the newest which are stored, 0 without any.
func (m *meaning) dimension(model string, newest int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.model != model && newest > 0 {
		m.model, m.dim = model, newest
	}
	if m.model == model {
		return m.dim
	}
	return newest
}

// Meaning says how far the library can be searched by meaning. Where passages
// are without an embedding, it has them embedded.
func (l *Library) Meaning(ctx context.Context) (MeaningState, error) {
	e, problem, err := l.embedder(ctx)
	if err != nil || e == nil {
		return MeaningState{Problem: problem}, err
	}
	return l.meaningState(ctx, e)
}

// meaningState counts what is embedded, one call at a time. Others are content
// with the last counts, or wait when those are out of date.
func (l *Library) meaningState(ctx context.Context, e Embedder) (MeaningState, error) {
	m := &l.meaning
	if state, ok := m.lastCounts(e.ID(), countFor); ok {
		return state, nil
	}
	select {
	case m.counting <- struct{}{}:
	default:
		if state, ok := m.lastCounts(e.ID(), math.MaxInt64); ok {
			return state, nil
		}
		select {
		case m.counting <- struct{}{}:
		case <-ctx.Done():
			return MeaningState{}, fmt.Errorf("wait for the count of embeddings: %w", ctx.Err())
		}
	}
	defer func() { <-m.counting }()
	if state, ok := m.lastCounts(e.ID(), countFor); ok {
		return state, nil
	}
	begin := m.countsBegin()
	state, err := l.countEmbedded(ctx, e)
	if err != nil {
		return MeaningState{}, err
	}
	if state.Embedded < state.Total {
		l.askForEmbeddings()
	}
	m.keepCounts(e.ID(), state, begin)
	return state, nil
}

func (l *Library) countEmbedded(ctx context.Context, e Embedder) (MeaningState, error) {
	state := MeaningState{Configured: true, Model: e.Name()}
	if err := l.db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM passages").Scan(&state.Total); err != nil {
		return MeaningState{}, fmt.Errorf("count passages: %w", err)
	}
	err := l.useVectors(ctx, func(db *sqlite.DB) error {
		return db.View(ctx, func(tx *sql.Tx) (err error) {
			_, state.Embedded, err = l.meaning.embedded(ctx, tx, e.ID())
			return err
		})
	})
	if err != nil {
		return MeaningState{}, fmt.Errorf("count embeddings: %w", err)
	}
	state.Embedded = min(state.Embedded, state.Total)
	if state.Embedded < state.Total {
		state.Problem = l.meaning.lastProblem()
	}
	return state, nil
}

// embedded returns the dimension of a model's embeddings and how many passages
// have one, those included that the model refuses.
func (m *meaning) embedded(ctx context.Context, tx *sql.Tx, model string) (dim, passages int, err error) {
	rows := make(map[int]int)
	var newest int
	var last int64
	err = sqlite.Each(ctx, tx, func(r sqlite.Row) error {
		var dim, n int
		var id int64
		if err := r.Scan(&dim, &n, &id); err != nil {
			return err
		}
		rows[dim] = n
		if dim > 0 && id > last {
			newest, last = dim, id
		}
		return nil
	}, "SELECT dim, count(*), max(id) FROM vectors WHERE model = ? GROUP BY dim", model)
	if err != nil {
		return 0, 0, err
	}
	passages = rows[0]
	if dim = m.dimension(model, newest); dim > 0 {
		passages += rows[dim]
	}
	return dim, passages, nil
}

// askForEmbeddings has embedded what is not, without keeping the caller waiting
// for the database.
func (l *Library) askForEmbeddings() {
	if !l.meaning.asking.CompareAndSwap(false, true) {
		return
	}
	l.work.Go(func() {
		defer l.meaning.asking.Store(false)
		if err := l.embedMissing(l.stay); err != nil && l.stay.Err() == nil {
			l.log.Warn("ask for embeddings", "tenant", l.home.ID().String(), "error", err)
		}
	})
}

// embedMissing has embedded what is not, unless that waits already. It is how a
// change of the server's model, which no library is told of, comes to each.
func (l *Library) embedMissing(ctx context.Context) error {
	if l.announce == nil || l.home.CheckWritable() != nil {
		return nil
	}
	var waits bool
	err := l.db.Reader().QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM jobs WHERE kind = ?)", embedJob).Scan(&waits)
	if err != nil || waits {
		return err
	}
	done, err := l.announceWork(ctx)
	if err != nil {
		return err
	}
	defer done()
	return l.db.Write(ctx, func(tx *sql.Tx) error { return l.wantEmbeddings(ctx, tx) })
}
