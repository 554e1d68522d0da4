package platform

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

const (
	maxLogin = 64  // characters
	maxName  = 100 // characters
)

// NormalizeLogin returns the form in which a login is stored and compared: the
// UsernameCaseMapped profile of RFC 8265 (width mapping, lower case, NFC;
// letters, digits and ASCII punctuation) without surrounding space.
func NormalizeLogin(login string) (string, error) {
	login = strings.TrimSpace(login)
	if len(login) > maxLogin*utf8.UTFMax {
		return "", fmt.Errorf("%w: use at most %d characters", ErrInvalidLogin, maxLogin)
	}
	normal, err := precis.UsernameCaseMapped.String(login)
	if err != nil || normal == "" {
		return "", fmt.Errorf("%w: use letters, digits and any of . _ - @, without spaces", ErrInvalidLogin)
	}
	if utf8.RuneCountInString(normal) > maxLogin {
		return "", fmt.Errorf("%w: use at most %d characters", ErrInvalidLogin, maxLogin)
	}
	return normal, nil
}

// cleanName trims and composes a name to be shown. An empty one is allowed.
func cleanName(name string) (string, error) {
	if len(name) > maxName*utf8.UTFMax {
		return "", ErrInvalidName
	}
	name = norm.NFC.String(strings.TrimSpace(name))
	if utf8.RuneCountInString(name) > maxName || !printable(name) {
		return "", ErrInvalidName
	}
	return name, nil
}
