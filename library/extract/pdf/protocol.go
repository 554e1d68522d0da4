package pdf

import (
	"errors"

	"github.com/holtdb/holt/library/extract"
)

// The parent sends a setup and gets an empty response when PDFium is ready.
// Then it sends one byte that carries the document's descriptor and a request
// to open it. Each later request gets one response.

// setup is the first thing a child is told.
type setup struct {
	CacheDir    string
	MemoryLimit int64
}

type operation string

const (
	opOpen   operation = "open"   // payload: wireInfo as JSON
	opText   operation = "text"   // payload: UTF-8
	opWords  operation = "words"  // payload: Words as JSON
	opSize   operation = "size"   // payload: Words as JSON, without words
	opRender operation = "render" // payload: PNG
)

// payloadLimit is the most bytes of an operation's payload.
func (op operation) payloadLimit() int {
	switch op {
	case opOpen, opWords:
		return 32 << 20
	case opText:
		return 8 << 20
	case opRender:
		return 64 << 20
	}
	return 4 << 10
}

type request struct {
	Op       operation
	Page     int    `json:",omitempty"` // from 1
	Width    int    `json:",omitempty"` // pixels
	Password string `json:",omitempty"`
}

// response says how a request went. The child's own error texts stay with it:
// they may hold what the document wants a log to say.
type response struct {
	Failure failure `json:",omitempty"`
}

type failure string

const (
	failedPassword failure = "password"
	failedBroken   failure = "broken"
	failedTooLarge failure = "too large"
	failedOther    failure = "failed"
)

func failureOf(err error) failure {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, extract.ErrPassword):
		return failedPassword
	case errors.Is(err, extract.ErrTooLarge):
		return failedTooLarge
	case errors.Is(err, extract.ErrBroken):
		return failedBroken
	}
	return failedOther
}

func (f failure) err() error {
	switch f {
	case "":
		return nil
	case failedPassword:
		return extract.ErrPassword
	case failedTooLarge:
		return extract.ErrTooLarge
	case failedBroken:
		return extract.ErrBroken
	}
	return errors.New("the PDF process could not do this")
}
