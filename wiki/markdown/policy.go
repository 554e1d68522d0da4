package markdown

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/chroma/v2"
	"github.com/microcosm-cc/bluemonday"
	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/holtdb/holt/wiki/markdown/embed"
)

// Patterns of attributes.
var (
	plainID     = regexp.MustCompile(`^[\pL\pN_][\pL\pN\pM_.:-]*$`)
	anyID       = regexp.MustCompile(`^[\pL\pN\pM_.:-]+$`)
	digits      = regexp.MustCompile(`^[0-9]{1,6}$`)
	measure     = regexp.MustCompile(`^[0-9]{1,5}(?:px|%)?$`)
	truth       = regexp.MustCompile(`^(?:true|false)$`)
	nothing     = regexp.MustCompile(`^$`)
	alignment   = regexp.MustCompile(`^(?i:left|center|right)$`)
	languageID  = regexp.MustCompile(`^[a-z0-9+#._-]{1,30}$`)
	langTag     = regexp.MustCompile(`^[A-Za-z0-9-]{1,35}$`)
	datePattern = regexp.MustCompile(`^[0-9A-Za-z:+. -]{1,40}$`)
	mediaType   = regexp.MustCompile(`^(?i:video|audio|image)/[A-Za-z0-9.+-]+(?:; *codecs=[A-Za-z0-9., "-]+)?$`)
)

// contentClasses returns the classes that the writer uses and an author may use
// in HTML.
func contentClasses() []string {
	return []string{
		"alert", "alert-heading", "anchor", "chroma", "code", "display", "external", "fold", "footnote",
		"footnote-back", "footnote-ref", "footnotes", "img-fluid", "inline", "line", "math", "mermaid", "missing",
		"numbered", "plain", "properties", "quote-alert", "quote-alert-header", "spoiler", "table-scroll",
		"task-list-item", "task-list-item-checkbox",
	}
}

// classPattern returns the pattern of a class attribute: known names, and those
// of alerts.
func classPattern() (*regexp.Regexp, error) {
	names := slices.Concat(contentClasses(), embed.Classes())
	for _, class := range chroma.StandardTypes {
		if class != "" {
			names = append(names, class)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for i := range names {
		names[i] = regexp.QuoteMeta(names[i])
	}
	one := `(?:(?:quote-)?alert-[a-z0-9-]{1,40}|` + strings.Join(names, "|") + `)`
	re, err := regexp.Compile(`^` + one + `(?: ` + one + `){0,9}$`)
	if err != nil {
		return nil, fmt.Errorf("compile the pattern of classes: %w", err)
	}
	return re, nil
}

// newPolicy returns the rules for a page's HTML, whoever wrote it.
func newPolicy() (*bluemonday.Policy, error) {
	classes, err := classPattern()
	if err != nil {
		return nil, err
	}
	p := bluemonday.NewPolicy()
	tags := []string{"section", "aside"}
	for tag := range rawTags {
		tags = append(tags, tag)
	}
	p.AllowElements(tags...)
	p.AllowNoAttrs().OnElements(tags...)
	p.AllowAttrs("class").Matching(classes).Globally()
	p.AllowAttrs("id").Matching(anyID).Globally()
	p.AllowAttrs("title").Globally()
	p.AllowAttrs("lang").Matching(langTag).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?i:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^note$`)).OnElements("div", "span")
	p.AllowAttrs("aria-label").OnElements("a")
	p.AllowAttrs("aria-hidden").Matching(truth).OnElements("span")
	p.AllowAttrs("data-section").Matching(digits).OnElements("h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("data-copy").Matching(truth).OnElements("div")
	p.AllowAttrs("data-language").Matching(languageID).OnElements("div")
	p.AllowAttrs("data-sortable", "data-searchable", "data-paging", "data-fixed-height").Matching(truth).OnElements("figure", "div")
	p.AllowAttrs("data-per-page").Matching(digits).OnElements("figure", "div")
	allowText(p)
	allowMedia(p)
	return p, nil
}

// allowText allows what text, tables and links are made of.
func allowText(p *bluemonday.Policy) {
	p.AllowAttrs("align").Matching(alignment).OnElements("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "td", "th", "img")
	p.AllowAttrs("start").Matching(digits).OnElements("ol")
	p.AllowAttrs("colspan", "rowspan").Matching(digits).OnElements("td", "th")
	p.AllowAttrs("span").Matching(digits).OnElements("col", "colgroup")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(?i:row|col|rowgroup|colgroup)$`)).OnElements("th")
	p.AllowAttrs("width").Matching(measure).OnElements("table", "td", "th", "col", "colgroup", "img", "video")
	p.AllowAttrs("height").Matching(measure).OnElements("img", "video")
	p.AllowAttrs("datetime").Matching(datePattern).OnElements("time")
	p.AllowAttrs("open").Matching(nothing).OnElements("details")
	p.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").Matching(nothing).OnElements("input")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^(?:(?:nofollow|noopener|noreferrer|ugc)(?: |$))+$`)).OnElements("a")
	p.AllowAttrs("target").Matching(regexp.MustCompile(`^_blank$`)).OnElements("a")
	p.AllowURLSchemes(linkSchemes()...)
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
}

// allowMedia allows images, sounds and films.
func allowMedia(p *bluemonday.Policy) {
	media := regexp.MustCompile(`^(?:(?i:https?)://|/|[^:]*$)`)
	p.AllowAttrs("src").Matching(media).OnElements("img", "video", "audio", "source")
	p.AllowAttrs("poster").Matching(media).OnElements("video")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("loading").Matching(regexp.MustCompile(`^lazy$`)).OnElements("img")
	p.AllowAttrs("controls", "loop", "muted", "autoplay", "playsinline").Matching(nothing).OnElements("video", "audio")
	p.AllowAttrs("preload").Matching(regexp.MustCompile(`^(?:none|metadata)$`)).OnElements("video", "audio")
	p.AllowAttrs("type").Matching(mediaType).OnElements("source")
}

// sanitize is the last gate. HTML in which an author had a hand is parsed and
// written anew before, so that it is balanced for every browser.
func (r *Renderer) sanitize(html []byte, authored bool) ([]byte, error) {
	if authored {
		div := &nethtml.Node{Type: nethtml.ElementNode, Data: "div", DataAtom: atom.Div}
		nodes, err := nethtml.ParseFragment(bytes.NewReader(html), div)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errBeyond, err)
		}
		var b bytes.Buffer
		for _, n := range nodes {
			if err := nethtml.Render(&b, n); err != nil {
				return nil, fmt.Errorf("%w: %w", errBeyond, err)
			}
		}
		html = b.Bytes()
	}
	return r.policy.SanitizeBytes(html), nil
}
