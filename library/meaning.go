package library

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/sqlite"
)

// meaning is what a library keeps in memory to be searched by meaning.
type meaning struct {
	share   *retrieve.Share // nil: no matrix is kept
	loading sync.Mutex      // one at a time reads embeddings into the matrix

	mu   sync.Mutex // taken by evictions
	held matrix

	problemMu   sync.Mutex
	problem     string
	queryFailed time.Time // when a query was last not embedded

	countMu sync.Mutex
	counted time.Time
	counts  MeaningState
}

// countFor is how long the counts of embedded passages are believed.
const countFor = 2 * time.Second

func (m *meaning) setProblem(err error) {
	m.problemMu.Lock()
	defer m.problemMu.Unlock()
	m.problem = problemOf(err)
	if err == nil {
		m.queryFailed = time.Time{}
	}
	m.recount()
}

// failedPause is how long no query is embedded after one that was not: a model
// server that is away would keep everybody waiting who searches.
const failedPause = 10 * time.Second

func (m *meaning) failed(now time.Time) {
	m.problemMu.Lock()
	defer m.problemMu.Unlock()
	m.queryFailed = now
}

func (m *meaning) failedLately(now time.Time) bool {
	m.problemMu.Lock()
	defer m.problemMu.Unlock()
	return now.Sub(m.queryFailed) < failedPause
}

func (m *meaning) lastProblem() string {
	m.problemMu.Lock()
	defer m.problemMu.Unlock()
	return m.problem
}

// recount has the passages counted at the next look.
func (m *meaning) recount() {
	m.countMu.Lock()
	defer m.countMu.Unlock()
	m.counted = time.Time{}
}

// matrix is the embeddings of one model in memory, as far as they were read.
type matrix struct {
	rows       *retrieve.Matrix // nil when nothing is held
	model      string
	generation int64
	last       int64 // row of the table that was read last
}

// join takes part in the budget of the process.
func (m *meaning) join(budget *retrieve.Budget) {
	if budget != nil {
		m.share = budget.Join(m.drop)
	}
}

// drop forgets the matrix: its room is wanted by others.
func (m *meaning) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = matrix{}
}

// forget gives up the matrix and the part in the budget.
func (m *meaning) forget() {
	m.drop()
	if m.share != nil {
		m.share.Leave()
	}
}

func (m *meaning) current() matrix {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.held
}

// keep holds a matrix, unless its room was taken meanwhile.
func (m *meaning) keep(read matrix) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held = matrix{}
	if m.share.Held() > 0 {
		m.held = read
	}
}

// Meaning says how far the library can be searched by meaning. Where passages
// are without an embedding, it has them embedded.
func (l *Library) Meaning(ctx context.Context) (MeaningState, error) {
	e, err := l.embedder(ctx)
	if err != nil || e == nil {
		return MeaningState{}, err
	}
	return l.meaningState(ctx, e)
}

