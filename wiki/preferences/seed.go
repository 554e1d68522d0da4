package preferences

import (
	"errors"
	"fmt"

	"github.com/holtdb/holt/wiki/access"
)

// Visibility is who may read a wiki. The zero value is the safest.
type Visibility uint8

// Visibilities: approved members, everybody who is signed in, everybody.
const (
	Private Visibility = iota
	SignedIn
	Public
)

// visibilityWords are the text forms of visibilities, by their value.
var visibilityWords = [...]string{"private", "signed-in", "public"}

// ErrInvalidVisibility means a text that is no [Visibility].
var ErrInvalidVisibility = errors.New("a wiki is private, signed-in or public")

// String returns "private", "signed-in" or "public".
func (v Visibility) String() string {
	if int(v) < len(visibilityWords) {
		return visibilityWords[v]
	}
	return visibilityWords[Private]
}

// ParseVisibility reads what [Visibility.String] writes. It fails with
// [ErrInvalidVisibility], and the result is then [Private].
func ParseVisibility(text string) (Visibility, error) {
	for i, word := range visibilityWords {
		if text == word {
			return Visibility(i), nil
		}
	}
	return Private, fmt.Errorf("%q: %w", text, ErrInvalidVisibility)
}

// Visibility returns who may read the wiki, by its level for reading.
func (p Permissions) Visibility() Visibility {
	switch p.Levels.Read {
	case access.Anonymous:
		return Public
	case access.Registered:
		return SignedIn
	}
	return Private
}

// ForNewWiki returns the preferences a wiki starts with. Only approved members
// write, whoever may read, and an admin approves those who ask. Nobody can ask
// a private wiki for access, since that would tell that it exists, and only
// public wikis are open to search engines.
func ForNewWiki(name, description string, v Visibility) Preferences {
	p := Parse(map[string]string{"SITE_NAME": name, "SITE_DESCRIPTION": description})
	p.Application.Robots = RobotsDisallow
	p.Content.RetainPageNameCase = true
	p.Permissions.AutoApproval = false
	p.Permissions.DisableRegistration = true
	p.Permissions.Levels = access.Levels{Read: access.Approved, Write: access.Approved, Attachment: access.Approved}
	switch v {
	case SignedIn:
		p.Permissions.Levels.Read = access.Registered
		p.Permissions.DisableRegistration = false
	case Public:
		p.Permissions.Levels.Read = access.Anonymous
		p.Permissions.DisableRegistration = false
		p.Application.Robots = RobotsAllow
	}
	return p
}
