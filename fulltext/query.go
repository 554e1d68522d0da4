package fulltext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a query.
const (
	maxQuery  = 1000 // characters; what follows is not looked at
	maxWords  = 32   // in all terms together: each costs a look into the index
	maxPhrase = 16   // words of one phrase
)

// Term is a word or a phrase to look for.
type Term struct {
	Text   string // words that stand one after the other
	Prefix bool   // a word that begins so
	phrase bool   // it was quoted
}

// Query is what a person asks for, as an index of one tokenizer is asked.
type Query struct {
	Words    []Term // to be found on the page
	Names    []Term // to be found in the title and other names of the document
	Excluded []Term // not to be found on the page

	tokenizer Tokenizer
	source    string
}

// For returns the same query as an index of another tokenizer is asked.
func (q Query) For(t Tokenizer) Query { return ParseFor(q.source, t) }

// Unwanted returns the query for the words that are not to be found.
func (q Query) Unwanted() Query { return Query{Words: q.Excluded, tokenizer: q.tokenizer} }

// Exact reports whether the query quotes, excludes or cuts off words, or names
// a document: whoever does means these words and no others.
func (q Query) Exact() bool {
	for _, t := range q.Words {
		if t.phrase || t.Prefix {
			return true
		}
	}
	return len(q.Names)+len(q.Excluded) > 0
}

// mixed stands for an index by [Porter] of texts in any language.
const mixed Tokenizer = ""

// Parse reads words, "phrases", prefix*, -excluded and title:word, for an index
// by [Porter] of texts in any language. What is malformed counts as plain words,
// so that every text is a query. Words that are too common to tell pages apart
// are left out unless there are no others.
func Parse(text string) Query { return ParseFor(text, mixed) }

// ParseFor is [Parse] for an index that has the pages of languages which its
// tokenizer is for: which words are too common depends on that.
func ParseFor(text string, t Tokenizer) Query {
	p := parser{rest: cleanQuery(text), seen: make(map[string]bool)}
	p.query.tokenizer, p.query.source = t, text
	for p.next() {
	}
	q := p.query
	if len(q.Words) == 0 && len(q.Names) == 0 {
		q.Words = p.common[:min(len(p.common), maxWords-p.words)]
	}
	if len(q.Words) == 0 && len(q.Names) == 0 {
		// Nothing but exclusions says what is wanted: they count as words.
		q.Words, q.Excluded = q.Excluded, nil
	}
	return q
}

// Empty reports whether the query looks for nothing.
func (q Query) Empty() bool { return len(q.Words) == 0 && len(q.Names) == 0 }

// cleanQuery bounds a text and leaves it without control characters, with
// straight quotes.
func cleanQuery(text string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(text, " ") {
		if n++; n > maxQuery {
			// A word cut in two would be another word.
			whole := b.String()
			return whole[:strings.LastIndexByte(whole, ' ')+1]
		}
		switch {
		case unicode.IsControl(r) || unicode.IsSpace(r):
			r = ' '
		case strings.ContainsRune("“”„«»", r):
			r = '"'
		}
		b.WriteRune(r)
	}
	return b.String()
}

type parser struct {
	rest   string
	query  Query
	common []Term // stop words
	seen   map[string]bool
	words  int // in the terms so far
}

// next reads one part of the query. It returns false at the end.
func (p *parser) next() bool {
	p.rest = strings.TrimLeft(p.rest, " ")
	if p.rest == "" || p.words >= maxWords {
		return false
	}
	excluded := false
	if after, ok := strings.CutPrefix(p.rest, "-"); ok && after != "" && after[0] != ' ' && after[0] != '-' {
		excluded, p.rest = true, after
	}
	named := false
	if after, ok := cutField(p.rest); ok && !excluded {
		named, p.rest = true, after
	}
	var list *[]Term
	switch {
	case excluded:
		list = &p.query.Excluded
	case named:
		list = &p.query.Names
	default:
		list = &p.query.Words
	}
	if phrase, after, ok := cutPhrase(p.rest); ok {
		p.rest = after
		p.add(list, Term{Text: phrase, phrase: true})
		return true
	}
	chunk := p.rest
	if i := strings.IndexAny(chunk, ` "`); i == 0 {
		chunk = chunk[:1] // a quote that opens nothing
	} else if i > 0 {
		chunk = chunk[:i]
	}
	p.rest = p.rest[len(chunk):]
	p.chunk(list, chunk, excluded || named)
	return true
}

