package wiki

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/wiki/access"
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
	d, err := scanDraft(s.w.db.Reader().QueryRowContext(ctx, selectDraft+" WHERE account = ? AND pagepath = ?", s.visitor.Draft, name.path))
	if errors.Is(err, sql.ErrNoRows) || s.visitor.Draft == "" {
		return Draft{}, fmt.Errorf("%w: no draft", ErrNotFound)
	}
	return d, err
}

const selectDraft = `SELECT pagepath, coalesce(revision, ''), coalesce(content, ''), coalesce(cursor_line, 0), coalesce(cursor_ch, 0),
	coalesce(datetime, '') FROM drafts`

func scanDraft(r scanner) (Draft, error) {
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
	err := eachRow(ctx, s.w.db.Reader(), func(r scanner) error {
		d, err := scanDraft(r)
		if err == nil && s.canRead(d.Page) {
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
		return fmt.Errorf("%w: a page may have %d KB", ErrTooLarge, MaxPageBytes>>10)
	}
	now := time.Now().UTC()
	return s.w.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE account LIKE 'anonymous:%' AND datetime < ?",
			now.Add(-strangerDraft).Format(draftTime))
		if err != nil {
			return err
		}
		var others int
		err = tx.QueryRowContext(ctx, "SELECT count(*) FROM drafts WHERE account = ? AND pagepath <> ?", s.visitor.Draft, name.path).Scan(&others)
		if err != nil {
			return err
		}
		if others >= maxDrafts {
			return invalid("you have %d drafts; save or discard some", others)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO drafts (pagepath, revision, author_email, content, cursor_line, cursor_ch, datetime, account)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, pagepath) WHERE account IS NOT NULL DO UPDATE SET
			revision = excluded.revision, content = excluded.content, cursor_line = excluded.cursor_line,
			cursor_ch = excluded.cursor_ch, datetime = excluded.datetime`,
			name.path, d.Base, s.visitor.Email, d.Text, d.Line, d.Ch, now.Format(draftTime), s.visitor.Draft)
		return err
	})
}

// DiscardDraft drops the visitor's draft of a page.
func (s *Session) DiscardDraft(ctx context.Context, name Name) error {
	if err := s.need(name.path, access.Write); err != nil {
		return err
	}
	return s.forgetDraft(ctx, name)
}

// forgetDraft drops the draft of what is saved now.
func (s *Session) forgetDraft(ctx context.Context, name Name) error {
	if s.visitor.Draft == "" {
		return nil
	}
	var one int
	err := s.w.db.Reader().QueryRowContext(ctx, "SELECT 1 FROM drafts WHERE account = ? AND pagepath = ?", s.visitor.Draft, name.path).Scan(&one)
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
