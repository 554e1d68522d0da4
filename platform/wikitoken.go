package platform

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// WikiTokenInfo describes a token for one wiki. ID is public; it is not the
// secret.
type WikiTokenInfo struct {
	ID          string
	Slug        Slug
	Account     string // ID of who made it, and as whom it acts
	AccountName string
	Name        string   // chosen by its maker
	Role        WikiRole // the most it gives; never more than the account has at the time of use
	Created     time.Time
	LastUsed    time.Time // to the minute; zero when never used
	Expires     time.Time
}

const selectWikiToken = selectAccount + `, t.id, t.wiki, t.name, t.role, t.created, t.last_used, t.expires
	FROM wiki_tokens t JOIN accounts a ON a.id = t.account
	JOIN wikis w ON w.slug = t.wiki AND ` + isLive

func scanWikiToken(r sqlite.Row) (Account, WikiTokenInfo, error) {
	var info WikiTokenInfo
	var slug string
	var created, used, expires int64
	a, err := scanAccount(r, &info.ID, &slug, &info.Name, &info.Role, &created, &used, &expires)
	if err != nil {
		return Account{}, WikiTokenInfo{}, err
	}
	info.Account, info.AccountName = a.ID, a.Name
	info.Created, info.Expires = time.Unix(created, 0), time.Unix(expires, 0)
	if used != 0 {
		info.LastUsed = time.Unix(used, 0)
	}
	info.Slug, err = storedSlug(slug)
	return a, info, err
}

// CreateWikiToken makes a token for one wiki and returns its secret, which is
// shown once. Whether the account may have the role is the wiki's to check,
// now and at each use. It fails with [ErrNotFound], [ErrSuspended],
// [ErrInvalidName], [ErrInvalidRole], [ErrInvalidExpiry] (an expiry is required)
// or [ErrTooMany].
func (s *Store) CreateWikiToken(ctx context.Context, slug Slug, accountID, name string, role WikiRole, expires time.Time) (string, WikiTokenInfo, error) {
	now := s.now()
	clean, err := cleanName(name)
	switch {
	case err != nil || clean == "":
		return "", WikiTokenInfo{}, fmt.Errorf("create wiki token: %w", ErrInvalidName)
	case !role.Valid():
		return "", WikiTokenInfo{}, fmt.Errorf("create wiki token: %w", ErrInvalidRole)
	case !expires.After(now):
		return "", WikiTokenInfo{}, fmt.Errorf("create wiki token: %w", ErrInvalidExpiry)
	}
	secret := newToken(WikiTokenPrefix)
	info := WikiTokenInfo{
		ID: newID(now), Slug: slug, Account: accountID, Name: clean, Role: role,
		Created: time.Unix(now.Unix(), 0), Expires: time.Unix(expires.Unix(), 0),
	}
	err = s.changeWiki(ctx, slug, func(tx *sql.Tx, _ Wiki) error {
		a, err := mayAddWikiToken(ctx, tx, slug, accountID, now)
		if err != nil {
			return err
		}
		info.AccountName = a.Name
		_, err = tx.ExecContext(ctx, `INSERT INTO wiki_tokens
			(hash, id, wiki, account, name, role, created, last_used, expires) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)`,
			hashSecret(secret), info.ID, slug.String(), accountID, clean, string(role), now.Unix(), expires.Unix())
		if err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiTokenCreate, string(role)+" "+info.ID)
	})
	if err != nil {
		return "", WikiTokenInfo{}, fmt.Errorf("create wiki token: %w", err)
	}
	return secret, info, nil
}

func mayAddWikiToken(ctx context.Context, tx *sql.Tx, slug Slug, accountID string, now time.Time) (Account, error) {
	a, err := findAccount(ctx, tx, accountID)
	if err != nil {
		return Account{}, err
	}
	if a.Suspended {
		return Account{}, ErrSuspended
	}
	var tokens int
	err = tx.QueryRowContext(ctx, "SELECT count(*) FROM wiki_tokens WHERE wiki = ? AND account = ? AND expires > ?",
		slug.String(), accountID, now.Unix()).Scan(&tokens)
	if err != nil {
		return Account{}, err
	}
	if tokens >= maxTokens {
		return Account{}, ErrTooMany
	}
	return a, nil
}

