package ocr

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ErrBadLanguage means that a text is no name of a language of tesseract.
var ErrBadLanguage = errors.New("not the name of a language of tesseract, such as eng or chi_sim")

// Language is tesseract's name of a language or script: "eng", "chi_sim",
// "script/Latin". See [ParseLanguage].
type Language string

// orientation is no language but what tells how a page is turned.
const orientation Language = "osd"

// languageName is one word, with at most one folder before it. It begins with a
// letter, so that it cannot be taken for an option or a path elsewhere.
var languageName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]*(/[a-zA-Z][a-zA-Z0-9_]*)?$`)

// maxLanguage is the most bytes of a name, maxLanguages the most languages of a
// page.
const (
	maxLanguage  = 40
	maxLanguages = 10
)

func (l Language) check() error {
	if len(l) > maxLanguage || !languageName.MatchString(string(l)) {
		return fmt.Errorf("%.40q: %w", string(l), ErrBadLanguage)
	}
	return nil
}

// ParseLanguage checks the name of a language. It fails with [ErrBadLanguage].
func ParseLanguage(s string) (Language, error) {
	l := Language(s)
	if err := l.check(); err != nil {
		return "", err
	}
	return l, nil
}

// ParseLanguages reads names divided by "+" as tesseract writes them, or by
// commas or spaces: "eng+deu". A text without names yields none.
func ParseLanguages(s string) ([]Language, error) {
	var all []Language
	for _, name := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("+, ", r) }) {
		l, err := ParseLanguage(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	if len(all) > maxLanguages {
		return nil, fmt.Errorf("%w: at most %d at once", ErrBadLanguage, maxLanguages)
	}
	return all, nil
}

// without returns the languages of a that are not in b.
func without(a, b []Language) []Language {
	return slices.DeleteFunc(slices.Clone(a), func(l Language) bool { return slices.Contains(b, l) })
}

func joined(languages []Language, separator string) string {
	names := make([]string, len(languages))
	for i, l := range languages {
		names[i] = string(l)
	}
	return strings.Join(names, separator)
}

// packages names Debian's packages of languages.
func packages(languages []Language) string {
	names := make([]string, len(languages))
	for i, l := range languages {
		name := strings.ToLower(strings.ReplaceAll(string(l), "_", "-"))
		names[i] = "tesseract-ocr-" + strings.ReplaceAll(name, "/", "-")
	}
	return strings.Join(names, " ")
}
