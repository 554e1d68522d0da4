package markdown

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	nethtml "golang.org/x/net/html"
)

// Limits of the HTML that an author writes.
const (
	maxRawTags = 20_000 // on a page
	maxRawOpen = 32     // elements within each other
)

// rawState is what is known about the author's HTML so far.
type rawState struct {
	open  []string // elements that wait for their end
	floor int      // those below belong to blocks around
	tags  int
	used  bool
}

// has reports whether an element is open.
func (r *rawState) has(tag string) bool { return slices.Contains(r.open, tag) }

// rawTags lists the elements that an author may write, with their attributes
// beside those of every element. "-" stands before those that are read past.
var rawTags = map[string]string{
	"p": "align", "br": "", "hr": "", "span": "role", "div": "align", "i": "",
	"strong": "", "em": "", "b": "", "u": "", "s": "", "strike": "", "del": "", "ins": "",
	"sub": "", "sup": "", "mark": "", "small": "",
	"ul": "", "ol": "start", "li": "", "dl": "", "dt": "", "dd": "",
	"h1": "align", "h2": "align", "h3": "align", "h4": "align", "h5": "align", "h6": "align",
	"code": "", "pre": "", "kbd": "", "samp": "", "var": "",
	"blockquote": "", "q": "", "cite": "", "center": "",
	"table": "width align -border -cellpadding -cellspacing", "thead": "", "tbody": "", "tfoot": "", "tr": "align",
	"td": "colspan rowspan align width -valign", "th": "colspan rowspan align scope width -valign",
	"caption": "", "col": "span width", "colgroup": "span width",
	"a": "href name -target -rel", "img": "src alt width height align -loading", "abbr": "", "address": "",
	"time": "datetime", "details": "open", "summary": "", "figure": "", "figcaption": "",
	"video": "controls width height poster src loop muted", "audio": "controls src loop muted", "source": "src type",
	"input": "type checked disabled -value", "label": "-for",
}

// rawEnds lists, for elements whose end may be left out, the open ones that
// their start ends.
var rawEnds = map[string][]string{
	"li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"},
	"td": {"td", "th", "caption"}, "th": {"td", "th", "caption"},
	"tr":    {"td", "th", "tr", "caption", "colgroup"},
	"thead": {"caption", "colgroup"}, "tbody": {"td", "th", "tr", "thead", "tbody", "caption", "colgroup"},
	"tfoot": {"td", "th", "tr", "thead", "tbody", "caption", "colgroup"},
}

func isVoid(tag string) bool {
	return slices.Contains([]string{"br", "hr", "img", "input", "col", "source"}, tag)
}

// isPhrase reports whether an element may stand in a paragraph.
func isPhrase(tag string) bool {
	return slices.Contains([]string{
		"br", "span", "i", "strong", "em", "b", "u", "s", "strike", "del", "ins", "sub", "sup", "mark", "small",
		"code", "kbd", "samp", "var", "q", "cite", "a", "img", "abbr", "time", "video", "audio", "source", "input", "label",
	}, tag)
}

// htmlBlock writes a block of HTML.
func (w *writer) htmlBlock(n *ast.HTMLBlock) {
	fragment := w.lines(n)
	if n.HasClosure() {
		closure := n.ClosureLine
		fragment += string(closure.Value(w.source))
	}
	w.rawHTML(fragment)
}

// rawHTML writes a fragment of HTML, which need not be balanced: with what is
// allowed if that is all there is in it, else as text.
func (w *writer) rawHTML(fragment string) {
	fragment = strings.ReplaceAll(strings.ToValidUTF8(fragment, "\uFFFD"), string(rune(bar)), "|")
	tokens, ok := w.allowed(fragment)
	if !ok {
		w.escape(fragment)
		return
	}
	for _, t := range tokens {
		switch t.Type {
		case nethtml.TextToken:
			w.escape(t.Data)
		case nethtml.EndTagToken:
			w.endRaw(t.Data)
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			w.startRaw(t)
		}
	}
}

// allowed divides a fragment into tokens, and reports whether each is allowed.
func (w *writer) allowed(fragment string) ([]nethtml.Token, bool) {
	var tokens []nethtml.Token
	depth, length := len(w.raw.open), 0
	z := nethtml.NewTokenizer(strings.NewReader(fragment))
	for z.Next() != nethtml.ErrorToken {
		length += len(z.Raw())
		t := z.Token()
		switch t.Type {
		case nethtml.CommentToken:
			if !strings.HasPrefix(string(z.Raw()), "<!--") {
				return nil, false // a declaration or an instruction
			}
			continue
		case nethtml.DoctypeToken:
			return nil, false
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			if !isVoid(t.Data) {
				depth++
			}
			if w.raw.tags++; !w.allowedTag(t) || depth > maxRawOpen || w.raw.tags > maxRawTags {
				return nil, false
			}
		case nethtml.EndTagToken:
			if _, known := rawTags[t.Data]; !known {
				return nil, false
			}
			depth--
		}
		tokens = append(tokens, t)
	}
	return tokens, length == len(fragment) // else a tag is cut off
}

