package ui

import (
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/diff"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/preferences"
)

// Editing is what the form of the editor holds. It posts content, commit,
// revision and section to the page's save. The button named preview posts the
// same to the page's preview, where there is no script.
type Editing struct {
	Text        string
	Revision    string // that the editing began from; "" for a new page
	Section     *int   // the section that Text is, counted from 0; nil for the whole page
	Message     string
	MessageMode preferences.CommitMessage
	Usual       string // what the commit says when the message is empty
	Line, Ch    int    // where the cursor is to stand, from 0
	Resumed     bool   // Text is the visitor's draft, and Line and Ch are its
	Drafts      bool   // drafts of it are kept; not those of a section
	Files       []index.Attachment
	Errors      Errors // "content", "commit", and "" for the whole
}

// MessageWanted reports whether the form asks for a message.
func (e Editing) MessageWanted() bool { return e.MessageMode != preferences.MessageDisabled }

// MessageRequired reports whether there must be one.
func (e Editing) MessageRequired() bool { return e.MessageMode != preferences.MessageOptional }

// WikiEditPage is the editor for a page, one of its sections, or a new page. With
// a preview, which only visitors without scripts ask for, that stands first.
type WikiEditPage struct {
	WikiFrame
	Editing
	SectionTitle string
	Preview      *markdown.Page
	Template     string // the page that the text of a new one came from
}

func (WikiEditPage) template() string { return "wiki_edit" }

// New reports whether the page is yet to be created.
func (p WikiEditPage) New() bool { return p.Revision == "" }

// WikiDraftPage shows a page beside the visitor's draft of it and asks which to
// go on with. It posts draft=edit or draft=discard to the page's edit.
type WikiDraftPage struct {
	WikiFrame
	Draft wiki.Draft
	Page  wiki.Page   // as it is now; the zero value for a page that is not there
	Hunks []diff.Hunk // from the page to the draft, best with all lines
}

func (WikiDraftPage) template() string { return "wiki_draft" }

// Outdated reports whether the page was changed since the draft began.
func (p WikiDraftPage) Outdated() bool {
	return !p.Page.Name.IsZero() && p.Draft.Base != "" && p.Draft.Base != p.Page.Revision.Hash.String()
}

// WikiConflictPage shows that somebody else changed the same lines, and has the
// editor with both versions in it. Editing.Revision is the page's present one,
// so that saving settles the conflict.
type WikiConflictPage struct {
	WikiFrame
	Editing
	Conflict *wiki.Conflict
	Hunks    []diff.Hunk // from the page now to the visitor's version
}

func (WikiConflictPage) template() string { return "wiki_conflict" }

// Gone reports whether the page was deleted meanwhile.
func (p WikiConflictPage) Gone() bool { return p.Conflict.Theirs.Name.IsZero() }

// WikiCreatePage asks for the name of a new page. It posts pagename and template
// to /-/create.
type WikiCreatePage struct {
	WikiFrame
	NameAs    string // what stands in the field
	Folders   []string
	Templates []index.Page
	Chosen    string // the path of a template, "" for none
	Errors    Errors // "pagename", "template"
}

func (WikiCreatePage) template() string { return "wiki_create" }

// WikiRenamePage asks for another name. It posts new_pagename, message and
// update_backlinks=yes to the page's rename.
type WikiRenamePage struct {
	WikiFrame
	NameAs    string
	Message   string
	KeepLinks bool         // links to the page stay as they are
	Below     []index.Page // pages that move with it
	Files     int          // attachments that move with it
	Linking   []index.Link // to the page
	Errors    Errors       // "new_pagename", "message", and "" for the whole
}

func (WikiRenamePage) template() string { return "wiki_rename" }

// WikiDeletePage asks before a page is deleted. It posts message and
// recursive=yes to the page's delete.
type WikiDeletePage struct {
	WikiFrame
	Below     []index.Page // that lie below the page
	Files     []index.Attachment
	Linking   []index.Link // to the page
	Recursive bool
	NoPage    bool // there is no page of this path, only others below it
	Message   string
	Errors    Errors // "message", and "" for the whole
}

func (WikiDeletePage) template() string { return "wiki_delete" }