// WikiToken returns the account and description of a wiki token's secret, and
// notes its use at most once a minute. It fails with [ErrInvalidToken] (a
// mistyped one without a look-up), also while the wiki is removed, and with
// [ErrSuspended]. The caller compares the slug with the wiki that is asked for.
func (s *Store) WikiToken(ctx context.Context, secret string) (Account, WikiTokenInfo, error) {
	a, info, err := s.wikiToken(ctx, secret)
	if err != nil {
		return Account{}, WikiTokenInfo{}, fmt.Errorf("find wiki token: %w", err)
	}
	return a, info, nil
}

func (s *Store) wikiToken(ctx context.Context, secret string) (Account, WikiTokenInfo, error) {
	return useToken(ctx, s, secret, tokenUse[WikiTokenInfo]{
		prefix: WikiTokenPrefix,
		find:   selectWikiToken + " WHERE t.hash = ? AND t.expires > ?", scan: scanWikiToken,
		lastUsed: func(info WikiTokenInfo) time.Time { return info.LastUsed },
		note:     "UPDATE wiki_tokens SET last_used = ? WHERE hash = ?",
	})
}

// WikiTokens returns the tokens of a wiki that have not expired, newest first.
func (s *Store) WikiTokens(ctx context.Context, slug Slug) ([]WikiTokenInfo, error) {
	return s.listWikiTokens(ctx, "WHERE t.wiki = ? AND t.expires > ?", slug.String())
}

// WikiTokensOf returns the tokens that an account has made, for all live wikis,
// and that have not expired, newest first.
func (s *Store) WikiTokensOf(ctx context.Context, accountID string) ([]WikiTokenInfo, error) {
	return s.listWikiTokens(ctx, "WHERE t.account = ? AND t.expires > ?", accountID)
}

func (s *Store) listWikiTokens(ctx context.Context, where, arg string) ([]WikiTokenInfo, error) {
	scan := func(r sqlite.Row) (WikiTokenInfo, error) {
		_, info, err := scanWikiToken(r)
		return info, err
	}
	tokens, err := sqlite.Collect(ctx, s.db.Reader(), scan, selectWikiToken+" "+where+" ORDER BY t.id DESC", arg, s.now().Unix())
	if err != nil {
		return nil, fmt.Errorf("list wiki tokens: %w", err)
	}
	return tokens, nil
}

// RevokeWikiToken deletes a token of a wiki by its public ID, whoever made it;
// [ErrNotFound] when the wiki has no such token.
func (s *Store) RevokeWikiToken(ctx context.Context, slug Slug, tokenID string) error {
	return s.revokeWikiToken(ctx, "DELETE FROM wiki_tokens WHERE wiki = ? AND id = ? RETURNING wiki", slug.String(), tokenID)
}

// RevokeWikiTokenOf deletes a token that an account has made, by its public ID;
// [ErrNotFound] when the account has no such token.
func (s *Store) RevokeWikiTokenOf(ctx context.Context, accountID, tokenID string) error {
	return s.revokeWikiToken(ctx, "DELETE FROM wiki_tokens WHERE account = ? AND id = ? RETURNING wiki", accountID, tokenID)
}

func (s *Store) revokeWikiToken(ctx context.Context, statement, by, tokenID string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var text string
		if err := tx.QueryRowContext(ctx, statement, by, tokenID).Scan(&text); err != nil {
			return notFound(err)
		}
		slug, err := storedSlug(text)
		if err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiTokenRevoke, tokenID)
	})
	if err != nil {
		return fmt.Errorf("revoke wiki token: %w", err)
	}
	return nil
}
