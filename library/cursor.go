package library

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// searchMode says which search a cursor goes on with.
type searchMode byte

const (
	fromStart  searchMode = 0
	strictHits searchMode = 's'
	looseHits  searchMode = 'l' // as none has all the words
	anyHits    searchMode = 'a' // from the start
	fusedHits  searchMode = 'f'
)

// cursor is where an answer ended. Pages found by words are ranked in windows:
// rank and id are of the last page before the window, 0 for the first one, and
// offset says how many of the window have been shown.
type cursor struct {
	mode   searchMode
	rank   float64
	id     int64
	offset int
}

const (
	cursorBytes = 1 + 8 + 8 + 4
	mostOffset  = 1 << 20
)

// String is what clients carry. It is exact: a rank that loses a bit would
// repeat a page or leave one out.
func (c cursor) String() string {
	b := make([]byte, 0, cursorBytes)
	b = append(b, byte(c.mode))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(c.rank))
	b = binary.BigEndian.AppendUint64(b, uint64(c.id))
	b = binary.BigEndian.AppendUint32(b, uint32(c.offset))
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseCursor reads a cursor that came back from a client.
func parseCursor(s string) (cursor, error) {
	if s == "" {
		return cursor{}, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != cursorBytes {
		return cursor{}, badCursor()
	}
	c := cursor{
		mode:   searchMode(b[0]),
		rank:   math.Float64frombits(binary.BigEndian.Uint64(b[1:])),
		id:     int64(binary.BigEndian.Uint64(b[9:])),
		offset: int(binary.BigEndian.Uint32(b[17:])),
	}
	if !c.valid() {
		return cursor{}, badCursor()
	}
	return c, nil
}

// valid reports whether an answer can have ended there.
func (c cursor) valid() bool {
	if math.IsNaN(c.rank) || math.IsInf(c.rank, 0) || c.id < 0 || c.offset < 0 {
		return false
	}
	first := c.id == 0 // the window with the best pages
	if first && (math.Float64bits(c.rank) != 0 || c.offset == 0) {
		return false
	}
	switch c.mode {
	case strictHits, looseHits, anyHits:
		return c.offset < windowPages
	case fusedHits:
		return first && c.offset <= mostOffset
	}
	return false
}

func badCursor() error { return fmt.Errorf("%w: the place to go on from is unknown", ErrInvalid) }

// listCursor is the last document of a part of the list.
type listCursor struct {
	Sort  Sort   `json:"s"`
	Title string `json:"t,omitempty"`
	Value int64  `json:"v,omitempty"` // size or pages
	Seq   int64  `json:"q"`
}

func (c listCursor) String() string { return encodeCursor(c) }

// encodeCursor is how clients carry the place where a part of a list ended.
func encodeCursor[T listCursor | chatCursor](c T) string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // strings and numbers always marshal
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// decodeCursor reads what came back.
func decodeCursor[T listCursor | chatCursor](s string) (c T, err error) {
	text, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return c, badCursor()
	}
	return c, nil
}

func parseListCursor(s string, sort Sort) (listCursor, error) {
	c, err := decodeCursor[listCursor](s)
	if err != nil || c.Sort != sort || c.Seq <= 0 {
		return listCursor{}, badCursor()
	}
	return c, nil
}
