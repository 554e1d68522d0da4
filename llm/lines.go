package llm

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

const (
	// maxLine bounds one line of a stream; a line holds a token or little more.
	maxLine = 1 << 20
	// maxStream bounds all that is read of one stream.
	maxStream = 64 << 20
)

// lines reads a stream line by line within bounds.
type lines struct{ r *bufio.Reader }

func newLines(r io.Reader) lines {
	return lines{bufio.NewReader(io.LimitReader(r, maxStream))}
}

// next returns a line without its end. The last one may lack a newline, and is
// then not whole: nobody knows whether more should have come. The slice is
// valid until the next call.
func (l lines) next() (line []byte, whole bool, err error) {
	line, err = l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		long := bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) && len(long) <= maxLine {
			line, err = l.r.ReadSlice('\n')
			long = append(long, line...)
		}
		line = long
	}
	if len(line) > maxLine {
		return nil, false, errGarbage
	}
	if err != nil && (len(line) == 0 || !errors.Is(err, io.EOF)) {
		return nil, false, err
	}
	return bytes.TrimRight(line, "\r\n"), err == nil, nil
}