// cutField cuts "title:" off when something follows it.
func cutField(s string) (after string, ok bool) {
	const field = "title:"
	if len(s) <= len(field) || !strings.EqualFold(s[:len(field)], field) {
		return s, false
	}
	after = s[len(field):]
	if phrase, _, ok := cutPhrase(after); ok {
		return after, hasWord(phrase)
	}
	word, _, _ := strings.Cut(after, " ")
	return after, hasWord(word)
}

// cutPhrase cuts a quoted phrase off.
func cutPhrase(s string) (phrase, after string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", s, false
	}
	phrase, after, ok = strings.Cut(s[1:], `"`)
	return phrase, after, ok
}

// chunk adds what stands between two spaces: one word or several.
func (p *parser) chunk(list *[]Term, chunk string, chosen bool) {
	words := strings.FieldsFunc(chunk, func(r rune) bool { return !wordRune(r) && !joins(r) && r != '*' })
	for _, word := range words {
		term := Term{Text: strings.Trim(strings.ReplaceAll(word, "*", " "), " -'’._/@&+")}
		term.Prefix = strings.HasSuffix(word, "*") && prefixable(term.Text)
		if !chosen && !term.Prefix && stopWord(term.Text, p.query.tokenizer) {
			p.keepCommon(term)
			continue
		}
		p.add(list, term)
	}
}

// prefixable reports whether a word is long enough to be the beginning of not
// too many others.
func prefixable(word string) bool {
	const shortest = 2
	n := 0
	for _, r := range word {
		if !wordRune(r) {
			return false
		}
		n++
	}
	return n >= shortest
}

func (p *parser) keepCommon(t Term) {
	if len(p.common) < maxWords {
		p.common = append(p.common, t)
	}
}

// add adds a term unless it is there. One that is too long is cut.
func (p *parser) add(list *[]Term, t Term) {
	t.Text = strings.Join(strings.Fields(t.Text), " ")
	words := looked(t.Text)
	most := min(maxPhrase, maxWords-p.words)
	if len(words) == 0 || most <= 0 {
		return
	}
	if len(words) > most {
		words = words[:most]
		t.Text = t.Text[:words[most-1]]
	}
	key := listKey(list, &p.query) + strings.ToLower(t.Text)
	if t.Prefix {
		key += "*"
	}
	if p.seen[key] {
		return
	}
	p.seen[key] = true
	p.words += len(words)
	*list = append(*list, t)
}

// looked returns where the words end that the index may look up for a term. Some
// marks divide words there and others do not: all are counted as if they did.
func looked(text string) []int {
	var ends []int
	inside := false
	for i, r := range text {
		part := unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r)
		if inside && !part {
			ends = append(ends, i)
		}
		inside = part
	}
	if inside {
		ends = append(ends, len(text))
	}
	return ends
}

func listKey(list *[]Term, q *Query) string {
	switch list {
	case &q.Names:
		return "title:"
	case &q.Excluded:
		return "-"
	}
	return " "
}

// wordRune reports whether a reader takes r as part of a word.
func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r) || wordMark(r)
}

// wordMark reports whether r is written on or around the letter before it.
func wordMark(r rune) bool { return unicode.Is(unicode.M, r) }

// joins reports whether r may stand inside of what is one word to a reader.
// The index divides there; the parts are looked for one after the other.
func joins(r rune) bool { return strings.ContainsRune("-'’._/@&+", r) }

// hasWord reports whether the index finds a word in s.
func hasWord(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Co, r)
	}) >= 0
}

func stopWord(word string, of Tokenizer) bool {
	const longest = 10
	if len(word) > longest || utf8.RuneCountInString(word) == 0 {
		return false
	}
	return isStopWord(strings.ToLower(word), of)
}
