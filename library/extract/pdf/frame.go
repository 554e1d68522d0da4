package pdf

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A frame is two lengths of 32 bits, big-endian, a JSON header of the first
// length and raw bytes of the second.

// maxHeader is the most bytes of a frame's header.
const maxHeader = 64 << 10

// errFrame means that the other side does not keep to the protocol.
var errFrame = errors.New("malformed frame")

// writeFrame sends a header and the payload that belongs to it.
func writeFrame(w io.Writer, header any, payload []byte) error {
	h, err := json.Marshal(header)
	if err != nil {
		return fmt.Errorf("encode frame: %w", err)
	}
	if len(h) > maxHeader {
		return fmt.Errorf("header of %d bytes: %w", len(h), errFrame)
	}
	b := make([]byte, 8, 8+len(h))
	binary.BigEndian.PutUint32(b, uint32(len(h)))
	binary.BigEndian.PutUint32(b[4:], uint32(len(payload)))
	if _, err := w.Write(append(b, h...)); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	if _, err := w.Write(payload); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// readFrame fills header and returns the payload, of at most limit bytes.
// Memory grows with what arrives, not with what is announced.
func readFrame(r io.Reader, header any, limit int) ([]byte, error) {
	var lengths [8]byte
	if _, err := io.ReadFull(r, lengths[:]); err != nil {
		return nil, fmt.Errorf("read frame: %w", err)
	}
	headerLen := int64(binary.BigEndian.Uint32(lengths[:]))
	payloadLen := int64(binary.BigEndian.Uint32(lengths[4:]))
	if headerLen > maxHeader || payloadLen > int64(limit) {
		return nil, fmt.Errorf("lengths %d and %d: %w", headerLen, payloadLen, errFrame)
	}
	h, err := readBytes(r, headerLen)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(h, header); err != nil {
		return nil, fmt.Errorf("header: %w", errFrame)
	}
	return readBytes(r, payloadLen)
}

func readBytes(r io.Reader, n int64) ([]byte, error) {
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, n); err != nil {
		return nil, fmt.Errorf("read frame: %w", err)
	}
	return b.Bytes(), nil
}
