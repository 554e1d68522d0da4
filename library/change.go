package library

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Change edits the title and the tags of a document and returns it as it then
// is. It fails with [ErrInvalid] for an empty title and too many or too long
// tags.
func (l *Library) Change(ctx context.Context, id string, changes Changes) (Document, error) {
	if err := l.home.CheckWritable(); err != nil {
		return Document{}, err
	}
	title, err := changes.title()
	if err != nil {
		return Document{}, err
	}
	tags, err := changes.tags()
	if err != nil {
		return Document{}, err
	}
	var rec record
	err = l.write(ctx, func(tx *sql.Tx) error {
		if rec, err = recordByID(ctx, tx, id); err != nil {
			return err
		}
		if changes.Title != nil {
			err := exec(ctx, tx, "UPDATE documents SET title = ?, title_edited = 1 WHERE seq = ?", title, rec.seq)
			if err != nil {
				return err
			}
		}
		if changes.Tags != nil {
			if err := setTags(ctx, tx, rec.seq, tags); err != nil {
				return err
			}
		}
		if err := exec(ctx, tx, "UPDATE documents SET updated = ? WHERE seq = ?", time.Now().UnixMilli(), rec.seq); err != nil {
			return err
		}
		if err := refreshNames(ctx, tx, rec.seq); err != nil {
			return err
		}
		rec, err = recordByID(ctx, tx, id)
		return err
	})
	if err != nil {
		return Document{}, fmt.Errorf("change document: %w", err)
	}
	return rec.Document, nil
}

func (c Changes) title() (string, error) {
	if c.Title == nil {
		return "", nil
	}
	title := cleanLine(*c.Title)
	if title == "" {
		return "", fmt.Errorf("%w: a document needs a title", ErrInvalid)
	}
	if clip(title, MaxTitle) != title {
		return "", fmt.Errorf("%w: a title has at most %d characters", ErrInvalid, MaxTitle)
	}
	return title, nil
}

// tags returns the tags without repetitions, which differ in no more than case.
func (c Changes) tags() ([]string, error) {
	if c.Tags == nil {
		return nil, nil
	}
	var tags []string
	seen := make(map[string]bool)
	for _, tag := range *c.Tags {
		tag = cleanLine(tag)
		if key := strings.ToLower(tag); tag != "" && !seen[key] {
			seen[key] = true
			tags = append(tags, tag)
		}
		if clip(tag, maxTag) != tag {
			return nil, fmt.Errorf("%w: a tag has at most %d characters", ErrInvalid, maxTag)
		}
	}
	if len(tags) > maxTags {
		return nil, fmt.Errorf("%w: a document has at most %d tags", ErrInvalid, maxTags)
	}
	return tags, nil
}

func setTags(ctx context.Context, tx *sql.Tx, seq int64, tags []string) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM tags WHERE document = ?", seq); err != nil {
		return fmt.Errorf("set tags: %w", err)
	}
	for _, tag := range tags {
		if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO tags (document, tag) VALUES (?, ?)", seq, tag); err != nil {
			return fmt.Errorf("set tags: %w", err)
		}
	}
	return nil
}

// Reingest has a document read again: after a failure, or with the password
// that it needs. The password is kept in memory until the document was read.
// A document that is being read already is returned as it is.
func (l *Library) Reingest(ctx context.Context, id, password string) (Document, error) {
	if err := l.home.CheckWritable(); err != nil {
		return Document{}, err
	}
	done, err := l.announceWork(ctx)
	if err != nil {
		return Document{}, fmt.Errorf("read document again: %w", err)
	}
	defer done()
	if password != "" {
		l.reading.setPassword(id, password)
	}
	var rec record
	err = l.write(ctx, func(tx *sql.Tx) error {
		if rec, err = recordByID(ctx, tx, id); err != nil {
			return err
		}
		if rec.Progress.Status == Queued || rec.Progress.Status == Processing {
			return nil
		}
		if err := queueIngest(ctx, tx, id); err != nil {
			return err
		}
		if err := saveProgress(ctx, tx, id, queuedProgress()); err != nil {
			return err
		}
		rec, err = recordByID(ctx, tx, id)
		return err
	})
	if err != nil {
		l.reading.forgetPassword(id)
		return Document{}, fmt.Errorf("read document again: %w", err)
	}
	return rec.Document, nil
}
