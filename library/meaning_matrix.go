package library

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/sqlite"
)

// matrix is the embeddings of one model in memory, as far as they were read.
type matrix struct {
	rows       *retrieve.Matrix // nil when nothing is held
	from       *sqlite.DB       // one that was made anew numbers its rows anew
	model      string
	generation int64
	last       int64 // row of the table that was read last
}

// drop forgets the matrix: its room is wanted by others.
func (m *meaning) drop() {
	m.heldMu.Lock()
	defer m.heldMu.Unlock()
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
	m.heldMu.Lock()
	defer m.heldMu.Unlock()
	return m.held
}

// keep holds a matrix, unless its room was taken meanwhile.
func (m *meaning) keep(read matrix) {
	m.heldMu.Lock()
	defer m.heldMu.Unlock()
	m.held = matrix{}
	if m.share.Held() > 0 {
		m.held = read
	}
}

// nearest returns the passages whose embeddings of a model are nearest to a
// vector, the best first. keep chooses pages; nil takes all.
func (l *Library) nearest(ctx context.Context, model string, vector []float32, k int, keep func(chunk int64) bool) ([]retrieve.Near, error) {
	var near []retrieve.Near
	err := l.useVectors(ctx, func(db *sqlite.DB) error {
		rows, err := l.loadMatrix(ctx, db, model, len(vector))
		switch {
		case err != nil:
		case rows != nil:
			near, err = rows.Nearest(ctx, vector, k, keep)
		default:
			near, err = scanVectors(ctx, db, model, vector, k, keep)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find the nearest passages: %w", err)
	}
	return near, nil
}

// loadMatrix returns the matrix brought up to date, or nil when there is no
// room for it. It is read in the background: when this search cannot wait for
// it, the next will have it.
func (l *Library) loadMatrix(ctx context.Context, vecs *sqlite.DB, model string, dim int) (*retrieve.Matrix, error) {
	m := &l.meaning
	if m.share == nil {
		return nil, nil
	}
	m.share.Touch()
	select {
	case m.loading <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	type result struct {
		rows *retrieve.Matrix
		err  error
	}
	loaded := make(chan result, 1)
	l.work.Go(func() {
		defer func() { <-m.loading }()
		rows, err := m.load(l.stay, vecs, model, dim)
		loaded <- result{rows, err}
	})
	select {
	case r := <-loaded:
		return r.rows, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// load brings the matrix up to date. One call is made at a time.
func (m *meaning) load(ctx context.Context, vecs *sqlite.DB, model string, dim int) (*retrieve.Matrix, error) {
	now := m.current()
	granted := false
	err := vecs.View(ctx, func(tx *sql.Tx) error {
		var generation int64
		if err := tx.QueryRowContext(ctx, "SELECT generation FROM state").Scan(&generation); err != nil {
			return err
		}
		if now.rows == nil || now.from != vecs || now.model != model || now.generation != generation || now.rows.Dim() != dim {
			now = matrix{rows: retrieve.NewMatrix(dim), from: vecs, model: model, generation: generation}
		}
		var added int
		// Not by the index of models, which would look at all their rows again.
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM vectors NOT INDEXED WHERE id > ? AND model = ? AND dim = ?",
			now.last, model, dim).Scan(&added)
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
		m.share.Resize(0)
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
	}, "SELECT id, passage, chunk, vector FROM vectors NOT INDEXED WHERE id > ? AND model = ? AND dim = ? ORDER BY id", m.last, m.model, dim)
}

// scanBlock is how many rows are read at once where no matrix is kept.
const scanBlock = 512

// scanVectors finds the nearest passages by reading all of them.
func scanVectors(ctx context.Context, vecs *sqlite.DB, model string, query []float32, k int, keep func(chunk int64) bool) (near []retrieve.Near, err error) {
	err = vecs.View(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT passage, chunk, vector FROM vectors NOT INDEXED WHERE model = ? AND dim = ?", model, len(query))
		if err != nil {
			return err
		}
		defer rows.Close()
		near, err = retrieve.Scan(ctx, query, k, keep, func(b *retrieve.Block) error {
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
		return err
	})
	return near, err
}
