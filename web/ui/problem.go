package ui

import (
	"net/http"
	"strings"
)

// ErrorPage says in plain words that a request failed. It shows the frame's
// request id.
type ErrorPage struct {
	Frame
	Status  int    // of HTTP
	Message string // why, and what to do; "" takes words that fit the status
	Back    string // a path of this server to go to; anything else is "/"
	BackTo  string // what is there; "" is "Back to the library"
}

func (ErrorPage) template() string { return "error" }

// Heading is the failure in a few words.
func (p ErrorPage) Heading() string {
	switch p.Status {
	case http.StatusBadRequest:
		return "That request made no sense"
	case http.StatusUnauthorized:
		return "Please sign in"
	case http.StatusForbidden:
		return "That is not allowed"
	case http.StatusNotFound:
		return "There is nothing here"
	case http.StatusMethodNotAllowed:
		return "That cannot be done here"
	case http.StatusConflict:
		return "Not ready yet"
	case http.StatusRequestEntityTooLarge:
		return "That is too large"
	case http.StatusUnsupportedMediaType:
		return "That kind of file cannot be read"
	case http.StatusTooManyRequests:
		return "Too many attempts"
	case http.StatusServiceUnavailable:
		return "Busy for a moment"
	default:
		if p.Status < http.StatusInternalServerError {
			return "That did not work"
		}
		return "Something went wrong here"
	}
}

// Reason is Message, or words that fit the status.
func (p ErrorPage) Reason() string {
	if p.Message != "" {
		return p.Message
	}
	switch p.Status {
	case http.StatusBadRequest:
		return "The address or form is not as Holt expects it. Go back and try again."
	case http.StatusUnauthorized:
		return "You are signed out. Sign in to go on."
	case http.StatusForbidden:
		return "Your account may not do this. If it should, ask the administrator."
	case http.StatusNotFound:
		return "The page or document does not exist, or is not yours. It may have been deleted."
	case http.StatusMethodNotAllowed:
		return "This address does not take such requests. Go back and try again."
	case http.StatusConflict:
		return "The document is still being read. It will be there in a moment."
	case http.StatusRequestEntityTooLarge:
		return "The file is larger than your account allows, or your library is full."
	case http.StatusUnsupportedMediaType:
		return "Holt reads PDF, EPUB, Word (DOCX), HTML, Markdown and plain text."
	case http.StatusTooManyRequests:
		return "Wait a little before you try again."
	case http.StatusServiceUnavailable:
		return "The server has more to do than it can. Try again in a few seconds; nothing is lost."
	default:
		if p.Status < http.StatusInternalServerError {
			return "The server did not accept the request. Go back and try again."
		}
		return "The fault is on the server's side and has been noted. Try again; if it stays, tell the administrator the number below."
	}
}

// BackURL is where the way back leads.
func (p ErrorPage) BackURL() string {
	if !strings.HasPrefix(p.Back, "/") || strings.HasPrefix(p.Back, "//") || strings.HasPrefix(p.Back, `/\`) {
		return "/"
	}
	return p.Back
}
