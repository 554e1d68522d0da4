package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// Account is the record of one person.
type Account struct {
	ID          string    // stable, never reused; identifiers sort by creation
	Tenant      tenant.ID // of the person's library
	Login       string    // normalised; empty when the account has no password
	Name        string    // to be shown
	Admin       bool
	Suspended   bool
	Tier        string
	Created     time.Time
	LastSeen    time.Time // to the minute
	HasPassword bool
}

// selectAccount is the head of every query for accounts; scanAccount reads its row.
const selectAccount = `SELECT a.id, a.tenant, coalesce(a.login, ''), a.name, a.admin, a.suspended,
	a.tier, a.created, a.last_seen, a.password IS NOT NULL`

// scanAccount reads an account, and further columns into more.
func scanAccount(r sqlite.Row, more ...any) (Account, error) {
	var a Account
	var name string
	var created, seen int64
	err := r.Scan(append([]any{&a.ID, &name, &a.Login, &a.Name, &a.Admin, &a.Suspended,
		&a.Tier, &created, &seen, &a.HasPassword}, more...)...)
	if err != nil {
		return Account{}, err
	}
	if a.Tenant, err = tenant.ParseID(name); err != nil {
		return Account{}, fmt.Errorf("account %s: %w", a.ID, err)
	}
	a.Created, a.LastSeen = time.Unix(created, 0), time.Unix(seen, 0)
	return a, nil
}

// findAccount returns the account of id, or [ErrNotFound].
func findAccount(ctx context.Context, q sqlite.Queryer, id string) (Account, error) {
	a, err := scanAccount(q.QueryRowContext(ctx, selectAccount+" FROM accounts a WHERE a.id = ?", id))
	return a, notFound(err)
}

func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// Account returns the account of id, or [ErrNotFound].
func (s *Store) Account(ctx context.Context, id string) (Account, error) {
	a, err := findAccount(ctx, s.db.Prepared(), id)
	if err != nil {
		return Account{}, fmt.Errorf("find account: %w", err)
	}
	return a, nil
}

// AccountByTenant returns the account that owns a library, or [ErrNotFound].
func (s *Store) AccountByTenant(ctx context.Context, id tenant.ID) (Account, error) {
	a, err := scanAccount(s.db.Reader().QueryRowContext(ctx,
		selectAccount+" FROM accounts a WHERE a.tenant = ?", id.String()))
	if err != nil {
		return Account{}, fmt.Errorf("find account by library: %w", notFound(err))
	}
	return a, nil
}

// AccountByLogin returns the account with a login, or [ErrNotFound]. Case and
// composition of the characters do not matter.
func (s *Store) AccountByLogin(ctx context.Context, login string) (Account, error) {
	normal, err := NormalizeLogin(login)
	if err != nil {
		return Account{}, fmt.Errorf("find account by login: %w", ErrNotFound)
	}
	a, err := scanAccount(s.db.Reader().QueryRowContext(ctx,
		selectAccount+" FROM accounts a WHERE a.login = ?", normal))
	if err != nil {
		return Account{}, fmt.Errorf("find account by login: %w", notFound(err))
	}
	return a, nil
}

// Accounts returns up to limit accounts, oldest first, that come after the
// account with the identifier after; "" starts at the first.
func (s *Store) Accounts(ctx context.Context, after string, limit int) ([]Account, error) {
	accounts, err := sqlite.Collect(ctx, s.db.Reader(), func(r sqlite.Row) (Account, error) { return scanAccount(r) },
		selectAccount+" FROM accounts a WHERE a.id > ? ORDER BY a.id LIMIT ?", after, pageLimit(limit))
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return accounts, nil
}

// insertAccount writes a new account, with a password when phc is not empty.
func insertAccount(ctx context.Context, tx *sql.Tx, a Account, phc string) error {
	optional := func(text string) sql.NullString { return sql.NullString{String: text, Valid: text != ""} }
	_, err := tx.ExecContext(ctx, `INSERT INTO accounts
		(id, tenant, login, name, password, admin, suspended, tier, created, last_seen)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, a.Tenant.String(), optional(a.Login), a.Name, optional(phc), a.Admin, a.Suspended,
		a.Tier, a.Created.Unix(), a.LastSeen.Unix())
	return err
}

// touch notes that an account was seen, at most once a minute.
func touch(ctx context.Context, tx *sql.Tx, id string, now time.Time) error {
	_, err := tx.ExecContext(ctx, "UPDATE accounts SET last_seen = ? WHERE id = ? AND last_seen <= ?",
		now.Unix(), id, now.Add(-touchEvery).Unix())
	return err
}
