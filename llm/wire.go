package llm

import (
	"errors"
	"io"
)

// wire is one protocol: how requests are written and answers read.
type wire interface {
	// chat is the path and body of a request for a streamed answer.
	chat(c *Client, e Endpoint, r Request, without refusals) (path string, body any)
	// stream reads the pieces of a streamed answer.
	stream(r io.Reader) stream
	// embed is the path and body of a request for vectors.
	embed(c *Client, e Endpoint, texts []string) (path string, body any)
	// vectors reads count vectors in the order of the texts.
	vectors(body []byte, count int) ([][]float32, error)
	// list is the path of the list of models.
	list() string
	// models reads that list.
	models(body []byte) ([]string, error)
}

// wire returns the protocol of a checked endpoint.
func (e Endpoint) wire() wire {
	if e.Protocol == Ollama {
		return ollama{}
	}
	return openai{}
}

// stream yields the pieces of an answer. It ends with a piece that is last, or
// with an error: io.ErrUnexpectedEOF when the answer broke off, errGarbage when
// it does not follow the protocol, *complaintError when the server says so.
type stream interface {
	next() (piece, error)
}

// piece is a step of an answer.
type piece struct {
	text     string
	thinking bool // the model reasons; nothing to show, but it is at work
	last     bool
	finish   string
	prompt   int // tokens of the prompt, once known
	tokens   int // tokens of the answer, once known
}

// errGarbage marks content that does not follow the protocol.
var errGarbage = errors.New("not in the protocol")

// complaintError is an error that a server sent inside a stream.
type complaintError struct{ complaint }

func (e *complaintError) Error() string { return "server error in the stream" }
