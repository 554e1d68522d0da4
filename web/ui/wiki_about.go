package ui

import (
	"html/template"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
)

// WikiAboutPage says what a wiki is and who may do what in it.
type WikiAboutPage struct {
	WikiFrame
	Version string       // of Holt
	Owner   string       // shown name of the owner, "" where it is not told
	Usage   *wiki.Usage  // nil where it is not told
	Latest  index.Commit // the zero value for an empty wiki
	Levels  access.Levels
	GitURL  string // where the wiki can be cloned from; "" where it cannot
}

func (WikiAboutPage) template() string { return "wiki_about" }

// WikiHelpPage explains how to use a wiki.
type WikiHelpPage struct {
	WikiFrame
	GitURL string // as in [WikiAboutPage]
}

func (WikiHelpPage) template() string { return "wiki_help" }

// WikiSyntaxPage shows all that the text of a page can be written with.
type WikiSyntaxPage struct {
	WikiFrame
	Groups []SyntaxGroup
}

func (WikiSyntaxPage) template() string { return "wiki_syntax" }

// SyntaxGroup is a part of the syntax. See [SyntaxGroups].
type SyntaxGroup struct {
	ID      string // of the element
	Title   string
	Samples []SyntaxSample
}

// SyntaxSample is an example. HTML is what the renderer makes of Source.
type SyntaxSample struct {
	Title  string
	Note   string // a plain sentence, "" for none
	Source string
	HTML   template.HTML
}

// WikiDoorPage is what a visitor sees who may not do what was asked for.
type WikiDoorPage struct {
	WikiFrame
	Way    WikiDoor
	Reason string // why, in a sentence; "" for the usual words
}

func (WikiDoorPage) template() string { return "wiki_door" }

// WikiDoor is what a visitor can do at a closed door.
type WikiDoor string

// The ways on from a closed door. Asking posts nothing to /-/request-access.
const (
	DoorSignIn  WikiDoor = "sign in"
	DoorAsk     WikiDoor = "ask"
	DoorWaiting WikiDoor = "waiting" // the visitor has asked already
	DoorClosed  WikiDoor = "closed"
)

// WikiProblemPage says what went wrong inside a wiki. It fits what [ErrorPage]
// says to those who may know the wiki.
type WikiProblemPage struct {
	WikiFrame
	Status  int    // of the answer
	Message string // what happened, for users; "" for the usual words of the status
}

func (WikiProblemPage) template() string { return "wiki_problem" }

// Heading is the failure in a few words.
func (p WikiProblemPage) Heading() string { return ErrorPage{Status: p.Status}.Heading() }

// Reason is Message, or words that fit the status.
func (p WikiProblemPage) Reason() string {
	return ErrorPage{Status: p.Status, Message: p.Message}.Reason()
}
