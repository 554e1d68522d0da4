package preferences

import (
	"errors"
	"slices"
	"strings"
)

// Robots is what search engines are asked.
type Robots string

// Answers to search engines. All unknown ones keep them out.
const (
	RobotsAllow    Robots = "allow"
	RobotsDisallow Robots = "disallow"
)

// CommitMessage says whether an edit is described by who makes it.
type CommitMessage string

// Modes of commit messages. Unknown ones are required.
const (
	MessageRequired CommitMessage = "REQUIRED"
	MessageOptional CommitMessage = "OPTIONAL"
	MessageDisabled CommitMessage = "DISABLED"
)

// WikilinkStyle is the order of text and page in a wikilink.
type WikilinkStyle string

// Styles of wikilinks: [[text|page]], and [[page|text]].
const (
	TitleLink WikilinkStyle = ""
	LinkTitle WikilinkStyle = "LINKTITLE"
)

// MenutreeMode is what the page tree of the sidebar shows.
type MenutreeMode string

// Modes of the page tree.
const (
	MenutreeOff                MenutreeMode = ""
	MenutreeSorted             MenutreeMode = "SORTED"
	MenutreeDirectoriesGrouped MenutreeMode = "DIRECTORIES_GROUPED"
	MenutreeDirectoriesOnly    MenutreeMode = "DIRECTORIES_ONLY"
)

// MenutreeFocus is which part of the page tree is open.
type MenutreeFocus string

// Parts of the page tree: around the page shown, the top alone, all of it.
const (
	FocusSubtree MenutreeFocus = "SUBTREE"
	FocusTop     MenutreeFocus = "TOP"
	FocusOff     MenutreeFocus = "OFF"
)

// Shortcut is one of the fixed links of the sidebar.
type Shortcut string

// Shortcuts, in the order in which they stand.
const (
	ShortcutHome       Shortcut = "home"
	ShortcutPageIndex  Shortcut = "pageindex"
	ShortcutChangelog  Shortcut = "changelog"
	ShortcutCreatePage Shortcut = "createpage"
)

// Shortcuts returns all shortcuts in their order.
func Shortcuts() []Shortcut {
	return []Shortcut{ShortcutHome, ShortcutPageIndex, ShortcutChangelog, ShortcutCreatePage}
}

// Has reports whether the sidebar shows a shortcut.
func (s Sidebar) Has(shortcut Shortcut) bool { return slices.Contains(s.Shortcuts, shortcut) }

var (
	errChoice   = errors.New("choose one of the values offered")
	errShortcut = errors.New("choose among home, pageindex, changelog and createpage")
)

// choose returns a parser which accepts the given values and takes anything
// else for the safe one.
func choose[T ~string](safe T, others ...T) func(string) (T, error) {
	return func(text string) (T, error) {
		if T(text) == safe || slices.Contains(others, T(text)) {
			return T(text), nil
		}
		return safe, errChoice
	}
}

// parseShortcuts reads words divided by white space. Unknown ones are an error,
// and left out.
func parseShortcuts(text string) ([]Shortcut, error) {
	words, known := strings.Fields(text), Shortcuts()
	var err error
	if slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(known, Shortcut(word)) }) {
		err = errShortcut
	}
	chosen := slices.DeleteFunc(known, func(s Shortcut) bool { return !slices.Contains(words, string(s)) })
	return chosen, err
}

// formatShortcuts writes the shortcuts in their order, each once.
func formatShortcuts(chosen []Shortcut) string {
	var words []string
	for _, s := range Shortcuts() {
		if slices.Contains(chosen, s) {
			words = append(words, string(s))
		}
	}
	return strings.Join(words, " ")
}
