package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// How long a session lasts.
const (
	SessionLife = 30 * 24 * time.Hour // from its start
	SessionIdle = 14 * 24 * time.Hour // from its last use
)

const (
	maxSessions  = 50  // of one account; the least recently used goes
	maxUserAgent = 256 // bytes kept
)

// SessionInfo describes a session. ID is public; it is not the secret.
type SessionInfo struct {
	ID        string
	UserAgent string
	Created   time.Time
	LastSeen  time.Time // to the minute
	Expires   time.Time
}

const selectSession = `, s.id, s.user_agent, s.created, s.last_seen, s.expires
	FROM sessions s JOIN accounts a ON a.id = s.account`

func scanSession(r sqlite.Row) (Account, SessionInfo, error) {
	var info SessionInfo
	var created, seen, expires int64
	a, err := scanAccount(r, &info.ID, &info.UserAgent, &created, &seen, &expires)
	info.Created, info.LastSeen, info.Expires = time.Unix(created, 0), time.Unix(seen, 0), time.Unix(expires, 0)
	return a, info, err
}

// NewSession starts a session and returns its secret, which goes into the
// cookie and nowhere else, and when it expires at the latest.
func (s *Store) NewSession(ctx context.Context, accountID, userAgent string) (secret string, expires time.Time, err error) {
	now := s.now()
	secret, expires = newSecret(), now.Add(SessionLife)
	userAgent = strings.ToValidUTF8(userAgent[:min(len(userAgent), maxUserAgent)], "")
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		a, err := findAccount(ctx, tx, accountID)
		if err != nil {
			return err
		}
		if a.Suspended {
			return ErrSuspended
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO sessions (hash, id, account, user_agent, created, last_seen, expires)
			VALUES (?, ?, ?, ?, ?, ?, ?)`,
			hashSecret(secret), newID(now), accountID, userAgent, now.Unix(), now.Unix(), expires.Unix())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash IN (SELECT hash FROM sessions
			WHERE account = ? ORDER BY last_seen DESC, id DESC LIMIT -1 OFFSET ?)`, accountID, maxSessions)
		if err != nil {
			return err
		}
		if err := touch(ctx, tx, accountID, now); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Account: accountID, Action: ActionSessionStart, Subject: accountID})
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("start session: %w", err)
	}
	return secret, expires, nil
}

// Session returns the account and session of a secret, and notes its use at
// most once a minute. It fails with [ErrNotFound] when the session is unknown,
// ended or expired, and with [ErrSuspended].
func (s *Store) Session(ctx context.Context, secret string) (Account, SessionInfo, error) {
	a, info, err := s.session(ctx, secret)
	if err != nil {
		return Account{}, SessionInfo{}, fmt.Errorf("find session: %w", err)
	}
	return a, info, nil
}

func (s *Store) session(ctx context.Context, secret string) (Account, SessionInfo, error) {
	if !wellFormed(secret) {
		return Account{}, SessionInfo{}, ErrNotFound
	}
	now := s.now()
	a, info, err := scanSession(s.db.Prepared().QueryRowContext(ctx, selectAccount+selectSession+`
		WHERE s.hash = ? AND s.expires > ? AND s.last_seen > ?`, hashSecret(secret), now.Unix(), now.Add(-SessionIdle).Unix()))
	if err != nil {
		return Account{}, SessionInfo{}, notFound(err)
	}
	if a.Suspended {
		return Account{}, SessionInfo{}, ErrSuspended
	}
	return a, info, s.noteSession(ctx, a.ID, info, now)
}

// noteSession notes the use of a session at most once a minute.
func (s *Store) noteSession(ctx context.Context, accountID string, info SessionInfo, now time.Time) error {
	if now.Sub(info.LastSeen) < touchEvery {
		return nil
	}
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		// Ended in between: then it is not there to be noted.
		result, err := tx.ExecContext(ctx, "UPDATE sessions SET last_seen = ? WHERE id = ?", now.Unix(), info.ID)
		if err := changed(result, err, ErrNotFound); err != nil {
			return err
		}
		return touch(ctx, tx, accountID, now)
	})
}

// Sessions returns the live sessions of an account, most recently used first.
func (s *Store) Sessions(ctx context.Context, accountID string) ([]SessionInfo, error) {
	now := s.now()
	scan := func(r sqlite.Row) (SessionInfo, error) {
		_, info, err := scanSession(r)
		return info, err
	}
	sessions, err := sqlite.Collect(ctx, s.db.Reader(), scan, selectAccount+selectSession+`
		WHERE s.account = ? AND s.expires > ? AND s.last_seen > ? ORDER BY s.last_seen DESC, s.id DESC`,
		accountID, now.Unix(), now.Add(-SessionIdle).Unix())
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return sessions, nil
}

// EndSession ends one session of an account, by its public ID. A session that
// has ended already is no error; one of another account is left alone.
func (s *Store) EndSession(ctx context.Context, accountID, sessionID string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE account = ? AND id = ?", accountID, sessionID)
		if err := changed(result, err, ErrNotFound); err != nil {
			if errors.Is(err, ErrNotFound) {
				return nil
			}
			return err
		}
		return s.record(ctx, tx, Event{Account: accountID, Action: ActionSessionEnd, Subject: accountID})
	})
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// EndSessions ends all sessions of an account.
func (s *Store) EndSessions(ctx context.Context, accountID string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := endSessions(ctx, tx, accountID); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionSessionEnd, Subject: accountID, Detail: "all"})
	})
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

func endSessions(ctx context.Context, tx *sql.Tx, accountID string) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM sessions WHERE account = ?", accountID)
	return err
}
