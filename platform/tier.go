package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/holtdb/holt/tenant"
)

// Tiers that the program itself gives.
const (
	TierFree  = "free"  // new accounts, and the limits of an unknown tier
	TierLocal = "local" // the administrator of the set-up link: unlimited
)

// Tier is a set of limits that accounts have by its name. A limit of 0 is unlimited.
type Tier struct {
	Name          string
	Documents     int64
	FileBytes     int64 // of all files together
	DatabaseBytes int64 // of each database
	UploadBytes   int64 // of one file
}

// Limits returns what the tenant's meter and databases keep to.
func (t Tier) Limits() tenant.Limits {
	return tenant.Limits{Items: t.Documents, FileBytes: t.FileBytes, DatabaseBytes: t.DatabaseBytes}
}

const selectTier = "SELECT name, documents, file_bytes, database_bytes, upload_bytes FROM tiers"

func scanTier(r row) (Tier, error) {
	var t Tier
	err := r.Scan(&t.Name, &t.Documents, &t.FileBytes, &t.DatabaseBytes, &t.UploadBytes)
	return t, err
}

// Tier returns the tier of a name; for an unknown name the tier "free".
func (s *Store) Tier(ctx context.Context, name string) (Tier, error) {
	t, err := scanTier(s.db.Reader().QueryRowContext(ctx, selectTier+" WHERE name = ?", name))
	if errors.Is(err, sql.ErrNoRows) {
		t, err = scanTier(s.db.Reader().QueryRowContext(ctx, selectTier+" WHERE name = ?", TierFree))
	}
	if err != nil {
		return Tier{}, fmt.Errorf("find tier: %w", err)
	}
	return t, nil
}

// Tiers returns all tiers, the smallest first.
func (s *Store) Tiers(ctx context.Context) ([]Tier, error) {
	tiers, err := collect(ctx, s.db.Reader(), scanTier, selectTier+" ORDER BY file_bytes = 0, file_bytes, name DESC")
	if err != nil {
		return nil, fmt.Errorf("list tiers: %w", err)
	}
	return tiers, nil
}

// SaveTier adds a tier or changes the limits of one. It fails with [ErrInvalidTier].
func (s *Store) SaveTier(ctx context.Context, t Tier) error {
	if !validTierName(t.Name) || min(t.Documents, t.FileBytes, t.DatabaseBytes, t.UploadBytes) < 0 {
		return fmt.Errorf("save tier: %w", ErrInvalidTier)
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO tiers (name, documents, file_bytes, database_bytes, upload_bytes)
			VALUES (?, ?, ?, ?, ?)`, t.Name, t.Documents, t.FileBytes, t.DatabaseBytes, t.UploadBytes)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionTierSave, Subject: t.Name, Detail: fmt.Sprintf(
			"documents %d, file bytes %d, database bytes %d, upload bytes %d",
			t.Documents, t.FileBytes, t.DatabaseBytes, t.UploadBytes)})
	})
	if err != nil {
		return fmt.Errorf("save tier: %w", err)
	}
	return nil
}
