package platform

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// HandOverLife is how long a code carries a session to a wiki's origin.
const HandOverLife = time.Minute

// Bounds of what binds a hand-over to a browser, in bytes.
const (
	minState = 16
	maxState = 256
)

// HandOver makes the code that carries a session, by its public ID, to a wiki
// on an origin of its own, which the session's cookie does not reach. The code
// goes there in an address, and so is worth little: it is good once, for
// [HandOverLife], for that wiki, and with the state, a random text that the
// wiki's origin keeps in a cookie of the browser which asked. Without the state
// somebody could sign others in as themselves by sending them a link.
//
// It fails with [ErrNotFound] when the session has ended or there is no such
// wiki, with [ErrSuspended], and with [ErrInvalidHandOver] for a state of less
// than 16 bytes.
func (s *Store) HandOver(ctx context.Context, sessionID string, slug Slug, state string) (string, error) {
	if len(state) < minState || len(state) > maxState {
		return "", fmt.Errorf("hand session over: %w", ErrInvalidHandOver)
	}
	now := s.now()
	code := newSecret()
	err := s.changeWiki(ctx, slug, func(tx *sql.Tx, _ Wiki) error {
		if _, err := s.liveSession(ctx, tx, sessionID); err != nil {
			return err
		}
		// An abandoned attempt leaves nothing behind but until the next.
		_, err := tx.ExecContext(ctx, "DELETE FROM hand_overs WHERE session = ? AND expires <= ?", sessionID, now.Unix())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO hand_overs (hash, session, wiki, state, expires) VALUES (?, ?, ?, ?, ?)",
			hashSecret(code), sessionID, slug.String(), hashSecret(state), now.Add(HandOverLife).Unix())
		return err
	})
	if err != nil {
		return "", fmt.Errorf("hand session over: %w", err)
	}
	return code, nil
}

// liveSession returns a session that may be used now, by its public ID, or fails
// with [ErrNotFound] or [ErrSuspended].
func (s *Store) liveSession(ctx context.Context, tx *sql.Tx, sessionID string) (SessionInfo, error) {
	now := s.now()
	a, info, err := scanSession(tx.QueryRowContext(ctx, selectAccount+selectSession+`
		WHERE s.id = ? AND s.expires > ? AND s.last_seen > ?`, sessionID, now.Unix(), now.Add(-SessionIdle).Unix()))
	if err == nil && a.Suspended {
		return SessionInfo{}, ErrSuspended
	}
	return info, notFound(err)
}

// RedeemHandOver starts a session at a wiki's origin for a code and the state
// that the browser's cookie there has. It returns the session's secret, for
// another cookie there, and when it expires at the latest. The code is used up,
// also when it was for another wiki or browser. It fails with
// [ErrInvalidHandOver].
func (s *Store) RedeemHandOver(ctx context.Context, code string, slug Slug, state string) (secret string, expires time.Time, err error) {
	if !wellFormed(code) {
		return "", time.Time{}, fmt.Errorf("take session over: %w", ErrInvalidHandOver)
	}
	secret = newSecret()
	var refused error // after a transaction that is kept
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		refused = nil
		session, err := s.useHandOver(ctx, tx, code, slug, state)
		if err == nil {
			expires, err = s.startWikiSession(ctx, tx, secret, session, slug)
		}
		if errors.Is(err, ErrInvalidHandOver) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrSuspended) {
			refused = ErrInvalidHandOver
			return nil
		}
		return err
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return "", time.Time{}, fmt.Errorf("take session over: %w", err)
	}
	return secret, expires, nil
}

// useHandOver deletes a code and returns the public ID of its session, or
// [ErrInvalidHandOver].
func (s *Store) useHandOver(ctx context.Context, tx *sql.Tx, code string, slug Slug, state string) (session string, err error) {
	var wiki string
	var bound []byte
	var expires int64
	err = tx.QueryRowContext(ctx, "DELETE FROM hand_overs WHERE hash = ? RETURNING session, wiki, state, expires",
		hashSecret(code)).Scan(&session, &wiki, &bound, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrInvalidHandOver
	}
	if err != nil {
		return "", err
	}
	if wiki != slug.String() || expires <= s.now().Unix() || subtle.ConstantTimeCompare(bound, hashSecret(state)) != 1 {
		return "", ErrInvalidHandOver
	}
	return session, nil
}
