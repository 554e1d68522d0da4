package extract

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/holtdb/holt/library/extract/markup"
)

// wordReader turns WordprocessingML (ECMA-376, part 1, §17) into blocks.
type wordReader struct {
	ctx      context.Context
	builder  markup.Builder
	styles   map[string]int    // heading levels
	links    map[string]string // addresses
	rendered bool              // Word noted where its pages broke

	run      []string // inline elements of the open run
	level    int      // heading level of the open paragraph
	item     bool     // the open paragraph is a list item
	inList   bool
	begun    bool // the open paragraph has its element
	text     bool // in an element whose text counts
	property int  // depth within the properties of a paragraph or run
}

const (
	contextEvery = 4096 // tokens between looks at the context
	maxXMLDepth  = 1000
)

func (w *wordReader) read(data []byte) error {
	d, err := newXMLDecoder(data)
	if err != nil {
		return err
	}
	depth, skipped := 0, 0 // skipped is the depth of an element that is left out
	for n := 0; ; n++ {
		if n%contextEvery == 0 && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			w.endList()
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxXMLDepth {
				return fmt.Errorf("%w: nested too deeply", ErrBroken)
			}
			if skipped == 0 && skippedPart(t) {
				skipped = depth
			}
			if skipped == 0 && wordSpace(t.Name.Space) {
				w.start(t)
			}
		case xml.EndElement:
			if skipped == 0 && wordSpace(t.Name.Space) {
				w.end(t.Name.Local)
			}
			if depth == skipped {
				skipped = 0
			}
			depth--
		case xml.CharData:
			if w.text {
				w.begin()
				w.builder.Text(string(t))
			}
		}
		if w.builder.Full() {
			return markup.ErrTooLong
		}
	}
}

// wordSpace reports whether a name is of WordprocessingML or of Office Math,
// in their transitional or strict form.
func wordSpace(space string) bool {
	return strings.HasSuffix(space, "/wordprocessingml/2006/main") ||
		strings.HasSuffix(space, "/wordprocessingml/main") ||
		strings.HasSuffix(space, "/officeDocument/2006/math") ||
		strings.HasSuffix(space, "/officeDocument/math")
}

// skippedPart reports whether an element says again, for older readers, what
// was said before, or what an earlier version said.
func skippedPart(t xml.StartElement) bool {
	switch t.Name.Local {
	case "Fallback", "pPrChange", "rPrChange", "tblPrChange", "sectPrChange", "numberingChange":
		return true
	case "footnote", "endnote":
		kind := attributeOf(t, "type")
		return kind == "separator" || kind == "continuationSeparator" || kind == "continuationNotice"
	}
	return false
}

func (w *wordReader) start(t xml.StartElement) {
	switch t.Name.Local {
	case "p":
		w.level, w.item, w.begun = 0, false, false
	case "r":
		w.run = w.run[:0]
	case "pPr", "rPr":
		w.property++
	case "pStyle":
		w.level = w.styles[attributeOf(t, "val")]
	case "outlineLvl":
		if n, err := strconv.Atoi(attributeOf(t, "val")); err == nil && n >= 0 && n < 9 && w.property > 0 {
			w.level = n + 1
		}
	case "numId":
		w.item = attributeOf(t, "val") != "0"
	case "b", "i", "u", "strike":
		w.format(t)
	case "vertAlign":
		switch attributeOf(t, "val") {
		case "superscript":
			w.run = append(w.run, "sup")
		case "subscript":
			w.run = append(w.run, "sub")
		}
	case "t":
		w.begin()
		w.text = true
		for _, tag := range w.run {
			w.builder.Open(tag)
		}
	case "tab", "ptab":
		if w.property == 0 {
			w.builder.Text(" ")
		}
	case "noBreakHyphen":
		w.begin()
		w.builder.Text("-")
	case "br", "cr":
		if attributeOf(t, "type") == "page" {
			w.builder.PageBreak()
		} else {
			w.builder.LineBreak()
		}
	case "lastRenderedPageBreak":
		w.rendered = true
		w.builder.PageBreak()
	case "hyperlink":
		w.begin()
		if address := w.links[attributeOf(t, "id")]; isWeb(address) {
			w.builder.Link(address)
		}
	case "tbl":
		w.endList()
		w.builder.Open("table")
	case "tr":
		w.builder.Open("tr")
	case "tc":
		w.builder.Open("td")
	}
}

func (w *wordReader) end(name string) {
	switch name {
	case "p":
		w.builder.Open("p")
		w.begun = false
	case "pPr", "rPr":
		w.property--
	case "t":
		for i := len(w.run) - 1; i >= 0; i-- {
			w.builder.Close(w.run[i])
		}
		w.text = false
	case "hyperlink":
		w.builder.Close("a")
	case "tbl":
		w.endList()
		w.builder.Close("table")
	case "tr":
		w.builder.Close("tr")
	case "tc":
		w.endList()
		w.builder.Close("td")
	}
}

// begin opens the element of a paragraph when its first text comes, for only
// then are its properties known.
func (w *wordReader) begin() {
	if w.begun {
		return
	}
	w.begun = true
	switch {
	case w.level > 0:
		w.endList()
		w.builder.Open("h" + strconv.Itoa(min(w.level, 6)))
	case w.item:
		if !w.inList {
			w.builder.Open("ul")
			w.inList = true
		}
		w.builder.Open("li")
	default:
		w.endList()
		w.builder.Open("p")
	}
}

func (w *wordReader) endList() {
	if w.inList {
		w.builder.Close("ul")
		w.inList = false
	}
}

// format notes a property of the open run, unless it is switched off.
func (w *wordReader) format(t xml.StartElement) {
	switch attributeOf(t, "val") {
	case "0", "false", "none", "off":
		return
	}
	tag := t.Name.Local
	if tag == "strike" {
		tag = "s"
	}
	w.run = append(w.run, tag)
}

func attributeOf(t xml.StartElement, local string) string {
	for _, a := range t.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

func isWeb(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}
