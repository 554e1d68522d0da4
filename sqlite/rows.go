package sqlite

import (
	"context"
	"database/sql"
)

// Queryer is what is read from: a pool, a transaction or [Prepared].
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Row is a *sql.Row, or a *sql.Rows at a row.
type Row interface{ Scan(into ...any) error }

// Collect runs a query and returns what scan makes of its rows.
func Collect[T any](ctx context.Context, q Queryer, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	var all []T
	err := Each(ctx, q, func(r Row) error {
		one, err := scan(r)
		all = append(all, one)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// Each calls do with every row of a query, until it fails.
func Each(ctx context.Context, q Queryer, do func(Row) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
