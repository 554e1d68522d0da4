package preferences

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/holtdb/holt/wiki/access"
)

// Each parser returns the safe value beside its error.

var (
	errBool   = errors.New("choose yes or no")
	errNumber = errors.New("use a whole number that is not too large, or leave it empty")
	errLevel  = errors.New("choose ANONYMOUS, REGISTERED or APPROVED")
	errPath   = errors.New("write the name of a page, without . and .. and empty parts")
	errLang   = errors.New("use a language code such as en or pt-BR")
	errName   = errors.New("give the wiki a name")

	languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)
)

// parseBool reads Otter Wiki's booleans: true and yes in any case are true, and
// everything else is false, except that a word it does not write is safe.
func parseBool(safe bool) func(string) (bool, error) {
	return func(text string) (bool, error) {
		switch strings.ToLower(text) {
		case "true", "yes":
			return true, nil
		case "false", "no", "":
			return false, nil
		}
		return safe, errBool
	}
}

func formatBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// parseNumber reads a number of at most limit; the empty text is 0.
func parseNumber(limit int) func(string) (int, error) {
	return func(text string) (int, error) {
		text = strings.TrimSpace(text)
		if text == "" {
			return 0, nil
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > limit {
			return 0, errNumber
		}
		return n, nil
	}
}

func formatNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func parseLevel(text string) (access.Level, error) {
	level := access.ParseLevel(text)
	if !strings.EqualFold(strings.TrimSpace(text), level.String()) {
		return level, errLevel
	}
	return level, nil
}

// oneLine reads a text of at most limit characters on one line. Its safe value
// is the text without what cannot be shown, cut to the limit.
func oneLine(limit int) func(string) (string, error) {
	return func(text string) (string, error) {
		bad := func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }
		if utf8.ValidString(text) && !strings.ContainsFunc(text, bad) && utf8.RuneCountInString(text) <= limit {
			return text, nil
		}
		clean := []rune(strings.Map(func(r rune) rune {
			if bad(r) {
				return ' '
			}
			return r
		}, strings.ToValidUTF8(text, "")))
		return string(clean[:min(len(clean), limit)]), fmt.Errorf("use at most %d characters on one line", limit)
	}
}

// siteName reads a name that is not empty.
func siteName(text string) (string, error) {
	name, err := oneLine(200)(strings.TrimSpace(text))
	if name = strings.TrimSpace(name); name == "" {
		return defaultSiteName, errName
	}
	return name, err
}

// asIs keeps a text which is stored for Otter Wiki alone.
func asIs[T ~string](text string) (T, error) { return T(text), nil }

func plain[T ~string](text T) string { return string(text) }

func parseLanguage(text string) (string, error) {
	if !languageTag.MatchString(text) {
		return "en", errLang
	}
	return text, nil
}

// parseImage reads the address of an image, or nothing.
func parseImage(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if err := SafeLink(text); err != nil || strings.HasPrefix(strings.ToLower(text), "mailto:") {
		return "", ErrUnsafeLink
	}
	return text, nil
}

// parsePage reads the path of a page, or nothing.
func parsePage(text string) (string, error) {
	text = strings.TrimFunc(text, func(r rune) bool { return r == '/' || unicode.IsSpace(r) })
	if text == "" {
		return "", nil
	}
	if _, err := oneLine(1024)(text); err != nil || strings.Contains(text, `\`) {
		return "", errPath
	}
	for segment := range strings.SplitSeq(text, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return "", errPath
		}
	}
	return text, nil
}

// IsAccessLevel reports whether a row of the preferences table is one of the
// three access levels.
func IsAccessLevel(key string) bool {
	for _, f := range table {
		if f.key == key {
			return f.kind == levelKind
		}
	}
	return false
}
