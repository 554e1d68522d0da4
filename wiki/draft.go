package wiki

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/repo"
)

// Draft is a text that somebody has not saved yet.
type Draft struct {
	Page     string
	Base     string // the revision that it began from, "" for a new page
	Text     string
	Line, Ch int // where the cursor stood, from 0
	Changed  time.Time
}

const (
	// maxDrafts bounds the drafts of one visitor.
	maxDrafts = 100
	// maxStrangerDrafts bounds the drafts of all visitors without an account.
	maxStrangerDrafts = 500
	// strangerDraft is how long drafts of visitors without an account are kept.
	strangerDraft = 24 * time.Hour
	// draftTime is how An Otter Wiki writes times.
	draftTime = "2006-01-02 15:04:05.000000"
)

// Draft returns the visitor's draft of a page, or [ErrNotFound].
func (s *Session) Draft(ctx context.Context, name Name) (Draft, error) {
	if err := s.need(name.path, access.Write); err != nil {
		return Draft{}, err
	}
	d, err := scanDraft(s.w.db.Prepared().QueryRowContext(ctx, selectDraft+" WHERE account = ? AND pagepath = ?", s.visitor.Draft, name.path))
	if errors.Is(err, sql.ErrNoRows) || err == nil && s.expired(d) {
		return Draft{}, fmt.Errorf("%w: no draft", ErrNotFound)
	}
	return d, err
}

// strangers begins the names under which drafts of visitors without an account
// are kept.
const strangers = "anonymous:"

// expired reports whether a draft of the visitor is too old to be offered.
func (s *Session) expired(d Draft) bool {
	return strings.HasPrefix(s.visitor.Draft, strangers) && time.Since(d.Changed) > strangerDraft
}

const selectDraft = `SELECT pagepath, coalesce(revision, ''), coalesce(content, ''), coalesce(cursor_line, 0), coalesce(cursor_ch, 0),
	coalesce(datetime, '') FROM drafts`

func scanDraft(r sqlite.Row) (Draft, error) {
	var d Draft
	var changed string
	if err := r.Scan(&d.Page, &d.Base, &d.Text, &d.Line, &d.Ch, &changed); err != nil {
		return Draft{}, err
	}
	d.Changed = parseTime(changed)
	return d, nil
}

// parseTime reads a time of the database, in UTC; what is none is the zero time.
func parseTime(text string) time.Time {
	for _, layout := range []string{draftTime, time.RFC3339Nano, "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// Drafts returns the visitor's drafts, the newest first.
func (s *Session) Drafts(ctx context.Context) ([]Draft, error) {
	var drafts []Draft
	if s.visitor.Draft == "" {
		return nil, nil
	}
	err := sqlite.Each(ctx, s.w.db.Prepared(), func(r sqlite.Row) error {
		d, err := scanDraft(r)
		if err == nil && s.canRead(d.Page) && !s.expired(d) {
			drafts = append(drafts, d)
		}
		return err
	}, selectDraft+" WHERE account = ? ORDER BY datetime DESC LIMIT ?", s.visitor.Draft, maxDrafts)
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	return drafts, nil
}

// SaveDraft keeps a text for later. It replaces the visitor's draft of the page.
func (s *Session) SaveDraft(ctx context.Context, d Draft) error {
	name, err := ParseName(d.Page)
	if err != nil {
		return err
	}
	if err := s.need(name.path, access.Write); err != nil {
		return err
	}
	if s.visitor.Draft == "" {
		return invalid("drafts are kept for those who are signed in or accept cookies")
	}
	if len(d.Text) > MaxPageBytes {
		return errPageTooLarge()
	}
	if d.Base != "" {
		if _, err := repo.ParseRevision(d.Base); err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
	}
	now := time.Now().UTC()
	return s.w.write(ctx, func(tx *sql.Tx) error {
		if err := s.roomForDraft(ctx, tx, name, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO drafts (pagepath, revision, author_email, content, cursor_line, cursor_ch, datetime, account)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, pagepath) WHERE account IS NOT NULL DO UPDATE SET
			revision = excluded.revision, content = excluded.content, cursor_line = excluded.cursor_line,
			cursor_ch = excluded.cursor_ch, datetime = excluded.datetime`,
			name.path, d.Base, s.visitor.Email, d.Text, d.Line, d.Ch, now.Format(draftTime), s.visitor.Draft)
		return err
	})
}

// roomForDraft drops what strangers left long ago, and checks that there are
// not too many other drafts.
func (s *Session) roomForDraft(ctx context.Context, tx *sql.Tx, name Name, now time.Time) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE substr(account, 1, ?) = ? AND datetime < ?",
		len(strangers), strangers, now.Add(-strangerDraft).Format(draftTime))
	if err != nil {
		return err
	}
	var mine, ofStrangers int
	err = tx.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE account = ?1 AND pagepath <> ?2),
		count(*) FILTER (WHERE substr(account, 1, ?3) = ?4 AND account <> ?1) FROM drafts`,
		s.visitor.Draft, name.path, len(strangers), strangers).Scan(&mine, &ofStrangers)
	switch {
	case err != nil:
		return err
	case mine >= maxDrafts:
		return invalid("you have %d drafts; save or discard some", mine)
	case strings.HasPrefix(s.visitor.Draft, strangers) && ofStrangers >= maxStrangerDrafts:
		return invalid("too many visitors keep drafts here at the moment; sign in to keep yours")
	}
	return nil
}

// DiscardDraft drops the visitor's draft of a page.
func (s *Session) DiscardDraft(ctx context.Context, name Name) error {
	if err := s.need(name.path, access.Write); err != nil {
		return err
	}
	return s.forgetDraft(ctx, name)
}

// settleDraft drops the draft of what is saved now. The commit stands even if
// the draft stays.
func (s *Session) settleDraft(ctx context.Context, name Name) {
	if err := s.forgetDraft(context.WithoutCancel(ctx), name); err != nil {
		s.w.log.Warn("a draft could not be dropped", "tenant", s.w.ID(), "error", err)
	}
}

// forgetDraft drops the visitor's draft of a page.
func (s *Session) forgetDraft(ctx context.Context, name Name) error {
	if s.visitor.Draft == "" {
		return nil
	}
	var one int
	err := s.w.db.Prepared().QueryRowContext(ctx, "SELECT 1 FROM drafts WHERE account = ? AND pagepath = ?", s.visitor.Draft, name.path).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for draft: %w", err)
	}
	return s.w.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE account = ? AND pagepath = ?", s.visitor.Draft, name.path)
		return err
	})
}