// allowedTag reports whether a tag and all its attributes are allowed.
func (w *writer) allowedTag(t nethtml.Token) bool {
	attributes, known := rawTags[t.Data]
	if !known {
		return false
	}
	for _, a := range t.Attr {
		switch a.Key {
		case "id", "class", "title", "style", "lang", "dir":
			continue
		case "href":
			if address, ok := cleanAddress(a.Val); !ok || schemeOf(address) != "" && !isLinkScheme(schemeOf(address)) {
				return false
			}
		case "src", "poster":
			if _, ok := w.resolveMedia(a.Val); !ok {
				return false
			}
		}
		if !slices.Contains(strings.Fields(strings.ReplaceAll(attributes, "-", "")), a.Key) {
			return false
		}
	}
	return t.Data != "input" || slices.ContainsFunc(t.Attr, func(a nethtml.Attribute) bool {
		return a.Key == "type" && strings.EqualFold(a.Val, "checkbox")
	})
}

// startRaw writes the start of an element, after the ends that it implies.
func (w *writer) startRaw(t nethtml.Token) {
	w.raw.used = true
	if !isPhrase(t.Data) {
		w.closeParagraph()
	}
	if t.Data == "a" {
		if w.inLink {
			return
		}
		w.closeThrough("a")
	}
	for ends := rawEnds[t.Data]; len(w.raw.open) > w.raw.floor && slices.Contains(ends, w.raw.open[len(w.raw.open)-1]); {
		w.closeRaw(len(w.raw.open) - 1)
	}
	w.write("<", t.Data)
	for _, a := range t.Attr {
		w.rawAttribute(t.Data, a)
	}
	switch t.Data {
	case "img":
		w.write(` loading="lazy"`)
	case "input":
		w.write(" disabled")
	case "video", "audio":
		w.write(` preload="metadata"`)
	}
	w.write(">")
	if !isVoid(t.Data) {
		w.raw.open = append(w.raw.open, t.Data)
	}
}

// rawAttribute writes an attribute of an author's element, addresses as they
// are resolved, and none that the page's frame decides on.
func (w *writer) rawAttribute(tag string, a nethtml.Attribute) {
	switch a.Key {
	case "style", "disabled", "loading":
	case "id", "name":
		if isPlainID(a.Val) {
			w.attribute("id", a.Val)
		}
	case "href":
		if t, ok := w.resolve(a.Val); ok {
			w.targetAttributes(t)
		}
	case "src", "poster":
		if src, ok := w.resolveMedia(a.Val); ok {
			w.attribute(a.Key, src)
		}
	default:
		if !slices.Contains(strings.Fields(rawTags[tag]), "-"+a.Key) {
			w.attribute(a.Key, a.Val)
		}
	}
}

// isPlainID reports whether an id is one that the frame around the page does
// not use and that a fragment can name.
func isPlainID(id string) bool {
	const maxID = 200
	return len(id) <= maxID && !strings.HasPrefix(strings.ToLower(id), reserved) && plainID.MatchString(id)
}

// endRaw writes the end of an element that is open in this block, with those
// in it. Another end is left out.
func (w *writer) endRaw(tag string) {
	if isVoid(tag) {
		return
	}
	w.closeThrough(tag)
}

// closeThrough ends the innermost element of that name that is open in this
// block, and what is in it.
func (w *writer) closeThrough(tag string) {
	for i := len(w.raw.open) - 1; i >= w.raw.floor; i-- {
		if w.raw.open[i] == tag {
			w.closeRaw(i)
			return
		}
	}
}

// closeParagraph ends an author's paragraph, as a browser does where a block
// starts.
func (w *writer) closeParagraph() {
	if len(w.raw.open) > w.raw.floor {
		w.closeThrough("p")
	}
}

// closeRaw ends the elements above a mark.
func (w *writer) closeRaw(mark int) {
	for len(w.raw.open) > mark {
		last := len(w.raw.open) - 1
		w.write("</", w.raw.open[last], ">")
		w.raw.open = w.raw.open[:last]
	}
}
