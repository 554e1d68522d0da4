package fulltext

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Span is a part of a text, as byte offsets.
type Span struct{ Start, End int }

// Finder finds the words of a query in texts as the index does, many times
// faster. It is for one search, not for concurrent use.
type Finder struct {
	trigrams bool
	stems    bool
	terms    []sought
	starts   [utf8.RuneSelf]bool // first bytes of sought words

	words []Span // scratch: of the text at hand
	hits  []hit
	inner folded
}

// sought is a term as the index sees it.
type sought struct {
	words  []string // stems, or folded
	prefix bool
	needle string   // folded, for trigrams
	parts  []string // what counts as a part of the needle
	plain  bool     // folding a text does not change where the needle is
}

// hit is where a term was found: in bytes, and the words that it touches.
type hit struct {
	Span
	word, words int
	term        int
}

// NewFinder prepares the words of a query.
func NewFinder(q Query) *Finder {
	f := &Finder{trigrams: q.tokenizer == Trigram, stems: q.tokenizer == Porter || q.tokenizer == mixed}
	for _, t := range q.Words {
		term := sought{prefix: t.Prefix}
		if f.trigrams {
			term.needle = fold(t.Text)
			term.plain = strings.IndexFunc(term.needle, func(r rune) bool { return !Unspaced(r) }) < 0
			for _, p := range q.parts(t) {
				term.parts = append(term.parts, p.Text)
			}
			f.terms = append(f.terms, term)
			continue
		}
		for _, w := range wordSpans(t.Text, nil) {
			term.words = append(term.words, f.reduce(t.Text[w.Start:w.End]))
		}
		if len(term.words) == 0 {
			continue
		}
		f.terms = append(f.terms, term)
		if first := term.words[0][0]; first < utf8.RuneSelf {
			f.starts[first] = true
		}
	}
	return f
}

// Terms is how many words and phrases are looked for.
func (f *Finder) Terms() int { return len(f.terms) }

// reduce returns a word as the index has it.
func (f *Finder) reduce(word string) string {
	word = fold(word)
	if f.stems {
		word = stem(word)
	}
	return word
}

// Hits returns where the words and phrases of the query stand in a text, in
// order and apart. The slice is valid until the next call.
func (f *Finder) Hits(text string) []Span {
	f.find(text)
	var spans []Span
	for _, h := range f.hits {
		if last := len(spans) - 1; last >= 0 && h.Start < spans[last].End {
			spans[last].End = max(spans[last].End, h.End)
			continue
		}
		spans = append(spans, h.Span)
	}
	return spans
}

// find fills words and hits.
func (f *Finder) find(text string) {
	f.hits = f.hits[:0]
	if f.trigrams {
		f.words = unitSpans(text, f.words[:0])
		f.findInside(text)
		return
	}
	f.words = wordSpans(text, f.words[:0])
	for i, w := range f.words {
		// Folding keeps ASCII words what they are, but for case.
		if first := text[w.Start] | 0x20; first < utf8.RuneSelf && !f.starts[first] && !f.starts[text[w.Start]] {
			continue
		}
		reduced := f.reduce(text[w.Start:w.End])
		for n, t := range f.terms {
			if !f.begins(text, f.words[i:], t, reduced) {
				continue
			}
			last := f.words[i+len(t.words)-1]
			f.hits = append(f.hits, hit{Span: Span{w.Start, last.End}, word: i, words: len(t.words), term: n})
		}
	}
}

// begins reports whether words begin with the term; first is the first one as
// the index has it, which is what the index compares also by the beginning.
func (f *Finder) begins(text string, words []Span, t sought, first string) bool {
	if t.prefix && len(t.words) == 1 {
		return strings.HasPrefix(first, t.words[0])
	}
	if first != t.words[0] || len(t.words) > len(words) {
		return false
	}
	for i, want := range t.words[1:] {
		w := words[i+1]
		got := f.reduce(text[w.Start:w.End])
		if last := i+2 == len(t.words); got != want && !(last && t.prefix && strings.HasPrefix(got, want)) {
			return false
		}
	}
	return true
}

// findInside finds the terms wherever they stand, within words too. Where a
// term is not on the page as a whole its parts count.
func (f *Finder) findInside(text string) {
	f.inner.fold(text)
	for n, t := range f.terms {
		before := len(f.hits)
		f.needle(t.needle, n)
		if len(f.hits) == before {
			for _, p := range t.parts {
				f.needle(p, n)
			}
		}
	}
	slices.SortStableFunc(f.hits, func(a, b hit) int { return a.Start - b.Start })
}

// needle adds a hit for each place of a folded string.
func (f *Finder) needle(needle string, term int) {
	for at := 0; needle != ""; {
		i := strings.Index(f.inner.text[at:], needle)
		if i < 0 {
			return
		}
		at += i
		s := Span{f.inner.origin(at), f.inner.origin(at + len(needle))}
		first, _ := slices.BinarySearchFunc(f.words, s.Start, func(w Span, start int) int {
			if w.End <= start {
				return -1
			}
			return 1
		})
		last := first
		for last+1 < len(f.words) && f.words[last+1].Start < s.End {
			last++
		}
		if first < len(f.words) {
			f.hits = append(f.hits, hit{Span: s, word: first, words: last - first + 1, term: term})
		}
		_, size := utf8.DecodeRuneInString(f.inner.text[at:])
		at += size
	}
}

// folded is a text in lower case without accents that knows where its bytes
// come from.
type folded struct {
	text   string
	shifts []shift
}

// shift says that from byte at on, the source is by bytes ahead.
type shift struct{ at, by int }

func (f *folded) fold(text string) {
	f.shifts = f.shifts[:0]
	var b strings.Builder
	b.Grow(len(text))
	by := 0
	for i, r := range text {
		n := foldRune(r)
		if n == 0 {
			continue
		}
		if i-b.Len() != by {
			by = i - b.Len()
			f.shifts = append(f.shifts, shift{b.Len(), by})
		}
		b.WriteRune(n)
	}
	if len(text)-b.Len() != by {
		f.shifts = append(f.shifts, shift{b.Len(), len(text) - b.Len()})
	}
	f.text = b.String()
}

// origin returns where a byte of the folded text lies in the source.
func (f *folded) origin(at int) int {
	i, _ := slices.BinarySearchFunc(f.shifts, at, func(s shift, at int) int {
		if s.at <= at {
			return -1
		}
		return 1
	})
	if i == 0 {
		return at
	}
	return at + f.shifts[i-1].by
}

// wordSpans appends the words of a text as an index of words divides it.
func wordSpans(text string, spans []Span) []Span {
	start := -1
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		var in bool
		if r < utf8.RuneSelf {
			in = 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		} else {
			r, size = utf8.DecodeRuneInString(text[i:])
			in = indexed(r) || start >= 0 && combining(r)
		}
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			spans = append(spans, Span{start, i})
			start = -1
		}
		i += size
	}
	if start >= 0 {
		spans = append(spans, Span{start, len(text)})
	}
	return spans
}

// unitSpans is wordSpans for scripts without spaces, where each letter with the
// marks on it counts as a word.
func unitSpans(text string, spans []Span) []Span {
	start, apart := -1, false
	end := func(at int) {
		if start >= 0 {
			spans = append(spans, Span{start, at})
		}
		start = -1
	}
	for i, r := range text {
		switch {
		case Unspaced(r) && !wordMark(r):
			end(i)
			start, apart = i, true
		case wordMark(r) && start >= 0:
		case wordRune(r):
			if apart || start < 0 {
				end(i)
				start, apart = i, false
			}
		default:
			end(i)
		}
	}
	end(len(text))
	return spans
}
