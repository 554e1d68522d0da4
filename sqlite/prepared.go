package sqlite

import (
	"context"
	"database/sql"
)

// Prepared reads like the pool that [DB.Reader] returns, but prepares each query
// text once on each connection. It is for texts that are constants of the
// program and asked often: what was prepared is kept until the database is
// closed.
type Prepared struct{ db *DB }

// Prepared returns the readers with prepared statements.
func (db *DB) Prepared() Prepared { return Prepared{db} }

// QueryContext is [sql.DB.QueryContext].
func (p Prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := p.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext is [sql.DB.QueryRowContext] for the look-up of one row, which
// takes less time than to watch meanwhile whether ctx ends: it is not cut off.
func (p Prepared) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	s, err := p.statement(ctx, query)
	if err != nil {
		return p.db.read.QueryRowContext(ctx, query, args...) // it says what is wrong
	}
	return s.QueryRowContext(ctx, args...)
}

func (p Prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := p.db.statements.Load(query); ok {
		return s.(*sql.Stmt), nil
	}
	made, err := p.db.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, translate(err)
	}
	s, loaded := p.db.statements.LoadOrStore(query, made)
	if loaded {
		_ = made.Close() // another was faster
	}
	return s.(*sql.Stmt), nil
}
