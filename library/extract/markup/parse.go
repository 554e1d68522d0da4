package markup

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"github.com/holtdb/holt/library/extract/clean"
)

// Options says how Parse reads a document.
type Options struct {
	// XHTML: an element may close itself, as in <script/>.
	XHTML bool
	// Image returns the address to show for that of an image, "" for none. No
	// function, no images.
	Image func(src string) string
}

// Document is a parsed HTML document.
type Document struct {
	Title    string
	Language string
	Authors  []string
	Blocks   []Block
}

// Parse reads an HTML document in UTF-8. What it does not understand it takes
// as text or leaves out; the only error is [ErrTooLong].
func Parse(source []byte, options Options) (*Document, error) {
	p := parser{tokens: html.NewTokenizer(bytes.NewReader(source)), options: options}
	p.tokens.AllowCDATA(options.XHTML)
	p.run()
	blocks, err := p.builder.Blocks()
	if err != nil {
		return nil, err
	}
	p.doc.Blocks = blocks
	return &p.doc, nil
}

type parser struct {
	tokens  *html.Tokenizer
	options Options
	builder Builder
	doc     Document

	skipped string // the dropped element the parser is in
	depth   int    // how many of them are open
	inTitle bool
	title   strings.Builder
}

func (p *parser) run() {
	for !p.builder.Full() {
		switch p.tokens.Next() {
		case html.ErrorToken:
			p.endTitle() // a title without an end
			return
		case html.TextToken:
			p.text()
		case html.StartTagToken:
			name, more := p.tokens.TagName()
			p.start(string(name), more)
		case html.SelfClosingTagToken:
			name, more := p.tokens.TagName()
			p.selfClosing(string(name), more)
		case html.EndTagToken:
			name, _ := p.tokens.TagName()
			p.end(string(name))
		}
	}
}

func (p *parser) text() {
	switch {
	case p.skipped != "":
	case p.inTitle:
		p.title.Write(p.tokens.Text())
	default:
		p.builder.Text(string(p.tokens.Text()))
	}
}

func (p *parser) selfClosing(tag string, more bool) {
	if !p.options.XHTML {
		p.start(tag, more)
		return
	}
	p.tokens.NextIsNotRawText()
	if p.skipped == "" && roleOf(tag) != dropped && tag != "title" {
		p.start(tag, more)
		p.end(tag)
	}
}

func (p *parser) start(tag string, more bool) {
	if p.skipped != "" {
		if tag == p.skipped {
			p.depth++
		}
		return
	}
	a := p.attributes(more)
	switch {
	case tag == "title" && p.doc.Title == "":
		p.inTitle = true
	case tag == "meta":
		if strings.EqualFold(a.name, "author") && a.content != "" {
			p.doc.Authors = append(p.doc.Authors, fold(a.content))
		}
	case roleOf(tag) == dropped || strings.Contains(a.class, "headerlink"):
		// Sphinx and its kin put a ¶ of this class beside each heading.
		p.skipped, p.depth = tag, 1
	case tag == "br":
		p.builder.LineBreak()
	case tag == "img" || tag == "image":
		if p.options.Image != nil {
			p.builder.Image(p.options.Image(a.src), a.alt)
		}
	case tag == "a":
		p.builder.Anchor(a.id)
		p.builder.Anchor(a.name)
		p.builder.Link(safeLink(a.href))
	default:
		if tag == "html" {
			p.doc.Language = a.lang
		}
		p.builder.Open(tag)
		p.builder.Anchor(a.id)
	}
}

func (p *parser) end(tag string) {
	switch {
	case p.skipped != "":
		if tag == p.skipped {
			if p.depth--; p.depth == 0 {
				p.skipped = ""
			}
		}
	case p.inTitle:
		p.endTitle()
	case tag == "br": // </br> is read as <br>
		p.builder.LineBreak()
	default:
		p.builder.Close(tag)
	}
}

func (p *parser) endTitle() {
	if p.inTitle {
		p.doc.Title = fold(p.title.String())
		p.inTitle = false
	}
}

// attributes holds those attributes that mean something.
type attributes struct{ id, name, content, class, href, src, alt, lang string }

func (p *parser) attributes(more bool) attributes {
	var a attributes
	for more {
		var key, value []byte
		key, value, more = p.tokens.TagAttr()
		if len(value) > maxAttribute {
			continue
		}
		switch string(key) {
		case "id":
			a.id = string(value)
		case "name":
			a.name = string(value)
		case "content":
			a.content = string(value)
		case "class":
			a.class = string(value)
		case "href":
			a.href = string(value)
		case "src", "xlink:href":
			a.src = string(value)
		case "alt":
			a.alt = string(value)
		case "lang", "xml:lang":
			a.lang = string(value)
		}
	}
	return a
}

// safeLink returns what a link leads to in safe HTML: a page of the web, an
// anchor of the same document, or nowhere.
func safeLink(href string) string {
	href = strings.TrimSpace(href)
	if fragment, ok := strings.CutPrefix(href, "#"); ok {
		if id := FragmentID(fragment); id != "" {
			return "#" + id
		}
		return ""
	}
	scheme, _, _ := strings.Cut(href, "://")
	if strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https") {
		return href
	}
	return ""
}

// fold makes one line of a title.
func fold(s string) string {
	return strings.Join(strings.Fields(clean.Chars(s)), " ")
}
