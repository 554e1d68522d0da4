package wiki

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// Name is the name of a page: its place in the tree, such as "Guides/Setup".
// The zero value names none.
type Name struct{ path string }

// ParseName reads the name of a page that may exist. A suffix .md is dropped.
func ParseName(text string) (Name, error) {
	path := strings.Trim(text, "/")
	for strings.HasSuffix(path, ".md") {
		path = strings.TrimSuffix(path, ".md")
	}
	_, file := repo.ParsePath(index.FileOf(path))
	_, folder := repo.ParsePath(path) // where its attachments lie
	if file != nil || folder != nil || path == "-" || strings.HasPrefix(path, "-/") {
		return Name{}, invalid("“%s” cannot be the name of a page", shorten(text))
	}
	return Name{path}, nil
}

// dropped are the characters that a new name cannot have, as in Otter Wiki.
const dropped = "?|$.!#\\"

// verbs are the last parts of addresses that do something with a page. A page
// of such a name could not be reached.
func verbs() []string {
	return []string{"view", "source", "edit", "save", "preview", "draft", "history", "diff", "blame", "rename",
		"delete", "attachments", "inline_attachment", "attachment", "a", "t", "section", "access", "links"}
}

// CleanName makes the name of a new page of what a person typed: characters
// that cause trouble are dropped, and capitals unless keepCase.
func CleanName(text string, keepCase bool) (Name, error) {
	text = norm.NFKC.String(text)
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(dropped, r) || r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.TrimSuffix(text, ".md"))
	if !keepCase {
		text = strings.ToLower(text)
	}
	var segments []string
	for segment := range strings.SplitSeq(text, "/") {
		if segment = strings.Join(strings.Fields(segment), " "); segment != "" {
			segments = append(segments, segment)
		}
	}
	for len(segments) > 0 && segments[0] == "-" {
		segments = segments[1:]
	}
	if len(segments) == 0 {
		return Name{}, invalid("a page needs a name")
	}
	if len(segments) > 1 && slices.Contains(verbs(), segments[len(segments)-1]) {
		return Name{}, invalid("a page cannot be called “%s”: that is an address of the page above it", segments[len(segments)-1])
	}
	return ParseName(strings.Join(segments, "/"))
}

// String returns the name as in addresses and files.
func (n Name) String() string { return n.path }

// IsZero reports whether n names no page.
func (n Name) IsZero() bool { return n.path == "" }

// Last returns the last part of the name.
func (n Name) Last() string { return n.path[strings.LastIndexByte(n.path, '/')+1:] }

// Folder returns what comes before the last part, "" at the top.
func (n Name) Folder() string {
	if i := strings.LastIndexByte(n.path, '/'); i >= 0 {
		return n.path[:i]
	}
	return ""
}

// file returns the page's file.
func (n Name) file() repo.Path {
	p, err := repo.ParsePath(index.FileOf(n.path))
	if err != nil {
		return repo.Path{} // names are proven
	}
	return p
}

// shorten keeps a text that a client sent from filling a message.
func shorten(text string) string {
	const most = 80
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}
