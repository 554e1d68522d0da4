package ui

import (
	"html/template"
	"net/url"
	"strings"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// wikiFuncs are what the templates of wikis can call beside [funcs].
func wikiFuncs() template.FuncMap {
	return template.FuncMap{
		"titleOf":       titleOf,
		"pageOf":        func(file string) string { return strings.TrimSuffix(file, ".md") },
		"isPage":        index.IsPageFile,
		"folderOf":      func(path string) string { return path[:max(0, strings.LastIndexByte(path, '/'))] },
		"lastOf":        func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] },
		"subject":       func(message string) string { return firstLine(message) },
		"body":          body,
		"shortHash":     func(h repo.Hash) string { return h.String()[:7] },
		"size":          func(text string) int64 { return int64(len(text)) },
		"minus":         func(a, b int) int { return a - b },
		"local":         func(address string) bool { return strings.HasPrefix(address, "/") || strings.HasPrefix(address, "#") },
		"trusted":       func(html []byte) template.HTML { return template.HTML(html) },
		"picture":       picture,
		"extension":     extension,
		"markdownPath":  func(name string) string { return (&url.URL{Path: name}).EscapedPath() },
		"changeKind":    changeKind,
		"ruleWords":     ruleWords,
		"levelsInWords": levelsInWords,
		"lineKind":      lineKind,
		"segments":      segments,
		"sides":         sides,
		"tab":           func(p framed, tab string) tabbed { return tabbed{p.frame(), tab} },
		"pagesOf":       func(p framed, pages []index.Page) pageList { return pageList{p.frame(), pages} },
		"nodesOf":       func(p framed, nodes []*wiki.Node) nodeList { return nodeList{p.frame(), nodes} },
		"changeOf":      func(p framed, c index.Change) changeLine { return changeLine{p.frame(), c} },
	}
}

// framed is a page of a wiki, or its frame.
type framed interface{ frame() WikiFrame }

func (f WikiFrame) frame() WikiFrame { return f }

// What parts of templates are given, with the frame that makes their addresses.
type (
	tabbed struct {
		WikiFrame
		Tab string
	}
	pageList struct {
		Frame WikiFrame
		Pages []index.Page
	}
	nodeList struct {
		Frame WikiFrame
		Nodes []*wiki.Node
	}
	changeLine struct {
		Frame  WikiFrame
		Change index.Change
	}
)

// firstLine is what stands for a message where there is room for one line.
func firstLine(message string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	return strings.TrimSpace(line)
}

// body is what a message says below its first line.
func body(message string) string {
	_, rest, _ := strings.Cut(strings.TrimSpace(message), "\n")
	return strings.TrimSpace(rest)
}

// changeKind is what a commit did to a file, in a word.
func changeKind(c index.Change) string {
	switch {
	case c.Source != "":
		return "renamed"
	case c.Old.IsZero():
		return "added"
	case c.New.IsZero():
		return "deleted"
	default:
		return "changed"
	}
}

// ruleWords says what an access rule does.
func ruleWords(r access.Rule) string {
	who := "nobody"
	switch {
	case r.Who.Account != "":
		who = "one person"
	case r.Who.Group == access.Everybody:
		who = "everybody"
	case r.Who.Group == access.SignedIn:
		who = "whoever is signed in"
	case r.Who.Group == access.ApprovedMembers:
		who = "members"
	}
	what := "nothing"
	switch {
	case r.Grant.Has(access.Upload):
		what = "read, write and attach files"
	case r.Grant.Has(access.Write):
		what = "read and write"
	case r.Grant.Has(access.Read):
		what = "read"
	}
	return who + " may " + what
}

func lineKind(k diff.LineKind) string {
	switch k {
	case diff.Removed:
		return "removed"
	case diff.Added:
		return "added"
	default:
		return "same"
	}
}

// Segment is a piece of a line, changed words or what is between them.
type Segment struct {
	Text    string
	Changed bool
}

// segments cuts a line at its marks.
func segments(l diff.Line) []Segment {
	var pieces []Segment
	at := 0
	for _, m := range l.Marks {
		if m.Start < at || m.End > len(l.Text) || m.Start >= m.End {
			continue
		}
		if m.Start > at {
			pieces = append(pieces, Segment{Text: l.Text[at:m.Start]})
		}
		pieces = append(pieces, Segment{Text: l.Text[m.Start:m.End], Changed: true})
		at = m.End
	}
	if at < len(l.Text) {
		pieces = append(pieces, Segment{Text: l.Text[at:]})
	}
	return pieces
}

// Sides are two versions of a text beside each other.
type Sides struct {
	Left, Right string // what they are
	Parts       [][]SideRow
}

// SideRow is a line in each version; nil where one has none.
type SideRow struct{ Left, Right *diff.Line }

// sides puts the lines of hunks beside each other: what replaced something
// stands beside it.
func sides(left, right string, hunks []diff.Hunk) Sides {
	s := Sides{Left: left, Right: right}
	for _, h := range hunks {
		var rows []SideRow
		paired := 0 // the first row that still waits for its right side
		for i := range h.Lines {
			line := &h.Lines[i]
			switch {
			case line.Kind == diff.Removed:
				rows = append(rows, SideRow{Left: line})
			case line.Kind == diff.Added && paired < len(rows):
				rows[paired].Right = line
				paired++
			case line.Kind == diff.Added:
				rows = append(rows, SideRow{Right: line})
				paired = len(rows)
			default:
				rows = append(rows, SideRow{Left: line, Right: line})
				paired = len(rows)
			}
		}
		s.Parts = append(s.Parts, rows)
	}
	return s
}
