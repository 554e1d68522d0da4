package index

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/repo"
)

// Page is a page at the head of the branch.
type Page struct {
	Path     string // without .md
	Title    string
	Category string
	Blob     repo.Hash
	Words    int
	Changed  int64 // the number of the last commit that changed it
}

// Attachment is a file at the head that is no page.
type Attachment struct {
	Path    string // of the file
	Page    string // the page that it belongs to: the folder that it lies in
	Name    string
	Blob    repo.Hash
	Size    int64 // bytes
	Changed Commit
}

const pageColumns = "g.path, g.title, g.category, g.blob, g.words, g.seq"

func scanPage(r sqlite.Row, more ...any) (Page, error) {
	var p Page
	var blob string
	err := r.Scan(append([]any{&p.Path, &p.Title, &p.Category, &blob, &p.Words, &p.Changed}, more...)...)
	if err != nil {
		return Page{}, err
	}
	p.Blob, err = repo.ParseHash(blob)
	return p, err
}

func onlyPage(r sqlite.Row) (Page, error) { return scanPage(r) }

// Page returns a page with its text and last commit. A name that differs only
// in case is found when there is one such page. It fails with [ErrNotFound].
func (x *Index) Page(ctx context.Context, path string) (Page, string, Commit, error) {
	type found struct {
		page   Page
		text   string
		commit Commit
	}
	const query = "SELECT " + commitColumns + ", " + pageColumns + `, g.text FROM pages g
		LEFT JOIN commits c ON c.seq = g.seq WHERE `
	scan := func(r sqlite.Row) (f found, err error) {
		var blob string
		f.commit, err = scanCommit(r, &f.page.Path, &f.page.Title, &f.page.Category, &blob, &f.page.Words, &f.page.Changed, &f.text)
		if err == nil {
			f.page.Blob, err = repo.ParseHash(blob)
		}
		return f, err
	}
	f, err := scan(x.db.Prepared().QueryRowContext(ctx, query+"g.path = ?", path))
	if errors.Is(notFound(err), ErrNotFound) {
		var alike []found
		alike, err = sqlite.Collect(ctx, x.db.Prepared(), scan, query+"g.fold = ? LIMIT 2", Fold(path))
		switch {
		case err == nil && len(alike) == 1:
			f = alike[0]
		case err == nil:
			err = ErrNotFound
		}
	}
	if err != nil {
		return Page{}, "", Commit{}, fmt.Errorf("find page: %w", err)
	}
	return f.page, f.text, f.commit, nil
}

// Pages returns all pages, by path.
func (x *Index) Pages(ctx context.Context) ([]Page, error) {
	pages, err := sqlite.Collect(ctx, x.db.Prepared(), onlyPage, "SELECT "+pageColumns+" FROM pages g ORDER BY g.path")
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	return pages, nil
}

// EachText calls do with every page and its text, by path, until do returns
// false.
func (x *Index) EachText(ctx context.Context, do func(p Page, text string) bool) error {
	rows, err := x.db.Prepared().QueryContext(ctx, "SELECT "+pageColumns+", g.text FROM pages g ORDER BY g.path")
	if err != nil {
		return fmt.Errorf("read pages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		p, err := scanPage(rows, &text)
		if err != nil {
			return fmt.Errorf("read pages: %w", err)
		}
		if !do(p, text) {
			return nil
		}
	}
	return rows.Err()
}

// Count returns the numbers of pages and attachments.
func (x *Index) Count(ctx context.Context) (pages, attachments int64, err error) {
	err = x.db.Prepared().QueryRowContext(ctx, "SELECT (SELECT count(*) FROM pages), (SELECT count(*) FROM attachments)").
		Scan(&pages, &attachments)
	if err != nil {
		return 0, 0, fmt.Errorf("count pages: %w", err)
	}
	return pages, attachments, nil
}

const selectAttachment = "SELECT " + commitColumns + ", a.path, a.page, a.blob, a.size FROM attachments a LEFT JOIN commits c ON c.seq = a.seq"

func scanAttachment(r sqlite.Row) (Attachment, error) {
	var a Attachment
	var blob string
	c, err := scanCommit(r, &a.Path, &a.Page, &blob, &a.Size)
	if err != nil {
		return Attachment{}, err
	}
	a.Name, a.Changed = lastSegment(a.Path), c
	a.Blob, err = repo.ParseHash(blob)
	return a, err
}

// Attachments returns the files of a page, by name.
func (x *Index) Attachments(ctx context.Context, page string) ([]Attachment, error) {
	all, err := sqlite.Collect(ctx, x.db.Prepared(), scanAttachment, selectAttachment+" WHERE a.page = ? ORDER BY a.path", page)
	if err != nil {
		return nil, fmt.Errorf("list attachments: %w", err)
	}
	return all, nil
}

// Attachment returns a file, or [ErrNotFound].
func (x *Index) Attachment(ctx context.Context, path string) (Attachment, error) {
	a, err := scanAttachment(x.db.Prepared().QueryRowContext(ctx, selectAttachment+" WHERE a.path = ?", path))
	if err != nil {
		return Attachment{}, fmt.Errorf("find attachment: %w", notFound(err))
	}
	return a, nil
}

// Below returns the paths of all files in a folder and its subfolders.
func (x *Index) Below(ctx context.Context, folder string) ([]string, error) {
	low, high := folder+"/", folder+"0" // '0' follows '/'
	files, err := sqlite.Collect(ctx, x.db.Prepared(), scanText, `SELECT path || '.md' FROM pages WHERE path >= ?1 AND path < ?2
		UNION ALL SELECT path FROM attachments WHERE path >= ?1 AND path < ?2 ORDER BY 1`, low, high)
	if err != nil {
		return nil, fmt.Errorf("list folder: %w", err)
	}
	return files, nil
}

func scanText(r sqlite.Row) (text string, err error) { return text, r.Scan(&text) }

// FileOf returns the path of a page's file.
func FileOf(page string) string { return page + pageSuffix }

// IsPageFile reports whether a path is of a page's file.
func IsPageFile(path string) bool { return strings.HasSuffix(path, pageSuffix) }
