package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// Tiers that the program itself gives.
const (
	TierFree  = "free"  // new accounts, and the limits of an unknown tier
	TierLocal = "local" // the administrator of the set-up link: unlimited
)

// Tier is what accounts may use, by the name that they have. A limit of 0 is
// unlimited.
type Tier struct {
	Name          string
	Documents     int64
	FileBytes     int64 // of all files together
	DatabaseBytes int64 // of each database
	UploadBytes   int64 // of one file

	Wikis           int64 // that one account owns
	WikiBytes       int64 // of each wiki's repository
	WikiPages       int64 // of each wiki
	AttachmentBytes int64 // of one file attached to a page

	Chat      bool // they may use the server's chat model
	OwnModels bool // they may name model servers of their own
}

// Limits returns what a library's meter and databases keep to.
func (t Tier) Limits() tenant.Limits {
	return tenant.Limits{Items: t.Documents, FileBytes: t.FileBytes, DatabaseBytes: t.DatabaseBytes}
}

// lowest returns the smallest limit, which must not be negative.
func (t Tier) lowest() int64 {
	return min(t.Documents, t.FileBytes, t.DatabaseBytes, t.UploadBytes,
		t.Wikis, t.WikiBytes, t.WikiPages, t.AttachmentBytes)
}

// tierColumns are the columns of a tier t, in the order of [Tier.columns].
const tierColumns = `t.name, t.documents, t.file_bytes, t.database_bytes, t.upload_bytes,
	t.wikis, t.wiki_bytes, t.wiki_pages, t.attachment_bytes, t.chat, t.own_models`

const selectTier = "SELECT " + tierColumns + " FROM tiers t"

func scanTier(r sqlite.Row) (Tier, error) {
	var t Tier
	err := r.Scan(t.columns()...)
	return t, err
}

// columns are where the columns of a tier go.
func (t *Tier) columns() []any {
	return []any{&t.Name, &t.Documents, &t.FileBytes, &t.DatabaseBytes, &t.UploadBytes,
		&t.Wikis, &t.WikiBytes, &t.WikiPages, &t.AttachmentBytes, &t.Chat, &t.OwnModels}
}

// Tier returns the tier of a name; for an unknown name the tier "free".
func (s *Store) Tier(ctx context.Context, name string) (Tier, error) {
	t, err := findTier(ctx, s.db.Prepared(), name)
	if err != nil {
		return Tier{}, fmt.Errorf("find tier: %w", err)
	}
	return t, nil
}

func findTier(ctx context.Context, q sqlite.Queryer, name string) (Tier, error) {
	t, err := scanTier(q.QueryRowContext(ctx, selectTier+" WHERE name = ?", name))
	if errors.Is(err, sql.ErrNoRows) {
		t, err = scanTier(q.QueryRowContext(ctx, selectTier+" WHERE name = ?", TierFree))
	}
	return t, err
}

// Tiers returns all tiers, the smallest first.
func (s *Store) Tiers(ctx context.Context) ([]Tier, error) {
	tiers, err := sqlite.Collect(ctx, s.db.Reader(), scanTier, selectTier+" ORDER BY file_bytes = 0, file_bytes, name DESC")
	if err != nil {
		return nil, fmt.Errorf("list tiers: %w", err)
	}
	return tiers, nil
}

// SaveTier adds a tier or replaces one. It fails with [ErrInvalidTier].
func (s *Store) SaveTier(ctx context.Context, t Tier) error {
	if !validTierName(t.Name) || t.lowest() < 0 {
		return fmt.Errorf("save tier: %w", ErrInvalidTier)
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO tiers (name, documents, file_bytes, database_bytes,
			upload_bytes, wikis, wiki_bytes, wiki_pages, attachment_bytes, chat, own_models)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			t.Name, t.Documents, t.FileBytes, t.DatabaseBytes, t.UploadBytes,
			t.Wikis, t.WikiBytes, t.WikiPages, t.AttachmentBytes, t.Chat, t.OwnModels)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionTierSave, Subject: t.Name, Detail: fmt.Sprintf(
			"documents %d, file bytes %d, database bytes %d, upload bytes %d, "+
				"wikis %d, wiki bytes %d, wiki pages %d, attachment bytes %d, chat %t, own models %t",
			t.Documents, t.FileBytes, t.DatabaseBytes, t.UploadBytes,
			t.Wikis, t.WikiBytes, t.WikiPages, t.AttachmentBytes, t.Chat, t.OwnModels)})
	})
	if err != nil {
		return fmt.Errorf("save tier: %w", err)
	}
	return nil
}
