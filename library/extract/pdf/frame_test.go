package pdf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/library/extract/pdf"
)

// frame builds a frame whose lengths may lie.
func frame(headerLen, payloadLen uint32, rest string) []byte {
	b := binary.BigEndian.AppendUint32(nil, headerLen)
	b = binary.BigEndian.AppendUint32(b, payloadLen)
	return append(b, rest...)
}

func TestReadFrame(t *testing.T) {
	const limit = 100
	for _, c := range []struct {
		name    string
		b       []byte
		payload string
		err     error
	}{
		{"good", frame(2, 5, "{}otter"), "otter", nil},
		{"empty", nil, "", io.EOF},
		{"cut in the lengths", frame(2, 5, "")[:5], "", io.ErrUnexpectedEOF},
		{"cut in the header", frame(2, 5, "{"), "", io.EOF},
		{"cut in the payload", frame(2, 5, "{}ott"), "", io.EOF},
		{"header too long", frame(math.MaxUint32, 0, "{}"), "", pdf.ErrFrame},
		{"payload too long", frame(2, limit+1, "{}"+strings.Repeat("x", limit+1)), "", pdf.ErrFrame},
		{"payload of 4 GB", frame(2, math.MaxUint32, "{}"), "", pdf.ErrFrame},
		{"header is not JSON", frame(2, 0, "}{"), "", pdf.ErrFrame},
		{"header of another type", frame(2, 0, "[]"), "", pdf.ErrFrame},
	} {
		got, err := pdf.ReadResponse(bytes.NewReader(c.b), limit)
		if !errors.Is(err, c.err) || string(got) != c.payload {
			t.Errorf("%s: %q, %v; want %q, %v", c.name, got, err, c.payload, c.err)
		}
	}
}

func FuzzReadFrame(f *testing.F) {
	f.Add(frame(2, 5, "{}otter"))
	f.Add(frame(15, 0, `{"Failure":"x"}`))
	f.Add(frame(math.MaxUint32, math.MaxUint32, "{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		payload, err := pdf.ReadResponse(bytes.NewReader(b), 1000)
		if err == nil && (len(payload) > 1000 || !bytes.Contains(b, payload)) {
			t.Errorf("payload %q of %q", payload, b)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"Pages":2,"Labels":["i","ii"],"Outline":[{"Title":"x","Level":1,"Page":2}]}`))
	f.Add([]byte(`{"Width":300,"Height":400,"Words":[{"Text":"x","X":1,"Y":2,"W":3,"H":4}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if info, err := pdf.DecodeInfo(b); err == nil {
			if info.Pages < 1 || len(info.Labels) != info.Pages {
				t.Errorf("%d pages and %d labels", info.Pages, len(info.Labels))
			}
			for _, entry := range info.Outline {
				if entry.Page < 0 || entry.Page > info.Pages || entry.Level < 0 {
					t.Errorf("entry %+v", entry)
				}
			}
		}
		if words, err := pdf.DecodeWords(b); err == nil {
			for _, w := range words.Words {
				if w.X < 0 || w.Y < 0 || w.X+w.W > words.Width+1 || w.Y+w.H > words.Height+1 {
					t.Errorf("word %+v on a page of %v×%v", w, words.Width, words.Height)
				}
			}
		}
	})
}

// TestDocument_HostileChild plays a child that has been taken over.
func TestDocument_HostileChild(t *testing.T) {
	png := func(w, h uint32) string {
		b := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0DIHDR")
		b = binary.BigEndian.AppendUint32(b, w)
		return string(binary.BigEndian.AppendUint32(b, h)) + "\x08\x00\x00\x00\x00"
	}
	text := func(d *pdf.Document) error { _, err := d.Text(t.Context(), 1); return err }
	words := func(d *pdf.Document) error { _, err := d.Words(t.Context(), 1); return err }
	size := func(d *pdf.Document) error { _, _, err := d.Size(t.Context(), 1); return err }
	render := func(d *pdf.Document) error { _, err := d.Render(t.Context(), 1, 100); return err }
	for _, c := range []struct {
		name    string
		call    func(*pdf.Document) error
		payload string // in a frame of its own
		raw     []byte // or raw bytes
	}{
		{name: "hangs up", call: text},
		{name: "noise", call: text, raw: bytes.Repeat([]byte("\xFF"), 1000)},
		{name: "half a frame", call: text, raw: frame(2, 5, "{}ot")},
		{name: "endless", call: text, raw: frame(2, math.MaxUint32, "{}")},
		{name: "text too long", call: text, payload: strings.Repeat("x", 8<<20+1)},
		{name: "words are not JSON", call: words, payload: "words"},
		{name: "word off the page", call: words, payload: `{"Width":10,"Height":10,"Words":[{"X":5,"W":6}]}`},
		{name: "word before the page", call: words, payload: `{"Width":10,"Height":10,"Words":[{"X":-1,"W":1}]}`},
		{name: "infinite word", call: words, payload: `{"Width":10,"Height":10,"Words":[{"X":1e999}]}`},
		{name: "no size", call: size, payload: `{}`},
		{name: "negative size", call: size, payload: `{"Width":-1,"Height":10}`},
		{name: "not a number", call: size, payload: `{"Width":NaN,"Height":10}`},
		{name: "not a PNG", call: render, payload: "<html><script>alert(1)</script></html>"},
		{name: "no picture", call: render, payload: ""},
		{name: "PNG too wide", call: render, payload: png(101, 100)},
		{name: "PNG too high", call: render, payload: png(100, 1<<31)},
		{name: "PNG without width", call: render, payload: png(0, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, child, err := pdf.NewDocumentOver(mustEngine(t, pdf.Options{}), 1)
			if err != nil {
				t.Fatal(err)
			}
			answered := make(chan struct{})
			go func() {
				defer close(answered)
				defer child.Close()
				if _, err := child.Read(make([]byte, 1000)); err != nil {
					t.Error(err)
				}
				if c.raw != nil {
					child.Write(c.raw)
				} else if c.name != "hangs up" {
					pdf.WriteResponse(child, []byte(c.payload))
				}
			}()
			if err := c.call(d); !errors.Is(err, extract.ErrBroken) {
				t.Errorf("%v, want ErrBroken", err)
			}
			<-answered
		})
	}
}
