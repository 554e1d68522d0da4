package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// walkBooks lists the files of the watched folder.
func walkBooks(ctx context.Context, folder *os.Root) ([]book, error) {
	var found []book
	err := fs.WalkDir(folder.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		hidden := name != "." && strings.HasPrefix(d.Name(), ".")
		if d.IsDir() {
			if hidden || strings.Count(name, "/") >= maxDepth {
				return fs.SkipDir
			}
			return nil
		}
		if hidden || !d.Type().IsRegular() || !utf8.ValidString(name) {
			return nil
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(found) == maxBooks {
			return fs.SkipAll
		}
		found = append(found, book{path: name, size: info.Size(), modified: info.ModTime().UnixNano()})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list books: %w", err)
	}
	return found, nil
}

func knownBooks(ctx context.Context, q querier) (map[string]knownBook, error) {
	rows, err := q.QueryContext(ctx, "SELECT path, size, modified, document FROM books")
	if err != nil {
		return nil, fmt.Errorf("list known books: %w", err)
	}
	defer rows.Close()
	known := make(map[string]knownBook)
	for rows.Next() {
		var k knownBook
		if err := rows.Scan(&k.path, &k.size, &k.modified, &k.document); err != nil {
			return nil, fmt.Errorf("list known books: %w", err)
		}
		known[k.path] = k
	}
	return known, rows.Err()
}

// bookPaths returns the files of a document in the watched folder.
func bookPaths(ctx context.Context, q querier, seq int64) ([]string, error) {
	rows, err := q.QueryContext(ctx, "SELECT path FROM books WHERE document = ? ORDER BY path", seq)
	if err != nil {
		return nil, fmt.Errorf("list files of a document: %w", err)
	}
	defer rows.Close()
	var paths []string
	for rows.Next() {
		var p string
		if err := rows.Scan(&p); err != nil {
			return nil, fmt.Errorf("list files of a document: %w", err)
		}
		paths = append(paths, p)
	}
	return paths, rows.Err()
}

// replaceBook has the document of a changed file read again.
func (l *Library) replaceBook(ctx context.Context, b book, old, changed record) error {
	err := l.write(ctx, func(tx *sql.Tx) error {
		err := exec(ctx, tx, "UPDATE documents SET hash = ?, format = ?, size = ?, missing = 0 WHERE seq = ?",
			changed.hash, changed.Format, changed.Size, old.seq)
		if err != nil {
			return err
		}
		if err := keepBook(ctx, tx, b, sql.NullInt64{Int64: old.seq, Valid: true}); err != nil {
			return err
		}
		if err := queueIngest(ctx, tx, old.ID); err != nil {
			return err
		}
		return saveProgress(ctx, tx, old.ID, queuedProgress())
	})
	if err != nil {
		return err
	}
	l.reading.withdraw(old.ID)
	l.cache.forget(old.ID)
	l.watchers.publish(old.ID, queuedProgress())
	return nil
}

// addBook adds the document of a new file.
func (l *Library) addBook(ctx context.Context, b book, rec record) error {
	return l.write(ctx, func(tx *sql.Tx) error {
		rec, err := rec.insert(ctx, tx)
		if err != nil {
			return err
		}
		if err := keepBook(ctx, tx, b, sql.NullInt64{Int64: rec.seq, Valid: true}); err != nil {
			return err
		}
		if rec.Progress.Status == Failed {
			return nil
		}
		return queueIngest(ctx, tx, rec.ID)
	})
}

func keepBook(ctx context.Context, tx *sql.Tx, b book, document sql.NullInt64) error {
	_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO books (path, size, modified, document) VALUES (?, ?, ?, ?)",
		b.path, b.size, b.modified, document)
	if err != nil {
		return fmt.Errorf("note book: %w", err)
	}
	return nil
}

// renameBook makes a file the one that a document is read from.
func renameBook(ctx context.Context, tx *sql.Tx, seq int64, name string) error {
	err := exec(ctx, tx, "UPDATE documents SET file_name = ?, missing = 0, updated = ? WHERE seq = ?",
		name, time.Now().UnixMilli(), seq)
	if err != nil {
		return err
	}
	return refreshNames(ctx, tx, seq)
}
