package ui

import (
	"net/url"
	"slices"
	"strings"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/platform"
)

// TagCount is a tag and how many documents have it.
type TagCount = library.TagCount

// Quota is what a library stores and may store.
type Quota struct {
	Usage library.Usage
	Tier  platform.Tier
}

// Full reports whether no further document fits.
func (q Quota) Full() bool {
	return reached(q.Usage.Documents, q.Tier.Documents) || reached(q.Usage.FileBytes, q.Tier.FileBytes)
}

// Near reports whether nine tenths of a limit are used.
func (q Quota) Near() bool {
	near := func(used, allowed int64) bool { return allowed > 0 && used >= allowed-allowed/10 }
	return near(q.Usage.Documents, q.Tier.Documents) || near(q.Usage.FileBytes, q.Tier.FileBytes)
}

func reached(used, allowed int64) bool { return allowed > 0 && used >= allowed }

// LibraryPage is the list of documents, with what adds to it. It is a GET form
// on "/" with the parameters text, tag, status, format, sort and after.
type LibraryPage struct {
	Frame
	List   library.List
	Filter library.Filter // as asked for
	Tags   []TagCount     // of the whole library
	Quota  Quota
}

func (LibraryPage) template() string { return "library" }

// Choice is one option of a filter, with the address that chooses it.
type Choice struct {
	Label   string
	URL     string
	Current bool
}

// Filtered reports whether the list is restricted.
func (p LibraryPage) Filtered() bool {
	f := p.Filter
	return f.Text != "" || f.Tag != "" || f.Status != "" || f.Format != ""
}

// Empty reports whether the library has no document at all.
func (p LibraryPage) Empty() bool {
	return len(p.List.Documents) == 0 && !p.Filtered() && p.Filter.After == ""
}

// Sorts are the orders of the list.
func (p LibraryPage) Sorts() []Choice {
	current := p.Filter.Sort
	if current == "" {
		current = library.ByAdded
	}
	choices := make([]Choice, 0, 4)
	for _, sort := range []struct {
		by    library.Sort
		label string
	}{{library.ByAdded, "Latest"}, {library.ByTitle, "Title"}, {library.BySize, "Size"}, {library.ByPages, "Pages"}} {
		choices = append(choices, Choice{
			Label:   sort.label,
			URL:     p.with(func(f *library.Filter) { f.Sort = sort.by }),
			Current: sort.by == current,
		})
	}
	return choices
}

// TagChoices are the tags as filters; choosing the present one lifts it.
func (p LibraryPage) TagChoices() []Choice {
	choices := make([]Choice, 0, len(p.Tags))
	for _, tag := range p.Tags {
		current := tag.Tag == p.Filter.Tag
		choices = append(choices, Choice{
			Label:   tag.Tag,
			Current: current,
			URL: p.with(func(f *library.Filter) {
				f.Tag = tag.Tag
				if current {
					f.Tag = ""
				}
			}),
		})
	}
	return choices
}

// NextURL is the next page of the list, "" on the last one.
func (p LibraryPage) NextURL() string {
	if p.List.Next == "" {
		return ""
	}
	return p.with(func(f *library.Filter) { f.After = p.List.Next })
}

// FirstURL is the first page of the same list.
func (p LibraryPage) FirstURL() string { return p.with(func(*library.Filter) {}) }

// with returns the address of the list with its filter changed, at its start.
func (p LibraryPage) with(change func(*library.Filter)) string {
	f := p.Filter
	f.After = ""
	change(&f)
	if f.Sort == library.ByAdded {
		f.Sort = ""
	}
	return address("/", url.Values{
		"text": {f.Text}, "tag": {f.Tag}, "status": {string(f.Status)},
		"format": {string(f.Format)}, "sort": {string(f.Sort)}, "after": {f.After},
	})
}

// Formats are the formats that the list can be restricted to.
func (LibraryPage) Formats() []extract.Format {
	return []extract.Format{extract.PDF, extract.EPUB, extract.DOCX, extract.HTML, extract.Markdown, extract.Text}
}

// DocumentPage edits title and tags of a document. It posts title and tags
// (separated by commas) to /documents/{id}.
type DocumentPage struct {
	Frame
	Document library.Document
	TitleAs  string // what stands in the field: the title, or what was typed
	TagsAs   string // the same for the tags; see [JoinTags]
	Known    []TagCount
	Errors   Errors // "title", "tags", and "password" of a retry
}

func (DocumentPage) template() string { return "document" }

// JoinTags writes tags the way the form has them.
func JoinTags(tags []string) string { return strings.Join(tags, ", ") }

// SplitTags reads the tags of the form: trimmed, none empty, none twice.
func SplitTags(text string) []string {
	tags := []string{}
	for tag := range strings.SplitSeq(text, ",") {
		tag = strings.Join(strings.Fields(tag), " ")
		if tag != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// DeletePage asks before a document is deleted, where no script does.
type DeletePage struct {
	Frame
	Document library.Document
}

func (DeletePage) template() string { return "delete" }