func (l *Library) meaningState(ctx context.Context, e Embedder) (MeaningState, error) {
	m := &l.meaning
	m.countMu.Lock()
	defer m.countMu.Unlock()
	if time.Since(m.counted) < countFor && m.counts.Model == e.Name() {
		return m.counts, nil
	}
	state := MeaningState{Configured: true, Model: e.Name()}
	if err := l.db.Reader().QueryRowContext(ctx, "SELECT count(*) FROM passages").Scan(&state.Total); err != nil {
		return MeaningState{}, fmt.Errorf("count passages: %w", err)
	}
	vecs, err := l.vectors.open(ctx, l.home)
	if err != nil {
		return MeaningState{}, err
	}
	err = vecs.Reader().QueryRowContext(ctx, "SELECT count(*) FROM vectors WHERE model = ?", e.ID()).Scan(&state.Embedded)
	if err != nil {
		return MeaningState{}, fmt.Errorf("count embeddings: %w", err)
	}
	state.Embedded = min(state.Embedded, state.Total)
	if state.Embedded < state.Total {
		state.Problem = l.meaning.lastProblem()
		if err := l.embedMissing(ctx); err != nil {
			l.log.Warn("ask for embeddings", "tenant", l.home.ID().String(), "error", err)
		}
	}
	m.counts, m.counted = state, time.Now()
	return state, nil
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

// nearest returns the passages whose embeddings of a model are nearest to a
// vector, the best first. keep chooses pages; nil takes all.
func (l *Library) nearest(ctx context.Context, model string, vector []float32, k int, keep func(chunk int64) bool) ([]retrieve.Near, error) {
	vecs, err := l.vectors.open(ctx, l.home)
	if err != nil {
		return nil, err
	}
	rows, err := l.loadMatrix(ctx, vecs, model, len(vector))
	if err != nil {
		return nil, fmt.Errorf("read embeddings: %w", err)
	}
	if rows != nil {
		return rows.Nearest(ctx, vector, k, keep)
	}
	near, err := scanVectors(ctx, vecs, model, vector, k, keep)
	if err != nil {
		return nil, fmt.Errorf("read embeddings: %w", err)
	}
	return near, nil
}

// loadMatrix returns the matrix brought up to date, or nil when there is no
// room for it.
func (l *Library) loadMatrix(ctx context.Context, vecs *sqlite.DB, model string, dim int) (*retrieve.Matrix, error) {
	m := &l.meaning
	if m.share == nil {
		return nil, nil
	}
	m.share.Touch()
	m.loading.Lock()
	defer m.loading.Unlock()
	now := m.current()
	granted := false
	err := vecs.View(ctx, func(tx *sql.Tx) error {
		var generation int64
		if err := tx.QueryRowContext(ctx, "SELECT generation FROM state").Scan(&generation); err != nil {
			return err
		}
		if now.rows == nil || now.model != model || now.generation != generation || now.rows.Dim() != dim {
			now = matrix{rows: retrieve.NewMatrix(dim), model: model, generation: generation}
		}
		var added int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM vectors WHERE id > ? AND model = ? AND dim = ?", now.last, model, dim).Scan(&added)
		if err != nil {
			return err
		}
		if granted = added == 0 && m.share.Held() > 0; granted {
			return nil
		}
		if granted = m.share.Resize(retrieve.Footprint(dim, now.rows.Len()+added)); !granted {
			return nil
		}
		return now.read(ctx, tx, dim)
	})
	if err != nil || !granted {
		m.drop()
		return nil, err
	}
	m.keep(now)
	return now.rows, nil
}

// read appends the rows of the table that came since.
func (m *matrix) read(ctx context.Context, tx *sql.Tx, dim int) error {
	var row []float32
	return sqlite.Each(ctx, tx, func(r sqlite.Row) error {
		var id, passage, chunk int64
		var stored sql.RawBytes
		if err := r.Scan(&id, &passage, &chunk, &stored); err != nil {
			return err
		}
		var err error
		if row, err = retrieve.Decode(row[:0], stored, dim); err != nil {
			return err
		}
		m.last = id
		return m.rows.Append(passage, chunk, row)
	}, "SELECT id, passage, chunk, vector FROM vectors WHERE id > ? AND model = ? AND dim = ? ORDER BY id", m.last, m.model, dim)
}

// scanBlock is how many rows are read at once where no matrix is kept.
const scanBlock = 512

// scanVectors finds the nearest passages by reading all of them.
func scanVectors(ctx context.Context, vecs *sqlite.DB, model string, query []float32, k int, keep func(chunk int64) bool) (near []retrieve.Near, err error) {
	rows, err := vecs.Reader().QueryContext(ctx, "SELECT passage, chunk, vector FROM vectors WHERE model = ? AND dim = ?", model, len(query))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return retrieve.Scan(ctx, query, k, keep, func(b *retrieve.Block) error {
		for n := 0; n < scanBlock && rows.Next(); n++ {
			var passage, chunk int64
			var stored sql.RawBytes
			if err := rows.Scan(&passage, &chunk, &stored); err != nil {
				return err
			}
			if err := b.Add(passage, chunk, stored, len(query)); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
