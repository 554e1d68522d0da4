package web

import (
	"encoding/json"
	"fmt"
	"io"
)

// eventStream writes server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
type eventStream struct {
	w     io.Writer
	flush func() error
}

// send writes one event with data in JSON, which has no line ends.
func (e eventStream) send(name string, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	if _, err := fmt.Fprintf(e.w, "event: %s\ndata: %s\n\n", name, text); err != nil {
		return fmt.Errorf("send event: %w", err)
	}
	return e.flush()
}

// comment writes a line that readers ignore.
func (e eventStream) comment() error {
	if _, err := io.WriteString(e.w, ": still here\n\n"); err != nil {
		return fmt.Errorf("send event: %w", err)
	}
	return e.flush()
}
