package chat

import (
	"html"
	"regexp"
	"slices"
	"strconv"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
)

// Unverified is the title of quotations whose words are in no passage.
const Unverified = "These words are not in the passage"

// fragment is a link within the page.
var fragment = regexp.MustCompile(`^#[A-Za-z][A-Za-z0-9_-]{0,99}$`)

// HTML returns an answer as safe HTML: paragraphs, lists, emphasis, code,
// headings from h3 down, quoted blocks and tables. Citations of p become
// <a class="cite" href="…" title="…"><span>n</span></a> with what chip gives for
// them; an address that is not a fragment of the page is left out. Quotations of
// p stand in <q class="quote verified"> or <q class="quote unverified">, their
// quotation marks within. Everything else in the answer is text, whatever it
// looks like: nothing in the HTML loads or links anything outside.
//
// The answer is p.Answer; any other text gives safe HTML too.
func HTML(answer string, p Parsed, chip func(n int) (href, title string)) string {
	answer = visible(bounded(answer))
	tree := parseMarkdown(answer)
	w := &writer{source: answer, chips: chips(answer, tree, p, chip), quotes: quoteMarks(answer, tree, p)}
	if tree == nil {
		w.plain()
	} else {
		w.children(tree)
	}
	return newPolicy().Sanitize(w.b.String())
}

// Attributes of the HTML of an answer.
var (
	listStart  = regexp.MustCompile(`^[0-9]{1,9}$`)
	quoteClass = regexp.MustCompile(`^quote (?:un)?verified$`)
	citeClass  = regexp.MustCompile(`^cite$`)
)

// newPolicy returns what the HTML of an answer may have. It is the second line:
// the writer writes nothing else.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "ul", "ol", "li", "em", "strong", "code", "pre", "blockquote",
		"h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(listStart).OnElements("ol")
	p.AllowAttrs("class").Matching(quoteClass).OnElements("q")
	p.AllowAttrs("class").Matching(citeClass).OnElements("a", "span")
	p.AllowAttrs("title").OnElements("a", "q")
	p.AllowAttrs("href").Matching(fragment).OnElements("a")
	p.AllowNoAttrs().OnElements("span")
	p.AllowRelativeURLs(true) // fragments; the pattern refuses the rest
	p.RequireParseableURLs(true)
	return p
}

// chip is a citation in the source of an answer, and what is written for it.
type chip struct {
	start, end int
	html       string
}

// chips returns the citations of p in an answer.
func chips(answer string, tree ast.Node, p Parsed, address func(int) (string, string)) []chip {
	var all []chip
	for _, c := range citationsIn(tree, answer) {
		if slices.ContainsFunc(p.Citations, func(known Citation) bool { return known.Number == c.number }) {
			all = append(all, chip{start: c.start, end: c.end, html: chipHTML(c.number, address)})
		}
	}
	return all
}

// chipHTML returns the link of a citation, or its number alone if it has no
// address within the page.
func chipHTML(number int, address func(int) (href, title string)) string {
	inner := "<span>" + strconv.Itoa(number) + "</span>"
	if address != nil {
		if href, title := address(number); fragment.MatchString(href) {
			return `<a class="cite" href="` + href + `" title="` + html.EscapeString(oneLine(title, 300)) + `">` + inner + `</a>`
		}
	}
	return `<span class="cite">` + inner + `</span>`
}

// quoteMark is a quotation in the source of an answer, and how it is shown.
type quoteMark struct {
	start, end  int
	tag         string
	block       ast.Node // all of whose text it is, or nil
	first, last *ast.Text
	open        bool
}

// quoteMarks returns the quotations of p in an answer.
func quoteMarks(answer string, tree ast.Node, p Parsed) []*quoteMark {
	verified := map[string]bool{}
	for _, q := range p.Quotes {
		verified[q.Text] = q.Verified
	}
	var all []*quoteMark
	for _, q := range quotations(tree, answer) {
		ok, known := verified[q.text]
		if !known || len(all) > 0 && all[len(all)-1].end > q.start {
			continue
		}
		m := &quoteMark{start: q.start, end: q.end, block: q.whole, tag: `<q class="quote verified">`}
		if !ok {
			m.tag = `<q class="quote unverified" title="` + Unverified + `">`
		}
		all = append(all, m)
	}
	bindLeaves(tree, all)
	return all
}

// bindLeaves notes the first and the last text that each quotation covers.
func bindLeaves(tree ast.Node, marks []*quoteMark) {
	if len(marks) == 0 {
		return
	}
	next := 0
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		t, ok := n.(*ast.Text)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		for next < len(marks) && marks[next].end <= t.Segment.Start {
			next++
		}
		for _, m := range marks[next:] {
			if m.start >= t.Segment.Stop {
				break
			}
			if m.first == nil {
				m.first = t
			}
			m.last = t
		}
		return ast.WalkContinue, nil
	})
}
