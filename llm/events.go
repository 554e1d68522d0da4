package llm

import (
	"bytes"
	"errors"
	"io"
)

// events reads the data of server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html). Comments,
// which servers send to keep a connection open, and other fields are skipped.
type events struct{ lines lines }

// next returns the data of the next event that has any. An event that the end
// of the stream cuts short is returned as not whole, then io.EOF.
func (s *events) next() (data []byte, whole bool, err error) {
	var some bool
	for {
		line, _, err := s.lines.next()
		switch {
		case errors.Is(err, io.EOF) && some:
			return data, false, nil
		case err != nil:
			return nil, false, err
		case len(line) == 0 && some:
			return data, true, nil
		}
		value, ok := bytes.CutPrefix(line, []byte("data:"))
		if !ok {
			continue
		}
		if some {
			data = append(data, '\n')
		}
		data = append(data, bytes.TrimPrefix(value, []byte(" "))...)
		some = true
		if len(data) > maxLine {
			return nil, false, errGarbage
		}
	}
}
