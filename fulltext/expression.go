package fulltext

import "strings"

// All returns the FTS5 expression for pages that have all words of the query,
// "" where it asks for none. Every part of it is quoted, so that nothing a
// person types is syntax (https://www.sqlite.org/fts5.html#full_text_query_syntax).
func (q Query) All() string { return q.without(join(q.Words, " AND ")) }

// Any returns the expression for pages that have at least one of the words.
func (q Query) Any() string { return q.without(join(q.Words, " OR ")) }

// Marked returns the expression for the words to be marked on a page.
func (q Query) Marked() string { return join(q.Words, " OR ") }

// ByName returns the expression for the documents that the query is restricted
// to by their names, "" where it is not.
func (q Query) ByName() string { return join(q.Names, " AND ") }

// LikeName returns the expression for documents whose names have all the words
// that are looked for on pages.
func (q Query) LikeName() string { return join(q.Words, " AND ") }

func (q Query) without(wanted string) string {
	if wanted == "" || len(q.Excluded) == 0 {
		return wanted
	}
	return "(" + wanted + ") NOT (" + join(q.Excluded, " OR ") + ")"
}

func join(terms []Term, operator string) string {
	var b strings.Builder
	for i, t := range terms {
		if i > 0 {
			b.WriteString(operator)
		}
		b.WriteString(t.quoted())
	}
	return b.String()
}

// quoted is the term as a string of the query syntax.
func (t Term) quoted() string {
	s := `"` + strings.ReplaceAll(t.Text, `"`, `""`) + `"`
	if t.Prefix {
		s += " *"
	}
	return s
}
