package repo

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a path in bytes. No file system in use takes longer names.
const (
	maxName = 255
	maxPath = 1024
)

// Path is the path of a file in the repository, relative to its root and with
// slashes. A value other than the zero value has passed ParsePath.
type Path struct{ text string }

// ParsePath accepts a path that every file system and every git can check out:
// names of valid UTF-8 divided by single slashes, none of them "." or ".." or
// any spelling of ".git" that a file system would take for it, without control
// characters, backslashes or colons, at most 255 bytes a name and 1024 in all.
// Other texts give ErrInvalidPath.
func ParsePath(text string) (Path, error) {
	switch {
	case text == "":
		return Path{}, fmt.Errorf("%w: it is empty", ErrInvalidPath)
	case len(text) > maxPath:
		return Path{}, fmt.Errorf("%w: it is longer than %d bytes", ErrInvalidPath, maxPath)
	}
	for name := range strings.SplitSeq(text, "/") {
		if !validName(name) {
			return Path{}, fmt.Errorf("%w: %q", ErrInvalidPath, text)
		}
	}
	return Path{text}, nil
}

// String returns the path.
func (p Path) String() string { return p.text }

// Dir returns the path of the folder that the file lies in, "" for the root.
func (p Path) Dir() string {
	if i := strings.LastIndexByte(p.text, '/'); i >= 0 {
		return p.text[:i]
	}
	return ""
}

// Base returns the last name of the path.
func (p Path) Base() string { return p.text[strings.LastIndexByte(p.text, '/')+1:] }

// Ext returns the ending of the last name with its dot, "" when it has none.
func (p Path) Ext() string { return path.Ext(p.text) }

// Join returns the path of name, which may hold slashes, below p.
// It may fail with ErrInvalidPath.
func (p Path) Join(name string) (Path, error) {
	if p.text == "" {
		return ParsePath(name)
	}
	return ParsePath(p.text + "/" + name)
}

// validName reports whether a single name may be part of a path.
func validName(name string) bool {
	if name == "" || name == "." || name == ".." || len(name) > maxName || !utf8.ValidString(name) {
		return false
	}
	for _, c := range name {
		if unicode.IsControl(c) || c == '/' || c == '\\' || c == ':' {
			return false
		}
	}
	return !isDotGit(name)
}

// isDotGit reports whether some file system takes name for ".git": without
// regard to case, HFS+ without regard to ignorable characters, NTFS without
// regard to dots and spaces at the end, and by its short name "git~1".
func isDotGit(name string) bool {
	seen := strings.Map(func(c rune) rune {
		if isIgnorable(c) {
			return -1
		}
		return c
	}, name)
	seen = strings.ToLower(strings.TrimRight(seen, ". "))
	return seen == ".git" || seen == "git~1"
}

// isIgnorable reports whether HFS+ ignores c when it compares names. The list
// is Apple's, as git uses it against the same disguise.
func isIgnorable(c rune) bool {
	switch {
	case c >= 0x200c && c <= 0x200f, c >= 0x202a && c <= 0x202e, c >= 0x206a && c <= 0x206f, c == 0xfeff:
		return true
	}
	return false
}
