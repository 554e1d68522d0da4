package ui

import "net/url"

// Frame is what surrounds every page.
type Frame struct {
	Title     string // of the page; the window's title is "Title · Holt"
	Name      string // of the signed-in person; "" when nobody is signed in
	Admin     bool   // offers the administration
	Place     Place
	Path      string // of this page with its query, to return to after a change of theme
	Search    string // what stands in the search field
	SearchTag string // the tag that the search field is restricted to; "" for everywhere
	Theme     Theme
	Flashes   []Flash
	RequestID string // shown where something went wrong
}

// layout names the template that all of a page is built from.
func (Frame) layout() string { return "layout" }

// Place is the part of Holt that a page belongs to.
type Place string

// The places. The zero Place marks none.
const (
	PlaceLibrary Place = "library"
	PlaceChat    Place = "chat"
	PlaceWikis   Place = "wikis" // the list of wikis, and every page of one
	PlaceAccount Place = "account"
	PlaceAdmin   Place = "admin"
)

// Theme is the value of the cookie named [ThemeCookie].
type Theme string

// ThemeCookie is the name of the cookie that keeps a chosen theme.
const ThemeCookie = "holt_theme"

// The themes.
const (
	ThemeSystem Theme = "" // as the device says
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// ParseTheme returns the theme of a cookie or form value; an unknown value is
// [ThemeSystem].
func ParseTheme(value string) Theme {
	switch theme := Theme(value); theme {
	case ThemeLight, ThemeDark:
		return theme
	default:
		return ThemeSystem
	}
}

// Flash is a message about what was just done.
type Flash struct {
	Kind FlashKind
	Text string // a plain sentence
}

// FlashKind is how a message is to be taken.
type FlashKind string

// The kinds of messages.
const (
	FlashDone    FlashKind = "done"
	FlashProblem FlashKind = "problem"
)

// Errors are what is wrong with a form, by the name of the field. The entry ""
// is about the form as a whole.
type Errors map[string]string

// address joins a path and those parameters that are not empty.
func address(path string, parameters url.Values) string {
	for name, values := range parameters {
		if len(values) == 0 || values[0] == "" {
			delete(parameters, name)
		}
	}
	if len(parameters) == 0 {
		return path
	}
	return path + "?" + parameters.Encode()
}
