package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// eventStream writes server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
type eventStream struct {
	w     io.Writer
	flush func() error
}

// startStream begins an answer of server-sent events.
func startStream(v *visit) eventStream {
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy must not hold events back
	return eventStream{w: v.w, flush: http.NewResponseController(v.w).Flush}
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
