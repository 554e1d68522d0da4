package extract

import (
	"bytes"
	"encoding/xml"
	"fmt"

	"golang.org/x/net/html/charset"
)

const (
	maxXML = 8 << 20   // bytes of a part that describes others
	maxTag = 256 << 10 // bytes of one tag: each attribute takes twenty times its length
)

// readXML decodes an entry that describes others.
func readXML(a *archive, name string, into any) error {
	data, err := a.read(name, maxXML)
	if err != nil {
		return err
	}
	d, err := newXMLDecoder(data)
	if err != nil {
		return err
	}
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return nil
}

// newXMLDecoder returns a decoder that reads what sloppy producers write:
// entities of HTML, other encodings. Entities that a document declares are
// not expanded.
func newXMLDecoder(data []byte) (*xml.Decoder, error) {
	for rest := data; ; {
		start := bytes.IndexByte(rest, '<')
		if start < 0 {
			break
		}
		end := bytes.IndexByte(rest[start:], '>')
		if end < 0 {
			end = len(rest) - start - 1
		}
		if end > maxTag {
			return nil, fmt.Errorf("%w: a tag of %d bytes", ErrBroken, end)
		}
		rest = rest[start+end+1:]
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = charset.NewReaderLabel
	return d, nil
}
