// Package wordpiece divides text into the tokens that models of the BERT family
// were trained with: words are cut out by spaces, punctuation and Chinese
// characters, and each word is covered from its start by the longest pieces that
// a vocabulary has (J. Devlin et al., "BERT", 2019; M. Schuster, K. Nakajima,
// "Japanese and Korean Voice Search", 2012).
//
// Names of special tokens in a text, such as "[SEP]", are words like others:
// a document cannot speak to the model.
package wordpiece

import (
	"errors"
	"fmt"
)

// MaxVocabulary is the greatest number of tokens of a vocabulary.
const MaxVocabulary = 1 << 20

// ErrVocabulary means that a vocabulary cannot be used.
var ErrVocabulary = errors.New("not a usable WordPiece vocabulary")

// Options say how text is prepared. The zero value changes nothing; Uncased is
// what most models want.
type Options struct {
	// Clean drops control characters and takes every kind of space for one.
	Clean bool
	// SplitChinese makes every Chinese character a word.
	SplitChinese bool
	// StripAccents drops the marks above and below letters.
	StripAccents bool
	// Lower makes all letters small.
	Lower bool

	// MaxWord is the number of characters above which a word is unknown. 0 means
	// 100, as BERT has it.
	MaxWord int
	// Continuation is how the pieces begin that continue a word. "" means "##".
	Continuation string

	Specials
}

// Specials are the special tokens for words without pieces and for the ends of a
// text. "" means "[UNK]", "[CLS]" and "[SEP]".
type Specials struct{ Unknown, Start, End string }

// Uncased returns the options of models that know no capital letters.
func Uncased() Options {
	return Options{Clean: true, SplitChinese: true, StripAccents: true, Lower: true}
}

// withDefaults fills in what is empty.
func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *string
		value string
	}{{&o.Continuation, "##"}, {&o.Unknown, "[UNK]"}, {&o.Start, "[CLS]"}, {&o.End, "[SEP]"}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if o.MaxWord <= 0 {
		o.MaxWord = 100
	}
	return o
}

// Tokenizer turns text into token numbers. It is not changed after New and may
// be used by several goroutines.
type Tokenizer struct {
	options             Options
	first, next         map[string]int32 // pieces that begin a word, and that continue one, without the mark
	longest             int              // bytes of the longest piece
	unknown, start, end int32
	size                int
}

// New makes a tokenizer of a vocabulary: the number of each token. Errors match
// ErrVocabulary.
func New(vocabulary map[string]int32, o Options) (*Tokenizer, error) {
	if len(vocabulary) > MaxVocabulary {
		return nil, fmt.Errorf("%w: it has %d tokens, more than %d", ErrVocabulary, len(vocabulary), MaxVocabulary)
	}
	o = o.withDefaults()
	t := &Tokenizer{options: o, first: make(map[string]int32, len(vocabulary)), next: make(map[string]int32)}
	for token, number := range vocabulary {
		if number < 0 || number >= MaxVocabulary {
			return nil, fmt.Errorf("%w: token %.40q has the number %d", ErrVocabulary, token, number)
		}
		t.size = max(t.size, int(number)+1)
		t.longest = max(t.longest, len(token))
		if rest, continues := cutMark(token, o.Continuation); continues {
			t.next[rest] = number
		} else {
			t.first[token] = number
		}
	}
	for _, special := range []struct {
		token  string
		number *int32
	}{{o.Unknown, &t.unknown}, {o.Start, &t.start}, {o.End, &t.end}} {
		number, ok := vocabulary[special.token]
		if !ok {
			return nil, fmt.Errorf("%w: the special token %.40q is missing", ErrVocabulary, special.token)
		}
		*special.number = number
	}
	return t, nil
}

// cutMark takes the mark of a continuing piece off. The mark alone is a word:
// "##" may stand in a text.
func cutMark(token, mark string) (rest string, continues bool) {
	if len(token) > len(mark) && token[:len(mark)] == mark {
		return token[len(mark):], true
	}
	return token, false
}

// Size returns one more than the greatest token number: the rows that a table
// of embeddings must have.
func (t *Tokenizer) Size() int { return t.size }

// Encode returns the numbers of the tokens of text between those for its start
// and its end, at most limit together; what comes later in the text is not
// looked at. A limit below 2 is taken for 2.
func (t *Tokenizer) Encode(text string, limit int) []int32 {
	room := max(limit, 2) - 1 // for all but the end
	numbers := append(make([]int32, 0, min(room+1, 16+len(text)/3)), t.start)
	for word := range t.options.words(text) {
		numbers = t.appendPieces(numbers, word)
		if len(numbers) >= room {
			numbers = numbers[:room]
			break
		}
	}
	return append(numbers, t.end)
}

// appendPieces appends the pieces that cover a word, or the number for unknown
// words when there are none.
func (t *Tokenizer) appendPieces(numbers []int32, word string) []int32 {
	if tooLong(word, t.options.MaxWord) {
		return append(numbers, t.unknown)
	}
	before := len(numbers)
	pieces := t.first
	for word != "" {
		end := min(len(word), t.longest)
		for ; end > 0; end-- {
			// A piece that ends within a character is in no vocabulary.
			if number, ok := pieces[word[:end]]; ok {
				numbers = append(numbers, number)
				break
			}
		}
		if end == 0 {
			return append(numbers[:before], t.unknown)
		}
		word, pieces = word[end:], t.next
	}
	return numbers
}

// tooLong reports whether a word has more than limit characters.
func tooLong(word string, limit int) bool {
	if len(word) <= limit {
		return false
	}
	n := 0
	for range word {
		if n++; n > limit {
			return true
		}
	}
	return false
}
