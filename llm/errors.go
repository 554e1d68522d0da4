package llm

import (
	"errors"
	"fmt"
	"time"
)

// Reason is why a server gave no answer.
type Reason string

const (
	// Unreachable: no connection, or it broke before the server answered.
	Unreachable Reason = "unreachable"
	// Forbidden: the address is private and the policy refuses it.
	Forbidden Reason = "forbidden address"
	// Redirected: the server points to another address, which is not followed.
	Redirected Reason = "redirected"
	// WrongPath: a server answers there, but not with the protocol's paths.
	WrongPath Reason = "wrong path"
	// Unauthorized: the key is missing, wrong or not allowed.
	Unauthorized Reason = "unauthorized"
	// MissingModel: the server does not have the model.
	MissingModel Reason = "missing model"
	// WrongModel: the model cannot do what it was asked (chat, or embeddings).
	WrongModel Reason = "wrong kind of model"
	// TooMany: too many requests (429).
	TooMany Reason = "too many requests"
	// NoCredit: the account behind the key has used up its quota.
	NoCredit Reason = "no credit"
	// Overloaded: the server failed or is too busy (5xx).
	Overloaded Reason = "overloaded"
	// TooLong: the prompt does not fit the model's context.
	TooLong Reason = "too long"
	// Slow: a time limit was reached.
	Slow Reason = "slow"
	// CutOff: the stream ended before the answer did.
	CutOff Reason = "cut off"
	// Unintelligible: the answer does not follow the protocol.
	Unintelligible Reason = "unintelligible"
	// Refused: the server refused the request (another 4xx).
	Refused Reason = "refused"
)

// Error is a failure of a model server. Its text is meant for the user.
type Error struct {
	// Reason is the kind of failure.
	Reason Reason
	// Endpoint is where it happened, without its key.
	Endpoint Endpoint
	// Status is the HTTP status, 0 when there was none.
	Status int
	// Detail is the server's own message or the cause, cleaned and shortened;
	// it may be empty.
	Detail string
	// RetryAfter is what the server asked to wait, 0 when it did not say.
	RetryAfter time.Duration

	keyed bool   // a key was sent
	again bool   // the request may be repeated at once, after a pause
	param string // the parameter of the request that the server objects to
	cause error
}

// Unwrap returns the cause, if there is one beneath HTTP.
func (e *Error) Unwrap() error { return e.cause }

// Temporary reports whether the same request may succeed later without
// anybody changing a setting.
func (e *Error) Temporary() bool {
	switch e.Reason {
	case Unreachable, TooMany, Overloaded, Slow, CutOff:
		return true
	}
	return false
}

// ReasonOf returns the reason of an error of this package, "" of any other.
func ReasonOf(err error) Reason {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}

// Error says what happened and what to do.
func (e *Error) Error() string {
	host, model := e.Endpoint.host(), e.Endpoint.Model
	switch e.Reason {
	case Unreachable:
		return "The model server at " + host + " cannot be reached" + e.because() +
			". Check that it runs and that the address is right."
	case Forbidden:
		return "The address " + host + " is on a private network or this machine, and this server refuses such addresses. " +
			"Ask the administrator to allow them, or use a public address."
	case Redirected:
		return "The model server at " + host + " redirects elsewhere" + e.because() + ". Enter the address it is really at."
	case WrongPath:
		return e.wrongPath()
	case Unauthorized:
		if !e.keyed {
			return "The model server at " + host + " asks for a key. Enter one."
		}
		return "The model server at " + host + " does not accept the key. Check that it is right and may be used for this."
	case MissingModel:
		return e.missingModel()
	case WrongModel:
		return "The model " + model + " cannot be used for this" + e.because() + ". Choose another model."
	case TooMany:
		return "The model server at " + host + " gets too many requests" + e.because() + ". Try again " + e.later() + "."
	case NoCredit:
		return "The account at " + host + " has used up its quota" + e.because() + ". Look at its plan and billing."
	case Overloaded:
		return "The model server at " + host + " failed or is too busy" + e.because() + ". Try again " + e.later() + "."
	case TooLong:
		return "What was sent is too long for the model " + model + e.because() +
			". Use fewer passages, or a model or setting with a larger context."
	case Slow:
		return "The model server at " + host + " took too long" + e.because() + ". Try again, or use a smaller model."
	case CutOff:
		return "The model server at " + host + " broke off before the answer was complete" + e.because() + ". Try again."
	case Unintelligible:
		return "The server at " + host + " gave an answer that makes no sense" + e.because() +
			". Check the address and the protocol."
	default:
		return "The model server at " + host + " refused the request" + e.because() + "."
	}
}

// because is the detail as the end of a clause.
func (e *Error) because() string {
	if e.Detail == "" {
		return ""
	}
	return " (" + e.Detail + ")"
}

func (e *Error) later() string {
	if e.RetryAfter <= 0 {
		return "later"
	}
	return "in " + e.RetryAfter.Round(time.Second).String()
}

func (e *Error) wrongPath() string {
	host := e.Endpoint.host()
	if e.Endpoint.Protocol == Ollama {
		return fmt.Sprintf("A server answers at %s, but it is not Ollama's API%s. Give Ollama's address without a path, such as http://localhost:11434.",
			host, e.because())
	}
	return fmt.Sprintf("A server answers at %s, but not with an OpenAI-compatible API%s. The address mostly ends in /v1.",
		host, e.because())
}

func (e *Error) missingModel() string {
	host, model := e.Endpoint.host(), e.Endpoint.Model
	if e.Endpoint.Protocol == Ollama {
		return fmt.Sprintf("The model %s is not on the Ollama server at %s. Fetch it there: ollama pull %s", model, host, model)
	}
	return fmt.Sprintf("The model server at %s has no model %s, or the key may not use it%s. Choose another model.", host, model, e.because())
}
