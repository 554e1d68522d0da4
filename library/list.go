package library

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

const (
	defaultList = 50
	mostListed  = 200
)

// Document returns a document by its id.
func (l *Library) Document(ctx context.Context, id string) (Document, error) {
	rec, err := recordByID(ctx, l.db.Reader(), id)
	return rec.Document, err
}

// order is how the list is sorted: columns are constants of this program.
type order struct {
	by    string // ORDER BY
	after string // condition for what follows a cursor
	args  func(listCursor) []any
}

func orderOf(sort Sort) (order, error) {
	number := func(c listCursor) []any { return []any{c.Value, c.Seq} }
	switch sort {
	case ByAdded:
		return order{"d.seq DESC", "d.seq < ?", func(c listCursor) []any { return []any{c.Seq} }}, nil
	case ByTitle:
		return order{"d.title COLLATE NOCASE, d.seq", "(d.title COLLATE NOCASE, d.seq) > (?, ?)",
			func(c listCursor) []any { return []any{c.Title, c.Seq} }}, nil
	case BySize:
		return order{"d.size DESC, d.seq DESC", "(d.size, d.seq) < (?, ?)", number}, nil
	case ByPages:
		return order{"d.pages DESC, d.seq DESC", "(d.pages, d.seq) < (?, ?)", number}, nil
	}
	return order{}, fmt.Errorf("%w: unknown order %q", ErrInvalid, sort)
}

// Documents returns a part of the list. It fails with [ErrInvalid] for an
// unknown order or place to go on from.
func (l *Library) Documents(ctx context.Context, filter Filter) (List, error) {
	if filter.Sort == "" {
		filter.Sort = ByAdded
	}
	o, err := orderOf(filter.Sort)
	if err != nil {
		return List{}, err
	}
	limit := filter.Limit
	if limit <= 0 {
		limit = defaultList
	}
	limit = min(limit, mostListed)
	where, args := filter.where()
	var out List
	err = l.db.View(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM documents d WHERE "+where, args...).Scan(&out.Total); err != nil {
			return err
		}
		if filter.After != "" {
			c, err := parseListCursor(filter.After, filter.Sort)
			if err != nil {
				return err
			}
			where, args = where+" AND "+o.after, append(args, o.args(c)...)
		}
		recs, err := listRecords(ctx, tx, "SELECT "+recordColumns+" FROM documents d WHERE "+where+
			" ORDER BY "+o.by+" LIMIT ?", append(args, limit+1)...)
		if err != nil {
			return err
		}
		if len(recs) > limit {
			recs = recs[:limit]
			out.Next = recs[limit-1].cursor(filter.Sort).String()
		}
		out.Documents = make([]Document, len(recs))
		for i, r := range recs {
			out.Documents[i] = r.Document
		}
		return nil
	})
	if err != nil {
		return List{}, fmt.Errorf("list documents: %w", err)
	}
	return out, nil
}

// where returns the condition of a filter, made of constants, and its values.
func (f Filter) where() (string, []any) {
	conditions, args := []string{"true"}, []any{}
	add := func(condition string, values ...any) {
		conditions, args = append(conditions, condition), append(args, values...)
	}
	if text := cleanLine(f.Text); text != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(clip(text, MaxTitle)) + "%"
		add(`(d.title LIKE ? ESCAPE '\' OR d.authors LIKE ? ESCAPE '\' OR d.file_name LIKE ? ESCAPE '\')`, like, like, like)
	}
	if f.Tag != "" {
		add("d.seq IN (SELECT document FROM tags WHERE tag = ?)", f.Tag)
	}
	if f.Status != "" {
		add("d.status = ?", f.Status)
	}
	if f.Format != "" {
		add("d.format = ?", f.Format)
	}
	return strings.Join(conditions, " AND "), args
}

func (r record) cursor(sort Sort) listCursor {
	c := listCursor{Sort: sort, Seq: r.seq}
	switch sort {
	case ByTitle:
		c.Title = r.Title
	case BySize:
		c.Value = r.Size
	case ByPages:
		c.Value = int64(r.Pages)
	}
	return c
}

func listRecords(ctx context.Context, q querier, query string, args ...any) ([]record, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []record
	for rows.Next() {
		r, err := scanRecord(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// TagCount is a tag and how many documents have it.
type TagCount struct {
	Tag       string
	Documents int
}

// Tags returns all tags in alphabetical order.
func (l *Library) Tags(ctx context.Context) ([]TagCount, error) {
	rows, err := l.db.Reader().QueryContext(ctx, "SELECT min(tag), count(*) FROM tags GROUP BY tag ORDER BY tag")
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	defer rows.Close()
	tags := []TagCount{}
	for rows.Next() {
		var t TagCount
		if err := rows.Scan(&t.Tag, &t.Documents); err != nil {
			return nil, fmt.Errorf("list tags: %w", err)
		}
		tags = append(tags, t)
	}
	return tags, rows.Err()
}
