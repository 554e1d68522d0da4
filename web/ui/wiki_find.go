package ui

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/markdown/embed"
)

// WikiSearchPage shows the pages that fit. It is a GET form on /-/search with the
// parameters query, is_regexp=yes, is_casesensitive=yes and limit.
type WikiSearchPage struct {
	WikiFrame
	Query         string
	Expression    bool // Query is a regular expression
	CaseSensitive bool
	Names         []index.Page // whose names fit
	Results       wiki.Results
	MoreURL       string // the address of more results, "" when these are all
	Took          time.Duration
	Problem       string // what is wrong with the query, "" for nothing
}

func (WikiSearchPage) template() string { return "wiki_search" }

// Asked reports whether there is something to search for.
func (p WikiSearchPage) Asked() bool { return strings.TrimSpace(p.Query) != "" && p.Problem == "" }

// Nothing reports whether nothing was found.
func (p WikiSearchPage) Nothing() bool { return len(p.Results.Hits) == 0 && len(p.Names) == 0 }

// EverywhereURL is the same search in the visitor's library.
func (p WikiSearchPage) EverywhereURL() string {
	return p.OnPlatform(address("/search", url.Values{"q": {p.Query}}))
}

// WikiIndexPage lists all pages from A to Z. With headings it has those of each
// page as well; the parameter headings=yes asks for it.
type WikiIndexPage struct {
	WikiFrame
	Pages    []index.Page
	Headings map[string][]embed.Heading // by the path of the page; nil when not asked for
}

func (WikiIndexPage) template() string { return "wiki_index" }

// WithHeadings reports whether headings were asked for.
func (p WikiIndexPage) WithHeadings() bool { return p.Headings != nil }

// Letter is a letter with the pages that begin with it.
type Letter struct {
	Letter string // upper case; "#" for all that is no letter
	ID     string // of the element
	Pages  []index.Page
}

// Letters are the pages by the first letter of their titles.
func (p WikiIndexPage) Letters() []Letter {
	pages := slices.SortedStableFunc(slices.Values(p.Pages), func(a, b index.Page) int {
		return strings.Compare(unaccented(titleOf(a)), unaccented(titleOf(b)))
	})
	byLetter := map[string]*Letter{}
	var letters []*Letter
	for _, page := range pages {
		name := initial(titleOf(page))
		l, ok := byLetter[name]
		if !ok {
			l = &Letter{Letter: name, ID: "holt-letter-" + strings.ReplaceAll(name, "#", "other")}
			byLetter[name], letters = l, append(letters, l)
		}
		l.Pages = append(l.Pages, page)
	}
	sorted := make([]Letter, len(letters))
	for i, l := range letters {
		sorted[i] = *l
	}
	return sorted
}

// initial is the letter under which a title is listed.
func initial(title string) string {
	r, _ := utf8.DecodeRuneInString(unaccented(strings.TrimSpace(title)))
	if !unicode.IsLetter(r) {
		return "#"
	}
	return string(unicode.ToUpper(r))
}

// unaccented is a text in small letters without accents, by which it is sorted.
func unaccented(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text)))
}

// titleOf is the title of a page, the last part of its path where it has none.
func titleOf(p index.Page) string {
	if p.Title != "" {
		return p.Title
	}
	return p.Path[strings.LastIndexByte(p.Path, '/')+1:]
}

// WikiTagsPage lists all tags.
type WikiTagsPage struct {
	WikiFrame
	Tags []wiki.TagCount
}

func (WikiTagsPage) template() string { return "wiki_tags" }

// WikiTagPage lists the pages that have a tag.
type WikiTagPage struct {
	WikiFrame
	Tag   string
	Pages []index.Page
}

func (WikiTagPage) template() string { return "wiki_tag" }

// WikiLinksPage shows the links to the frame's page and from it.
type WikiLinksPage struct {
	WikiFrame
	Backlinks []index.Link // to the page
	Outgoing  []index.Link // from it
	Missing   bool         // there is no such page
}

func (WikiLinksPage) template() string { return "wiki_links" }

// WikiStrayPage lists links that lead nowhere and pages that no link leads to.
type WikiStrayPage struct {
	WikiFrame
	Red     []index.Link
	Orphans []index.Page
}

func (WikiStrayPage) template() string { return "wiki_stray" }

// Wanted is a page that does not exist, with the pages that link to it.
type Wanted struct {
	Path string
	By   []string
}

// Wanted are the targets of the red links, those that most pages link to first.
func (p WikiStrayPage) Wanted() []Wanted {
	var wanted []Wanted
	at := map[string]int{}
	for _, l := range p.Red {
		fold := index.Fold(l.To)
		i, ok := at[fold]
		if !ok {
			i = len(wanted)
			at[fold] = i
			wanted = append(wanted, Wanted{Path: l.To})
		}
		wanted[i].By = append(wanted[i].By, l.From)
	}
	slices.SortStableFunc(wanted, func(a, b Wanted) int { return len(b.By) - len(a.By) })
	return wanted
}

// WikiDraftsPage lists the visitor's drafts. It posts draft=discard to the edit
// address of a draft's page.
type WikiDraftsPage struct {
	WikiFrame
	Drafts []wiki.Draft
}

func (WikiDraftsPage) template() string { return "wiki_drafts" }
