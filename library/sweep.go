package library

import (
	"context"
	"fmt"
	"path"
	"time"
)

const (
	partPrefix  = ".part-"  // of a file that is being written
	orphanAfter = time.Hour // at which age a file without a document was left by a crash
)

// sweepUploads removes what a crash left in uploads/: files that were being
// received, and received ones whose document was never committed.
func (l *Library) sweepUploads(ctx context.Context) error {
	names, err := listDir(l.files, uploadsDir)
	if err != nil || len(names) == 0 {
		return err
	}
	known, err := l.hashes(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if known[name] {
			continue
		}
		full := path.Join(uploadsDir, name)
		info, err := l.files.Lstat(full)
		if err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > orphanAfter {
			l.discard(full)
		}
	}
	return nil
}

func (l *Library) hashes(ctx context.Context) (map[string]bool, error) {
	rows, err := l.db.Reader().QueryContext(ctx, "SELECT hash FROM documents WHERE origin = ?", Uploaded)
	if err != nil {
		return nil, fmt.Errorf("list stored files: %w", err)
	}
	defer rows.Close()
	known := make(map[string]bool)
	for rows.Next() {
		var hash string
		if err := rows.Scan(&hash); err != nil {
			return nil, fmt.Errorf("list stored files: %w", err)
		}
		known[hash] = true
	}
	return known, rows.Err()
}
