package wiki

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
)

// Housekeeping is what an admin may want to tidy up.
type Housekeeping struct {
	Drafts  []OpenDraft
	Empty   []index.Page // pages without words
	Red     []index.Link // links to pages that do not exist
	Orphans []index.Page
	Checks  []Check
}

// OpenDraft is somebody's draft, without its text.
type OpenDraft struct {
	ID      int64
	Page    string
	Author  string // readable; "" for a visitor without an account
	Bytes   int64
	Changed time.Time
}

// Check is a finding about the safety of a wiki's settings.
type Check struct {
	Good   bool
	What   string // in words
	Advice string // what to do, if not good
}

// Housekeeping looks through the wiki. It needs ADMIN.
func (s *Session) Housekeeping(ctx context.Context) (Housekeeping, error) {
	if err := s.needWide(access.Admin); err != nil {
		return Housekeeping{}, err
	}
	var h Housekeeping
	var err error
	if h.Drafts, err = s.openDrafts(ctx); err != nil {
		return Housekeeping{}, err
	}
	if h.Red, err = s.RedLinks(ctx); err != nil {
		return Housekeeping{}, err
	}
	if h.Orphans, err = s.Orphans(ctx); err != nil {
		return Housekeeping{}, err
	}
	pages, err := s.Pages(ctx, "")
	if err != nil {
		return Housekeeping{}, err
	}
	for _, p := range pages {
		if p.Words == 0 {
			h.Empty = append(h.Empty, p)
		}
	}
	h.Checks, err = s.SecurityCheck(ctx)
	return h, err
}

func (s *Session) openDrafts(ctx context.Context) ([]OpenDraft, error) {
	var drafts []OpenDraft
	err := sqlite.Each(ctx, s.w.db.Reader(), func(r sqlite.Row) error {
		var d OpenDraft
		var changed string
		if err := r.Scan(&d.ID, &d.Page, &d.Author, &d.Bytes, &changed); err != nil {
			return err
		}
		d.Changed = parseTime(changed)
		drafts = append(drafts, d)
		return nil
	}, `SELECT d.id, d.pagepath, coalesce(u.name, d.author_email, ''), length(coalesce(d.content, '')), coalesce(d.datetime, '')
		FROM drafts d LEFT JOIN user u ON u.account = d.account ORDER BY d.datetime DESC LIMIT 1000`)
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	return drafts, nil
}

// RemoveDraft drops somebody's draft. It needs ADMIN.
func (s *Session) RemoveDraft(ctx context.Context, id int64) error {
	if err := s.needWide(access.Admin); err != nil {
		return err
	}
	return s.w.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("%w: no such draft", ErrNotFound)
		}
		return nil
	})
}

// SecurityCheck says what of the settings lets more people in than an owner may
// expect. It needs ADMIN.
func (s *Session) SecurityCheck(ctx context.Context) ([]Check, error) {
	members, err := s.Members(ctx)
	if err != nil {
		return nil, err
	}
	p := s.settings.preferences
	var admins []string
	unlinked := 0
	for _, m := range members {
		if m.Admin {
			admins = append(admins, m.Name)
		}
		if m.Account == "" {
			unlinked++
		}
	}
	levels := p.Permissions.Levels
	return []Check{
		{
			Good: levels.Write != access.Anonymous, What: "Who may change pages: " + strings.ToLower(levels.Write.String()),
			Advice: "Anybody on the internet can change every page. Choose registered or approved visitors.",
		},
		{
			Good: levels.Attachment != access.Anonymous, What: "Who may upload files: " + strings.ToLower(levels.Attachment.String()),
			Advice: "Anybody on the internet can store files here. Choose registered or approved visitors.",
		},
		{
			Good: !p.Permissions.AutoApproval || levels.Read != access.Approved, What: "Those who ask for access wait for an admin",
			Advice: "Access is limited to approved members, yet everybody who asks is approved at once. Switch automatic approval off.",
		},
		{Good: len(admins) > 0, What: "Admins: " + strings.Join(admins, ", "), Advice: "Nobody but the owner can govern this wiki."},
		{
			Good: unlinked == 0, What: fmt.Sprintf("Members without an account: %d", unlinked),
			Advice: "These rows came with a database. Link them to accounts, or remove them.",
		},
		{
			Good: !p.Repository.GitWebServer || levels.Read != access.Anonymous, What: "Whole copies by git",
			Advice: "The git server is on and everybody may read: anybody can clone the wiki with its whole history.",
		},
	}, nil
}
