package index

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// writer writes an update in a transaction.
type writer struct {
	ctx   context.Context
	tx    *sql.Tx
	paths map[string]int64
}

func (w *writer) exec(query string, args ...any) error {
	_, err := w.tx.ExecContext(w.ctx, query, args...)
	return err
}

// path returns the number of a path, which is given at its first use.
func (w *writer) path(path string) (int64, error) {
	if id, ok := w.paths[path]; ok {
		return id, nil
	}
	var id int64
	err := w.tx.QueryRowContext(w.ctx, "SELECT id FROM paths WHERE path = ?", path).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		var result sql.Result
		if result, err = w.tx.ExecContext(w.ctx, "INSERT INTO paths (path) VALUES (?)", path); err == nil {
			id, err = result.LastInsertId()
		}
	}
	if err != nil {
		return 0, err
	}
	w.paths[path] = id
	return id, nil
}

// commit adds a commit and its changes.
func (w *writer) commit(c commit) error {
	var parent repo.Hash
	if len(c.Parents) > 0 {
		parent = c.Parents[0]
	}
	result, err := w.tx.ExecContext(w.ctx, `INSERT INTO commits (hash, parent, name, email, at, message) VALUES (?, ?, ?, ?, ?, ?)`,
		c.Hash.String(), hex(parent), text(c.Author.Name), text(c.Author.Email), c.Author.When.Unix(), text(c.Message))
	if err != nil {
		return err
	}
	seq, err := result.LastInsertId()
	if err != nil {
		return err
	}
	for _, ch := range c.changes {
		if err := w.change(seq, ch); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) change(seq int64, ch change) error {
	path, err := w.path(ch.Path.String())
	if err != nil {
		return err
	}
	var source sql.NullInt64
	if ch.source != "" {
		if source.Int64, err = w.path(ch.source); err != nil {
			return err
		}
		source.Valid = true
	}
	return w.exec(`INSERT INTO changes (path, seq, blob, old, source, added, removed) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		path, seq, hex(ch.New), hex(ch.Old), source, ch.added, ch.removed)
}

// text is what a database accepts as text.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// files brings pages and attachments to the head. It returns how many names and
// titles differ.
func (w *writer) files(u *update) (differ int, err error) {
	was := make(map[string]string) // titles of what is removed, "" for attachments
	for _, path := range u.gone {
		title, existed, err := w.remove(path)
		if err != nil {
			return 0, err
		}
		if existed {
			was[path] = title
		}
	}
	differ = len(was)
	count := func(path, title string) {
		if before, existed := was[path]; existed && before == title {
			differ--
		} else if !existed {
			differ++
		}
	}
	for _, p := range u.pages {
		if err := w.page(p); err != nil {
			return 0, err
		}
		count(p.path+pageSuffix, p.title)
	}
	for _, a := range u.files {
		if err := w.attachment(a); err != nil {
			return 0, err
		}
		count(a.path.String(), "")
	}
	return differ, nil
}

// remove takes a file out of pages and attachments. It returns a page's title.
func (w *writer) remove(path string) (title string, existed bool, err error) {
	if name, ok := strings.CutSuffix(path, pageSuffix); ok {
		title, err = w.removePage(name)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return title, err == nil, err
		}
	}
	result, err := w.tx.ExecContext(w.ctx, "DELETE FROM attachments WHERE path = ?", path)
	if err != nil {
		return "", false, err
	}
	n, err := result.RowsAffected()
	return "", n > 0, err
}

func (w *writer) removePage(name string) (title string, err error) {
	var id int64
	var text string
	err = w.tx.QueryRowContext(w.ctx, "SELECT id, title, text FROM pages WHERE path = ?", name).Scan(&id, &title, &text)
	if err != nil {
		return "", err
	}
	return title, errors.Join(
		w.exec("INSERT INTO page_words (page_words, rowid, title, path, text) VALUES ('delete', ?, ?, ?, ?)", id, title, name, text),
		w.exec("DELETE FROM tags WHERE page = ?", id),
		w.exec("DELETE FROM links WHERE page = ?", id),
		w.exec("DELETE FROM pages WHERE id = ?", id))
}

// lastChange returns the newest commit that made a file what it is. Where lines
// of history were merged, a newer one on another line may have made it something
// else.
func (w *writer) lastChange(path string, blob repo.Hash) (int64, error) {
	id, err := w.path(path)
	if err != nil {
		return 0, err
	}
	var seq int64
	err = w.tx.QueryRowContext(w.ctx, `SELECT seq FROM changes WHERE path = ? ORDER BY blob = ? DESC, seq DESC LIMIT 1`,
		id, blob.String()).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return seq, err
}

// page adds a page.
func (w *writer) page(p page) error {
	seq, err := w.lastChange(p.path+pageSuffix, p.blob)
	if err != nil {
		return err
	}
	result, err := w.tx.ExecContext(w.ctx, `INSERT INTO pages (path, fold, title, category, blob, seq, words, text)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, p.path, Fold(p.path), p.title, p.category, p.blob.String(), seq, p.words, p.text)
	if err != nil {
		return err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return err
	}
	if err := w.exec("INSERT INTO page_words (rowid, title, path, text) VALUES (?, ?, ?, ?)", id, p.title, p.path, p.text); err != nil {
		return err
	}
	for _, tag := range p.tags {
		if err := w.exec("INSERT INTO tags (fold, page, tag) VALUES (?, ?, ?)", source.FoldTag(tag), id, tag); err != nil {
			return err
		}
	}
	return w.links(id, p.links)
}

func (w *writer) links(page int64, targets []string) error {
	for _, target := range targets {
		if err := w.exec("INSERT INTO links (page, fold, path) VALUES (?, ?, ?)", page, Fold(target), target); err != nil {
			return err
		}
	}
	return nil
}

// attachment adds a file that is no page.
func (w *writer) attachment(a attachment) error {
	seq, err := w.lastChange(a.path.String(), a.blob)
	if err != nil {
		return err
	}
	return w.exec("INSERT INTO attachments (path, page, blob, size, seq) VALUES (?, ?, ?, ?, ?)",
		a.path.String(), folderOf(a.path.String()), a.blob.String(), a.size, seq)
}

// relink reads the links of all pages again.
func (w *writer) relink(style source.WikilinkStyle) error {
	type linked struct {
		id      int64
		targets []string
	}
	pages, err := sqlite.Collect(w.ctx, w.tx, func(r sqlite.Row) (linked, error) {
		var l linked
		var path, text string
		err := r.Scan(&l.id, &path, &text)
		l.targets = targets(path, []byte(text), style)
		return l, err
	}, "SELECT id, path, text FROM pages")
	if err != nil {
		return err
	}
	if err := w.exec("DELETE FROM links"); err != nil {
		return err
	}
	for _, p := range pages {
		if err := w.links(p.id, p.targets); err != nil {
			return err
		}
	}
	return nil
}
