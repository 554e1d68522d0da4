package library

import (
	"context"
	"strings"
	"unicode"

	"github.com/holtdb/holt/fulltext"
)

// restrict finds the documents that the search is restricted to: by name, by a
// tag, and by lists of documents and of tags, one of which is enough. It returns
// false when nothing can match.
func (s *searcher) restrict(ctx context.Context, query Query) (bool, error) {
	var conditions []string
	var args []any
	where := func(condition string, values ...any) {
		conditions, args = append(conditions, condition), append(args, values...)
	}
	if query.Tag != "" {
		where("seq IN (SELECT document FROM tags WHERE tag = ?)", query.Tag)
	}
	if len(s.query.Names) > 0 {
		names, values := namesLike(s.query.ByName(), s.query.Names)
		where("seq IN (SELECT rowid FROM ("+names+"))", values...)
	}
	if len(query.Documents)+len(query.Tags) > 0 {
		where(`(id IN (SELECT value FROM json_each(?))
			OR seq IN (SELECT document FROM tags WHERE tag IN (SELECT value FROM json_each(?))))`,
			jsonArray(query.Documents), jsonArray(query.Tags))
	}
	if len(conditions) == 0 {
		return true, nil
	}
	var err error
	s.restricts = true
	s.documents, err = s.ids(ctx, "SELECT seq FROM documents WHERE "+strings.Join(conditions, " AND "), args...)
	return len(s.documents) > 0, err
}

// restricted returns the documents, by seq, that the search is restricted to;
// any is false when it is not.
func (s *searcher) restricted(context.Context) (docs map[int64]bool, any bool, err error) {
	if !s.restricts {
		return nil, false, nil
	}
	docs = make(map[int64]bool, len(s.documents))
	for _, seq := range s.documents {
		docs[seq] = true
	}
	return docs, true, nil
}

// condition is the restriction as constant SQL on the rowid of a page, to
// follow other conditions.
func (s *searcher) condition() (string, []any) {
	switch {
	case !s.restricts:
		return "", nil
	case len(s.documents) == 1:
		first, last := pageRange(s.documents[0])
		return " AND rowid BETWEEN ? AND ?", []any{first, last}
	}
	return " AND rowid >> 20 IN (SELECT value FROM json_each(?))", []any{jsonArray(s.documents)}
}

// namesLike returns a query for the rowid and rank of the documents whose names
// match. The index of names has words: terms of a script without spaces are
// found anywhere in them.
func namesLike(match string, terms []fulltext.Term) (string, []any) {
	statement := "SELECT rowid, rank FROM document_names WHERE document_names MATCH ?"
	args := []any{match}
	inside := false
	for _, t := range terms {
		inside = inside || strings.IndexFunc(t.Text, fulltext.Unspaced) >= 0
	}
	if !inside {
		return statement, args
	}
	statement += " UNION ALL SELECT rowid, -1e-6 FROM document_names WHERE true"
	for _, t := range terms {
		statement += " AND instr(lower(title || ' ' || authors || ' ' || tags || ' ' || file_name), ?)"
		args = append(args, strings.Map(lowerASCII, t.Text))
	}
	return statement + " AND rowid NOT IN (SELECT rowid FROM document_names WHERE document_names MATCH ?)", append(args, match)
}

// lowerASCII is what lower() of SQLite does.
func lowerASCII(r rune) rune {
	if r > unicode.MaxASCII {
		return r
	}
	return unicode.ToLower(r)
}
