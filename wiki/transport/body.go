package transport

import (
	"compress/gzip"
	"fmt"
	"io"
)

// Decode undoes the Content-Encoding of a request's body: git clients compress
// all but the smallest requests of a fetch. encoding is the header's value; a
// body that claims another encoding than gzip, or is no gzip, is ErrProtocol.
// The services bound how much they read of the result.
func Decode(body io.Reader, encoding string) (io.Reader, error) {
	switch encoding {
	case "", "identity":
		return body, nil
	case "gzip", "x-gzip":
		r, err := gzip.NewReader(body)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
		}
		return r, nil
	}
	return nil, fmt.Errorf("%w: unknown encoding", ErrProtocol)
}
