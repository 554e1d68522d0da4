package markup

// role is what an element means to a Builder.
type role int

const (
	unknown   role = iota // the tag is left out, its text is kept
	inline                // within a block
	leaf                  // holds text and nothing but inline elements
	boxed                 // holds blocks and is written
	invisible             // divides blocks and is not written
	dropped               // left out with all that is in it
)

// roleOf tells the role of an element by its name in lower case.
func roleOf(tag string) role {
	switch tag {
	case "a", "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup",
		"code", "kbd", "samp", "var", "cite", "small", "abbr", "dfn":
		return inline
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "pre":
		return leaf
	case "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "figure", "figcaption",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th":
		return boxed
	case "html", "body", "div", "section", "article", "main", "header", "footer", "nav",
		"aside", "address", "form", "fieldset", "legend", "details", "summary", "center",
		"hgroup", "option", "optgroup", "menu", "dir", "hr", "search", "dialog", "title":
		return invisible
	case "script", "style", "template", "noscript", "iframe", "object", "svg", "audio",
		"video", "canvas", "annotation", "annotation-xml", "rp", "rt", "textarea",
		"noembed", "noframes", "select", "applet", "map":
		return dropped
	}
	return unknown
}

// Rules that HTML leaves to the reader: which open element a new one ends, how
// far up that element may stand, and where a new one must stand to be kept.
var (
	ends = map[string][]string{
		"li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"},
		"td": {"td", "th"}, "th": {"td", "th"}, "tr": {"tr"},
		"thead": {"thead", "tbody", "tfoot", "caption"},
		"tbody": {"thead", "tbody", "tfoot", "caption"},
		"tfoot": {"thead", "tbody", "tfoot", "caption"},
	}
	scopes = map[string][]string{
		"li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"},
		"td": {"tr"}, "th": {"tr"}, "tr": {"table"},
		"thead": {"table"}, "tbody": {"table"}, "tfoot": {"table"}, "caption": {"table"},
		"figcaption": {"figure"},
	}
)

// heading returns the level of h1 to h6, else 0.
func heading(tag string) int {
	if len(tag) == 2 && tag[0] == 'h' && tag[1] >= '1' && tag[1] <= '6' {
		return int(tag[1] - '0')
	}
	return 0
}

// bare reports whether text directly in the element needs no paragraph.
func bare(tag string) bool {
	switch tag {
	case "li", "dt", "dd", "td", "th", "caption", "figcaption":
		return true
	}
	return false
}
