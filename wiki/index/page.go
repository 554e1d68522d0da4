package index

import (
	"bytes"
	"strings"

	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// pageSuffix is how the files of pages end.
const pageSuffix = ".md"

// PageOf returns the name of the page that a file is, "Guides/Setup" for
// Guides/Setup.md. Files of other kinds are attachments.
func PageOf(file repo.Path) (page string, ok bool) {
	page, ok = strings.CutSuffix(file.String(), pageSuffix)
	return page, ok && page != "" && !strings.HasSuffix(page, "/")
}

// Fold returns a name without difference of case.
func Fold(name string) string { return strings.ToLower(name) }

// page is a page as it is written to the database.
type page struct {
	path     string
	blob     repo.Hash
	title    string
	category string
	text     string
	words    int
	tags     []string
	links    []string
}

// maxLinks bounds the links that are kept of one page.
const maxLinks = 10_000

// readPage takes from a page's text what the index keeps.
func readPage(path string, blob repo.Hash, text []byte, style source.WikilinkStyle) page {
	text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	p := page{path: path, blob: blob, text: string(text), words: source.Words(text)}
	// Frontmatter that cannot be read is shown as it is and says nothing.
	meta, err := source.ParseMeta(source.Split(text).Frontmatter)
	if err == nil {
		p.category = meta.Category
		p.tags = meta.Tags
	}
	p.title = source.Title(text, lastSegment(path))
	p.links = targets(path, text, style)
	return p
}

// targets returns the pages that a text links to, each once.
func targets(path string, text []byte, style source.WikilinkStyle) []string {
	var all []string
	seen := make(map[string]bool)
	for _, l := range source.Links(text, style) {
		target, attachment, ok := l.Resolve(path)
		if !ok || attachment || target == "" || seen[Fold(target)] || Fold(target) == Fold(path) {
			continue
		}
		seen[Fold(target)] = true
		if all = append(all, target); len(all) == maxLinks {
			break
		}
	}
	return all
}

// lastSegment returns what follows the last slash.
func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// folderOf returns what comes before the last slash, "" when there is none.
func folderOf(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return ""
}

// attachment is a file that is no page.
type attachment struct {
	path repo.Path
	blob repo.Hash
	size int64
}
