package markup

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

// ResourceScheme begins the address of an image that lies inside the document,
// followed by its path, escaped as in a URL.
const ResourceScheme = "holt-resource:"

var (
	policyLink     = regexp.MustCompile(`^(?i:https?://)[^\s]+$|^#doc-[^\s]+$`)
	policyResource = regexp.MustCompile(`^` + ResourceScheme + `[^\s?#\\]+$`)
	policyID       = regexp.MustCompile(`^doc-[^\s]+$`)
	policyRel      = regexp.MustCompile(`^noopener noreferrer nofollow$`)
)

// Policy returns the rules for HTML that comes from a document: text, lists,
// tables, images that lie inside the document, links to the web and to anchors
// of the same section. Nothing else: no styles, scripts or forms, nothing that
// loads from elsewhere. A policy may be used by several goroutines.
func Policy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "br",
		"ul", "ol", "li", "dl", "dt", "dd", "blockquote", "figure", "figcaption",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th",
		"b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup",
		"code", "kbd", "samp", "var", "cite", "small", "abbr", "dfn")
	p.AllowAttrs("id").Matching(policyID).OnElements("h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("href").Matching(policyLink).OnElements("a")
	p.AllowAttrs("rel").Matching(policyRel).OnElements("a")
	p.AllowAttrs("src").Matching(policyResource).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowURLSchemes("http", "https", "holt-resource")
	p.AllowRelativeURLs(true) // anchors; policyLink refuses the rest
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnFullyQualifiedLinks(true)
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	return p
}
