package ui

import (
	"net/url"
	"strings"
	"time"

	"github.com/holtdb/holt/library"
)

// SearchPage shows the pages that match. It is a GET form on /search with the
// parameters q, doc (repeatable), tag, mode (words, meaning or hybrid) and after.
type SearchPage struct {
	Frame
	Query     library.Query
	Results   library.Results
	Meaning   library.MeaningState
	Documents map[string]library.Document // of the hits and of Query.Documents, by id
	Tags      []TagCount
	Took      time.Duration // 0 is not shown
}

func (SearchPage) template() string { return "search" }

// Group is a document with its pages that match.
type Group struct {
	Document library.Document
	Known    bool // Document is filled in, not only its id and title
	Hits     []library.Hit
}

// Groups are the hits by document, in the order of the results.
func (p SearchPage) Groups() []Group {
	var groups []Group
	for _, hit := range p.Results.Hits {
		if n := len(groups); n > 0 && groups[n-1].Document.ID == hit.DocumentID {
			groups[n-1].Hits = append(groups[n-1].Hits, hit)
			continue
		}
		document, known := p.Documents[hit.DocumentID]
		if !known {
			document = library.Document{ID: hit.DocumentID, Title: hit.Title}
		}
		groups = append(groups, Group{Document: document, Known: known, Hits: []library.Hit{hit}})
	}
	return groups
}

// Scope are the documents that the search is restricted to.
func (p SearchPage) Scope() []library.Document {
	documents := make([]library.Document, 0, len(p.Query.Documents))
	for _, id := range p.Query.Documents {
		document, known := p.Documents[id]
		if !known {
			document = library.Document{ID: id, Title: "another document"}
		}
		documents = append(documents, document)
	}
	return documents
}

// Restricted reports whether only a part of the library is searched.
func (p SearchPage) Restricted() bool { return len(p.Query.Documents) > 0 || p.Query.Tag != "" }

// EverywhereURL is the same search in the whole library.
func (p SearchPage) EverywhereURL() string {
	return address("/search", url.Values{"q": {p.Query.Text}, "mode": {string(p.Query.Mode)}})
}

// WithoutTagURL is the same search in documents with any tag.
func (p SearchPage) WithoutTagURL() string { return p.url("", "") }

// TagChoices are the tags as filters.
func (p SearchPage) TagChoices() []Choice {
	choices := make([]Choice, 0, len(p.Tags))
	for _, tag := range p.Tags {
		choice := Choice{Label: tag.Tag, Current: tag.Tag == p.Query.Tag, URL: p.url(tag.Tag, "")}
		if choice.Current {
			choice.URL = p.WithoutTagURL()
		}
		choices = append(choices, choice)
	}
	return choices
}

// InDocumentURL is the same search in one document.
func (p SearchPage) InDocumentURL(id string) string {
	return address("/search", url.Values{"q": {p.Query.Text}, "doc": {id}, "mode": {string(p.Query.Mode)}})
}

// NextURL is the next page of the results, "" on the last one.
func (p SearchPage) NextURL() string {
	if p.Results.Next == "" {
		return ""
	}
	return p.url(p.Query.Tag, p.Results.Next)
}

func (p SearchPage) url(tag, after string) string {
	return p.urlIn(p.Query.Mode, tag, after)
}

func (p SearchPage) urlIn(mode library.Mode, tag, after string) string {
	return address("/search", url.Values{
		"q": {p.Query.Text}, "doc": p.Query.Documents, "tag": {tag}, "mode": {string(mode)}, "after": {after},
	})
}

// Modes are the ways to search.
func (p SearchPage) Modes() []Choice {
	choices := make([]Choice, 0, 4)
	for _, m := range []struct {
		mode  library.Mode
		label string
	}{{library.ModeBest, "Best"}, {library.ModeWords, "Words"}, {library.ModeMeaning, "Meaning"}, {library.ModeHybrid, "Both"}} {
		choices = append(choices, Choice{Label: m.label, URL: p.urlIn(m.mode, p.Query.Tag, ""), Current: m.mode == p.Query.Mode})
	}
	return choices
}

// ModeNote says what was searched by, and why it was not what was asked for; ""
// where that goes without saying.
func (p SearchPage) ModeNote() string {
	if p.Results.Notice != "" || !p.Meaning.Configured {
		return p.Results.Notice
	}
	if words := foundBy(p.Results.Mode); words != "" && p.Query.Mode == library.ModeBest {
		return strings.ToUpper(words[:1]) + words[1:] + "."
	}
	return ""
}

// ModelsURL is where search by meaning is turned on.
func (p SearchPage) ModelsURL() string {
	if p.Admin {
		return "/admin/models"
	}
	return "/account/models"
}

// HitURL is the page of a hit in the reader.
func (p SearchPage) HitURL(h library.Hit) string {
	return passageURL(h.DocumentID, h.Page, h.Start, h.End, p.Query.Text)
}
