package transport

import (
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Git's protocol is made of packets ("pkt-lines", gitprotocol-common): four
// hexadecimal digits with the length of the whole, then the content. Length 0
// is a flush, which ends a section.
const (
	flushPacket   = "0000"
	packetHeader  = 4
	maxPacket     = 65520
	maxPacketBody = maxPacket - packetHeader
)

// packet frames a text of at most maxPacketBody bytes.
func packet(text string) string {
	return fmt.Sprintf("%04x%s", packetHeader+len(text), text)
}

// readPacket reads the next packet. A flush gives nil. What is no packet is
// ErrProtocol; the end of the input before a packet is io.EOF.
func readPacket(r io.Reader) ([]byte, error) {
	var header [packetHeader]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("%w: it ends inside a packet", ErrProtocol)
		}
		return nil, err
	}
	length, err := strconv.ParseUint(string(header[:]), 16, 16)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: a packet without length", ErrProtocol)
	case length == 0:
		return nil, nil
	case length < packetHeader || length > maxPacket:
		return nil, fmt.Errorf("%w: a packet of impossible length", ErrProtocol)
	}
	body := make([]byte, length-packetHeader)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, fmt.Errorf("%w: it ends inside a packet", ErrProtocol)
	}
	return body, nil
}
