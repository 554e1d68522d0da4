package index

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/repo"
)

// Line is a line of a text with the commit that wrote it.
type Line struct {
	Text   string
	Commit Commit
}

// Blame returns the lines of a file as it was at the commit h, each with the
// commit that wrote it. It fails with [ErrNotFound], and with
// [repo.ErrTooLarge] for what is no page. What was found is kept, so that the
// next question takes only the changes since.
func (x *Index) Blame(ctx context.Context, file string, h repo.Hash) ([]Line, error) {
	at, err := x.At(ctx, file, h)
	if err != nil {
		return nil, err
	}
	lines, err := x.blame(ctx, file, at)
	if err != nil {
		return nil, fmt.Errorf("find the authors of lines: %w", err)
	}
	return lines, nil
}

func (x *Index) blame(ctx context.Context, file string, at Revision) ([]Line, error) {
	changes, err := x.History(ctx, file, at.Seq+1, Newest)
	if err != nil {
		return nil, err
	}
	if !isChain(changes) {
		return x.blameGraph(ctx, at)
	}
	slices.Reverse(changes)
	owners, from, err := x.lastBlame(ctx, file, at.Seq, changes)
	if err != nil {
		return nil, err
	}
	var text []byte
	if from > 0 {
		if text, err = x.repo.Blob(ctx, changes[from-1].New, MaxPageBytes); err != nil {
			return nil, err
		}
	}
	for _, c := range changes[from:] {
		var next []byte
		if !c.IsDeleted() {
			if next, err = x.repo.Blob(ctx, c.New, MaxPageBytes); err != nil {
				return nil, err
			}
		}
		owners = diff.Attribute(owners, text, next, c.Seq)
		text = next
	}
	if from < len(changes) {
		if err := x.keepBlame(ctx, file, at.Seq, owners); err != nil {
			return nil, err
		}
	}
	return x.signed(ctx, text, owners)
}

// isChain reports whether each change, the newest first, began from what the one
// before it left: then the history of the file is one line, and merges need no
// look.
func isChain(changes []Revision) bool {
	for i, c := range changes {
		var before repo.Hash
		if i+1 < len(changes) {
			before = changes[i+1].New
		}
		if c.Old != before {
			return false
		}
	}
	return true
}

// lastBlame returns what was found before, if it is of one of the changes, and
// how many of these it comprises.
func (x *Index) lastBlame(ctx context.Context, file string, until int64, changes []Revision) (owners []int64, from int, err error) {
	var seq int64
	var stored []byte
	err = x.db.Prepared().QueryRowContext(ctx, `SELECT b.seq, b.owners FROM blame b JOIN paths p ON p.id = b.path
		WHERE p.path = ? AND b.seq <= ?`, file, until).Scan(&seq, &stored)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	i := slices.IndexFunc(changes, func(c Revision) bool { return c.Seq == seq })
	if i < 0 || changes[i].IsDeleted() {
		return nil, 0, nil
	}
	for len(stored) > 0 {
		owner, n := binary.Uvarint(stored)
		if n <= 0 {
			return nil, 0, nil
		}
		owners, stored = append(owners, int64(owner)), stored[n:]
	}
	return owners, i + 1, nil
}

// keepBlame stores what was found, unless something newer is stored.
func (x *Index) keepBlame(ctx context.Context, file string, seq int64, owners []int64) error {
	var stored []byte
	for _, owner := range owners {
		stored = binary.AppendUvarint(stored, uint64(owner))
	}
	err := x.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO blame (path, seq, owners) SELECT id, ?, ? FROM paths WHERE path = ?
			ON CONFLICT (path) DO UPDATE SET seq = excluded.seq, owners = excluded.owners WHERE excluded.seq >= blame.seq`,
			seq, stored, file)
		return err
	})
	if errors.Is(err, sqlite.ErrFull) {
		return nil // it is found again the next time
	}
	return err
}

// signed puts lines and commits together.
func (x *Index) signed(ctx context.Context, text []byte, owners []int64) ([]Line, error) {
	split := diff.Split(text)
	if len(split) != len(owners) {
		return nil, fmt.Errorf("%d lines have %d authors", len(split), len(owners))
	}
	commits := make(map[int64]Commit)
	lines := make([]Line, len(split))
	for i, owner := range owners {
		c, ok := commits[owner]
		if !ok {
			var err error
			c, err = scanCommit(x.db.Prepared().QueryRowContext(ctx, "SELECT "+commitColumns+" FROM commits c WHERE c.seq = ?", owner))
			if err != nil {
				return nil, notFound(err)
			}
			commits[owner] = c
		}
		lines[i] = Line{Text: split[i], Commit: c}
	}
	return lines, nil
}
