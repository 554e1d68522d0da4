package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// maxWikiSessions bounds the sessions that one session has at one wiki's origin;
// several tabs may arrive there at once. The oldest goes.
const maxWikiSessions = 4

const selectWikiSession = selectAccount + selectSession + `
	JOIN wiki_sessions x ON x.session = s.id JOIN wikis w ON w.slug = x.wiki AND ` + isLive

// startWikiSession makes a session at a wiki's origin that depends on another,
// and returns when it expires.
func (s *Store) startWikiSession(ctx context.Context, tx *sql.Tx, secret, session string, slug Slug) (time.Time, error) {
	info, err := s.liveSession(ctx, tx, session)
	if err != nil {
		return time.Time{}, err
	}
	if _, err := findWiki(ctx, tx, slug); err != nil {
		return time.Time{}, err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO wiki_sessions (hash, id, session, wiki) VALUES (?, ?, ?, ?)",
		hashSecret(secret), newID(s.now()), session, slug.String())
	if err != nil {
		return time.Time{}, err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM wiki_sessions WHERE hash IN (SELECT hash FROM wiki_sessions
		WHERE session = ? AND wiki = ? ORDER BY id DESC LIMIT -1 OFFSET ?)`, session, slug.String(), maxWikiSessions)
	if err != nil {
		return time.Time{}, err
	}
	return info.Expires, s.recordWiki(ctx, tx, slug, ActionWikiSessionStart, session)
}

// WikiSession returns the account of a session at a wiki's origin, with the
// session that it came from, whose use it notes at most once a minute. It is
// good for that wiki only, and no longer than the session it came from. It
// fails with [ErrNotFound] when it is unknown, ended, expired or another
// wiki's, and with [ErrSuspended].
func (s *Store) WikiSession(ctx context.Context, secret string, slug Slug) (Account, SessionInfo, error) {
	a, info, err := s.wikiSession(ctx, secret, slug)
	if err != nil {
		return Account{}, SessionInfo{}, fmt.Errorf("find wiki session: %w", err)
	}
	return a, info, nil
}

func (s *Store) wikiSession(ctx context.Context, secret string, slug Slug) (Account, SessionInfo, error) {
	if !wellFormed(secret) {
		return Account{}, SessionInfo{}, ErrNotFound
	}
	now := s.now()
	a, info, err := scanSession(s.db.Reader().QueryRowContext(ctx, selectWikiSession+`
		WHERE x.hash = ? AND x.wiki = ? AND s.expires > ? AND s.last_seen > ?`,
		hashSecret(secret), slug.String(), now.Unix(), now.Add(-SessionIdle).Unix()))
	if err != nil {
		return Account{}, SessionInfo{}, notFound(err)
	}
	if a.Suspended {
		return Account{}, SessionInfo{}, ErrSuspended
	}
	return a, info, s.noteSession(ctx, a.ID, info, now)
}

// EndWikiSession ends a session at a wiki's origin; the one it came from goes
// on. One that has ended already is no error; one of another wiki is left alone.
func (s *Store) EndWikiSession(ctx context.Context, secret string, slug Slug) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var session string
		err := tx.QueryRowContext(ctx, "DELETE FROM wiki_sessions WHERE hash = ? AND wiki = ? RETURNING session",
			hashSecret(secret), slug.String()).Scan(&session)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.recordWiki(ctx, tx, slug, ActionWikiSessionEnd, session)
	})
	if err != nil {
		return fmt.Errorf("end wiki session: %w", err)
	}
	return nil
}
