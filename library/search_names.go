package library

import (
	"context"
	"html"
	"math"
)

// byName answers a query that asks for nothing but names: the documents
// themselves, each with its first page.
func (s *searcher) byName(ctx context.Context) (Results, error) {
	statement := `SELECT rowid, rank FROM (SELECT rowid << 20 | 1 AS rowid, rank FROM document_names WHERE document_names MATCH ?)
		WHERE rowid IN (SELECT id FROM page_chunks)`
	args := append([]any{s.query.ByName()}, s.args...)
	for _, c := range s.conditions {
		statement += " AND " + c
	}
	if s.from.mode != fromStart {
		statement += " AND (rank, rowid) > (?, ?)"
		args = append(args, s.from.rank, s.from.id)
	}
	documents, err := s.ranked(ctx, statement+" ORDER BY rank, rowid LIMIT ?", append(args, s.limit+1)...)
	if err != nil {
		return Results{}, err
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
			return Results{}, err
		}
		h.Snippet = html.EscapeString(h.Snippet)
		out.Hits = append(out.Hits, h)
	}
	return out, nil
}
