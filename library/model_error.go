package library

import (
	"errors"

	"github.com/holtdb/holt/llm"
)

// ModelError is a failure of a model, with what the person may know of it: all
// of their own model's, and of the server's nothing that is its administrator's
// matter, such as its address and what it says. It matches the [llm.Error].
type ModelError struct {
	Own  bool
	Call *llm.Error
}

// Error says what happened and what to do.
func (e *ModelError) Error() string {
	if e.Own {
		return e.Call.Error()
	}
	switch e.Call.Reason {
	case llm.Slow:
		return "The server's model took too long to answer. Try again."
	case llm.TooMany, llm.Overloaded:
		return "The server's model has too much to do at the moment. Try again in a while."
	case llm.TooLong:
		return "This is too long for the server's model. Ask about fewer documents, or in a new chat."
	case llm.CutOff:
		return "The server's model stopped in the middle. Try again."
	case llm.Unreachable:
		return "The server's model cannot be reached at the moment. Try again, or tell the administrator."
	}
	return "The server's model does not work at the moment. Tell the administrator."
}

// Unwrap returns the failure of the call.
func (e *ModelError) Unwrap() error { return e.Call }

// ofModel makes a failure of a call one that can be shown.
func ofModel(err error, own bool) error {
	var call *llm.Error
	var known *ModelError
	if errors.As(err, &call) && !errors.As(err, &known) {
		return &ModelError{Own: own, Call: call}
	}
	return err
}
