package fulltext

import "strings"

// All returns the FTS5 expression for pages that have all words of the query,
// "" where it asks for none. Every part of it is quoted, so that nothing a
// person types is syntax (https://www.sqlite.org/fts5.html#full_text_query_syntax).
// An index by [Trigram] does not see what is too short for it; see [Query.Scanned].
func (q Query) All() string { return q.without(q.join(q.Words, " AND ")) }

// Any returns the expression for pages that have at least one of the words. Of
// a sentence in a script without spaces a part is enough.
func (q Query) Any() string {
	words := q.Words
	for _, t := range q.Words {
		words = append(words[:len(words):len(words)], q.parts(t)...)
	}
	return q.without(q.join(words, " OR "))
}

// ByName returns the expression for the documents that the query is restricted
// to by their names, "" where it is not.
func (q Query) ByName() string { return Query{}.join(q.Names, " AND ") }

// LikeName returns the expression for documents whose names have all the words
// that are looked for on pages.
func (q Query) LikeName() string { return Query{}.join(q.Words, " AND ") }

// Scanned reports whether some of the query is too short for an index by
// [Trigram]: the pages themselves have to be looked through.
func (q Query) Scanned() bool {
	if q.tokenizer != Trigram {
		return false
	}
	for _, list := range [][]Term{q.Words, q.Excluded} {
		for _, t := range list {
			if short(t.Text) {
				return true
			}
		}
	}
	return false
}

func (q Query) without(wanted string) string {
	excluded := q.join(q.Excluded, " OR ")
	if wanted == "" || excluded == "" {
		return wanted
	}
	return "(" + wanted + ") NOT (" + excluded + ")"
}

func (q Query) join(terms []Term, operator string) string {
	var b strings.Builder
	for _, t := range terms {
		if q.tokenizer == Trigram && short(t.Text) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(operator)
		}
		b.WriteString(t.expression(q.tokenizer))
	}
	return b.String()
}

// expression is the term as a string of the query syntax. Within an index by
// [Trigram] every term is found as the beginning of a word and elsewhere.
func (t Term) expression(of Tokenizer) string {
	s := `"` + strings.ReplaceAll(t.Text, `"`, `""`) + `"`
	if t.Prefix && of != Trigram {
		s += " *"
	}
	return s
}

// short reports whether a text has too few characters for a trigram.
func short(text string) bool {
	n := 0
	for _, r := range text {
		if foldRune(r) != 0 {
			n++
		}
	}
	return n < gram
}

const (
	longestWord = 4  // characters of what is one word in a script without spaces
	mostParts   = 24 // that are looked for instead of a sentence
)

// parts returns what else a term is found by in an index by [Trigram]: a
// sentence without spaces stands on no page as it was typed, but its words do.
// They are taken to be any three characters in a row.
func (q Query) parts(t Term) []Term {
	if q.tokenizer != Trigram || t.phrase {
		return nil
	}
	runes := []rune(fold(t.Text))
	var parts []Term
	for i := 0; i+gram <= len(runes) && len(runes) > longestWord && len(parts) < mostParts; i++ {
		if Unspaced(runes[i]) && Unspaced(runes[i+1]) && Unspaced(runes[i+2]) {
			parts = append(parts, Term{Text: string(runes[i : i+gram])})
		}
	}
	return parts
}
