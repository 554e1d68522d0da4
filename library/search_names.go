package library

import (
	"context"
	"fmt"
	"html"
	"math"
)

// byName answers a query that asks for nothing but names: the documents
// themselves, each with its first page.
func (s *searcher) byName(ctx context.Context) (Results, error) {
	names, args := namesLike(s.query.ByName(), s.query.Names)
	condition, values := s.condition()
	statement := "SELECT rowid, rank FROM (SELECT rowid << 20 | 1 AS rowid, rank FROM (" + names + `))
		WHERE rowid IN (SELECT id FROM page_chunks)` + condition
	args = append(args, values...)
	if s.from.id > 0 {
		statement += " AND (rank, rowid) > (?, ?)"
		args = append(args, s.from.rank, s.from.id)
	}
	documents, err := s.ranked(ctx, statement+" ORDER BY rank, rowid LIMIT ?", append(args, s.limit+1)...)
	if err != nil {
		return Results{}, fmt.Errorf("look up names: %w", err)
	}
	var out Results
	if len(documents) > s.limit {
		documents = documents[:s.limit]
		last := documents[s.limit-1]
		out.Next = cursor{mode: strictHits, rank: last.rank, id: last.id}.String()
	}
	for _, d := range documents {
		h := Hit{Score: math.Max(0, -d.rank)}
		err := s.tx.QueryRowContext(ctx, `SELECT d.id, d.title, p.page_number, p.label, p.heading, d.first_line
			FROM page_chunks p JOIN documents d ON d.seq = p.id >> 20 WHERE p.id = ?`, d.id).
			Scan(&h.DocumentID, &h.Title, &h.Page, &h.Label, &h.Heading, &h.Snippet)
		if err != nil {
			return Results{}, fmt.Errorf("read hits: %w", err)
		}
		h.Snippet = html.EscapeString(h.Snippet)
		out.Hits = append(out.Hits, h)
	}
	return out, nil
}
