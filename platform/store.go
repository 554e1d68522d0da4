// Package platform keeps what is shared by all tenants of a server: accounts
// and how they are proven, sessions, API tokens, invitations, tiers, the
// server's models, the directory of wikis, the note of which tenants have work
// waiting, and the audit log. All of it is in one database, holt.db; no document
// and no page ever is.
//
// It knows no HTTP. Secrets go out once, when they are made; the database
// holds their SHA-256, and passwords as argon2id. The keys of model servers come
// in encrypted, and it cannot read them.
package platform

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// ApplicationID marks holt.db ("Holp", https://www.sqlite.org/pragma.html#pragma_application_id).
const ApplicationID = 0x486f6c70

// touchEvery is the resolution of "last seen": a request does not cost a write.
const touchEvery = time.Minute

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the platform database. It is safe for concurrent use, also by
// several processes, except that each process counts failed sign-ins by itself.
type Store struct {
	db       *sqlite.DB
	now      func() time.Time
	hasher   *hasher
	throttle *throttle
	wikis    wikiCache
}

// Option changes how a store works.
type Option func(*Store)

// WithClock replaces time.Now.
func WithClock(now func() time.Time) Option {
	return func(s *Store) { s.now = now }
}

// WithPasswordCost replaces [DefaultPasswordCost]. A password that was hashed
// at another cost is hashed again when its owner next signs in.
func WithPasswordCost(cost PasswordCost) Option {
	return func(s *Store) { s.hasher = newHasher(cost) }
}

// Open opens the platform database at path, making it when it is absent and
// migrating it when it is older than the program.
func Open(ctx context.Context, path string, options ...Option) (*Store, error) {
	steps, err := readMigrations()
	if err != nil {
		return nil, fmt.Errorf("open platform database: %w", err)
	}
	s := &Store{now: time.Now, hasher: newHasher(DefaultPasswordCost()), throttle: newThrottle()}
	for _, option := range options {
		option(s)
	}
	s.db, err = sqlite.Open(ctx, path, sqlite.Options{
		Create:  true,
		Schema:  sqlite.Schema{ApplicationID: ApplicationID, Steps: steps},
		Readers: sqlite.DefaultReaders + 1, // one of them watches
	})
	if err != nil {
		return nil, fmt.Errorf("open platform database: %w", err)
	}
	if s.wikis.watch, err = s.db.Watch(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open platform database: %w", err), s.db.Close())
	}
	return s, nil
}

func readMigrations() ([]string, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return sqlite.ReadSteps(dir)
}

// Close closes the database.
func (s *Store) Close() error { return errors.Join(s.wikis.watch.Close(), s.db.Close()) }

// Backup copies the database to a new file at path while the server runs.
func (s *Store) Backup(ctx context.Context, path string) error { return s.db.Backup(ctx, path) }

// Sweep deletes what has expired: sessions, tokens, invitations and hand-overs,
// and audit events older than [AuditRetention]. Nothing depends on it; it frees
// space. Reservations of wikis stay for who calls [Store.AbandonedWikis].
func (s *Store) Sweep(ctx context.Context) error {
	now := s.now()
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		for _, expired := range []struct {
			query  string
			before time.Time
		}{
			{"DELETE FROM sessions WHERE expires <= ?", now},
			{"DELETE FROM sessions WHERE last_seen <= ?", now.Add(-SessionIdle)},
			{"DELETE FROM tokens WHERE expires <= ?", now},
			{"DELETE FROM invitations WHERE expires <= ?", now},
			{"DELETE FROM wiki_tokens WHERE expires <= ?", now},
			{"DELETE FROM wiki_invitations WHERE expires <= ?", now},
			{"DELETE FROM hand_overs WHERE expires <= ?", now},
			{"UPDATE wikis SET offered_to = NULL WHERE offered_to IS NOT NULL AND offer_ends <= ?", now},
			{"DELETE FROM audit WHERE at <= ?", now.Add(-AuditRetention)},
		} {
			if _, err := tx.ExecContext(ctx, expired.query, expired.before.Unix()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sweep platform database: %w", err)
	}
	return nil
}

// changed turns a statement that matched no row into missing.
func changed(result sql.Result, err, missing error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil {
		return err
	} else if n == 0 {
		return missing
	}
	return nil
}

// pageLimit keeps the size of a page within reason.
func pageLimit(limit int) int { return min(max(limit, 1), 1000) }
