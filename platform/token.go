package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// Scope is what an API token allows.
type Scope string

// Scopes. Writing includes reading.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
)

// Allows reports whether a caller with scope s may do what needs scope need.
func (s Scope) Allows(need Scope) bool {
	return s == ScopeWrite && (need == ScopeRead || need == ScopeWrite) || s == ScopeRead && need == ScopeRead
}

// maxTokens bounds the tokens of one account.
const maxTokens = 100

// TokenInfo describes an API token. ID is public; it is not the secret.
type TokenInfo struct {
	ID       string
	Name     string // chosen by its owner
	Scope    Scope
	Created  time.Time
	LastUsed time.Time // to the minute; zero when never used
	Expires  time.Time
}

const selectToken = `, t.id, t.name, t.scope, t.created, t.last_used, t.expires
	FROM tokens t JOIN accounts a ON a.id = t.account`

func scanToken(r sqlite.Row) (Account, TokenInfo, error) {
	var info TokenInfo
	var created, used, expires int64
	a, err := scanAccount(r, &info.ID, &info.Name, &info.Scope, &created, &used, &expires)
	info.Created, info.Expires = time.Unix(created, 0), time.Unix(expires, 0)
	if used != 0 {
		info.LastUsed = time.Unix(used, 0)
	}
	return a, info, err
}

// CreateToken makes an API token and returns its secret, which is shown once.
// It fails with [ErrInvalidName], [ErrInvalidScope], [ErrInvalidExpiry] (an
// expiry is required) or [ErrTooMany].
func (s *Store) CreateToken(ctx context.Context, accountID, name string, scope Scope, expires time.Time) (string, TokenInfo, error) {
	now := s.now()
	clean, err := cleanName(name)
	switch {
	case err != nil || clean == "":
		return "", TokenInfo{}, fmt.Errorf("create token: %w", ErrInvalidName)
	case scope != ScopeRead && scope != ScopeWrite:
		return "", TokenInfo{}, fmt.Errorf("create token: %w", ErrInvalidScope)
	case !expires.After(now):
		return "", TokenInfo{}, fmt.Errorf("create token: %w", ErrInvalidExpiry)
	}
	secret := newToken(TokenPrefix)
	info := TokenInfo{
		ID: newID(now), Name: clean, Scope: scope,
		Created: time.Unix(now.Unix(), 0), Expires: time.Unix(expires.Unix(), 0),
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := mayAddToken(ctx, tx, accountID, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO tokens (hash, id, account, name, scope, created, last_used, expires)
			VALUES (?, ?, ?, ?, ?, ?, 0, ?)`,
			hashSecret(secret), info.ID, accountID, clean, string(scope), now.Unix(), expires.Unix())
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionTokenCreate, Subject: accountID, Detail: string(scope) + " " + info.ID})
	})
	if err != nil {
		return "", TokenInfo{}, fmt.Errorf("create token: %w", err)
	}
	return secret, info, nil
}

func mayAddToken(ctx context.Context, tx *sql.Tx, accountID string, now time.Time) error {
	a, err := findAccount(ctx, tx, accountID)
	if err != nil {
		return err
	}
	if a.Suspended {
		return ErrSuspended
	}
	var tokens int
	err = tx.QueryRowContext(ctx, "SELECT count(*) FROM tokens WHERE account = ? AND expires > ?", accountID, now.Unix()).Scan(&tokens)
	if err != nil {
		return err
	}
	if tokens >= maxTokens {
		return ErrTooMany
	}
	return nil
}

// Token returns the account and description of an API token's secret, and notes
// its use at most once a minute. It fails with [ErrInvalidToken] (a mistyped
// one without a look-up) and [ErrSuspended].
func (s *Store) Token(ctx context.Context, secret string) (Account, TokenInfo, error) {
	a, info, err := s.token(ctx, secret)
	if err != nil {
		return Account{}, TokenInfo{}, fmt.Errorf("find token: %w", err)
	}
	return a, info, nil
}

func (s *Store) token(ctx context.Context, secret string) (Account, TokenInfo, error) {
	return useToken(ctx, s, secret, tokenUse[TokenInfo]{
		prefix: TokenPrefix,
		find:   selectAccount + selectToken + " WHERE t.hash = ? AND t.expires > ?", scan: scanToken,
		lastUsed: func(info TokenInfo) time.Time { return info.LastUsed },
		note:     "UPDATE tokens SET last_used = ? WHERE hash = ?",
	})
}

// tokenUse says how one kind of token is found and its use noted.
type tokenUse[Info any] struct {
	prefix   string
	find     string // by hash and time
	scan     func(sqlite.Row) (Account, Info, error)
	lastUsed func(Info) time.Time
	note     string // the time of the use, by hash
}

// useToken returns the account and description of a secret, and notes its use
// at most once a minute.
func useToken[Info any](ctx context.Context, s *Store, secret string, use tokenUse[Info]) (a Account, info Info, err error) {
	var none Info
	if !wellFormedToken(use.prefix, secret) {
		return Account{}, none, fmt.Errorf("%w: mistyped", ErrInvalidToken)
	}
	now := s.now()
	hash := hashSecret(secret)
	a, info, err = use.scan(s.db.Prepared().QueryRowContext(ctx, use.find, hash, now.Unix()))
	if errors.Is(err, sql.ErrNoRows) {
		return Account{}, none, ErrInvalidToken
	}
	if err != nil {
		return Account{}, none, err
	}
	if a.Suspended {
		return Account{}, none, ErrSuspended
	}
	if now.Sub(use.lastUsed(info)) < touchEvery {
		return a, info, nil
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		// Revoked in between: then it is not there to be noted.
		result, err := tx.ExecContext(ctx, use.note, now.Unix(), hash)
		if err := changed(result, err, ErrInvalidToken); err != nil {
			return err
		}
		return touch(ctx, tx, a.ID, now)
	})
	return a, info, err
}

// Tokens returns the tokens of an account that have not expired, newest first.
func (s *Store) Tokens(ctx context.Context, accountID string) ([]TokenInfo, error) {
	scan := func(r sqlite.Row) (TokenInfo, error) {
		_, info, err := scanToken(r)
		return info, err
	}
	tokens, err := sqlite.Collect(ctx, s.db.Reader(), scan, selectAccount+selectToken+`
		WHERE t.account = ? AND t.expires > ? ORDER BY t.id DESC`, accountID, s.now().Unix())
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return tokens, nil
}

// RevokeToken deletes a token of an account by its public ID; [ErrNotFound]
// when the account has no such token.
func (s *Store) RevokeToken(ctx context.Context, accountID, tokenID string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM tokens WHERE account = ? AND id = ?", accountID, tokenID)
		if err := changed(result, err, ErrNotFound); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionTokenRevoke, Subject: accountID, Detail: tokenID})
	})
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	return nil
}
