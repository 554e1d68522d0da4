package corpus

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// border stands in the markup where a section begins. No document has it.
const border = "holt-section"

// navigation are classes of what leads to other pages and sections.
var navigation = regexp.MustCompile(`\b(sphinxsidebar|related|navheader|navfooter|toc|contents|section-toc|header|menu|footer)\b`)

// htmlFAQ makes of an HTML file whose headings are questions one that has a
// number in the place of each. What stands before the first section is left
// out, as are lists of the questions.
func htmlFAQ(data []byte) (Document, error) {
	root, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		return Document{}, err
	}
	f := faqPage{}
	f.collect(root)
	body := find(root, atom.Body)
	if len(f.questions) == 0 || body == nil {
		return Document{}, nil
	}
	f.rewrite(body)
	var rendered bytes.Buffer
	if err := html.Render(&rendered, body); err != nil {
		return Document{}, err
	}
	return f.document(rendered.String()), nil
}

// faqPage is a page of questions.
type faqPage struct {
	title     string
	questions []Question
	level     int             // the deepest of a question's heading
	listed    map[string]bool // bare
	sections  []string        // headings, "" for a question
}

// collect finds the questions and the title.
func (f *faqPage) collect(n *html.Node) {
	if n.DataAtom == atom.Title && f.title == "" {
		f.title = strings.TrimSpace(textOf(n))
		f.title, _, _ = strings.Cut(f.title, " — ")
	}
	if skipped(n) {
		return
	}
	if q := questionOf(n); q != "" {
		if f.listed == nil {
			f.listed = make(map[string]bool)
		}
		f.listed[bare(q)] = true
		f.level = max(f.level, headingLevel(n))
		f.questions = append(f.questions, Question{Text: q})
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		f.collect(c)
	}
}

// rewrite puts borders in the place of headings and removes lists of questions.
func (f *faqPage) rewrite(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		level := headingLevel(c)
		switch {
		case skipped(c):
			n.RemoveChild(c)
		case questionOf(c) != "":
			f.sections = append(f.sections, "")
			replace(n, c)
		case level > 0 && level <= f.level:
			f.sections = append(f.sections, strings.TrimRight(strings.TrimSpace(textOf(c)), "¶"))
			replace(n, c)
		case f.lists(c):
			n.RemoveChild(c)
		default:
			f.rewrite(c)
		}
		c = next
	}
}

// lists reports whether an element is nothing but one of the questions.
func (f *faqPage) lists(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.Li, atom.Td, atom.Dt, atom.P:
		return f.listed[bare(question(textOf(n)))]
	}
	return false
}

// document puts the sections together.
func (f *faqPage) document(rendered string) Document {
	parts := strings.Split(rendered, "<"+border+"></"+border+">")
	var b strings.Builder
	title := html.EscapeString(f.title)
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title></head><body><h1>%s</h1>\n<p>%s</p>\n", title, title, preface)
	n := 0
	for i, part := range parts[1:] {
		heading := f.sections[i]
		if heading == "" {
			q := &f.questions[n]
			n++
			q.Label, q.Answer = strconv.Itoa(n), part
			heading = q.Label
		}
		if bareText([]byte(part)) != "" { // else it would be on the page of the section after it
			fmt.Fprintf(&b, "<h2>%s</h2>\n", html.EscapeString(heading))
		}
		b.WriteString(part + "\n")
	}
	return Document{Ext: ".html", Data: []byte(b.String()), Questions: f.questions}
}

// questionOf returns the question that an element is the heading of.
func questionOf(n *html.Node) string {
	switch {
	case headingLevel(n) > 0, n.DataAtom == atom.Dt && attribute(n, "class") == "hdlist1":
		return question(textOf(n))
	case n.DataAtom == atom.P && n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.DataAtom == atom.B:
		return question(textOf(n)) // a paragraph in bold letters
	}
	return ""
}

// headingLevel returns the level of a heading, 0 for anything else.
func headingLevel(n *html.Node) int {
	if n.Type == html.ElementNode && len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
		return int(n.Data[1] - '0')
	}
	return 0
}

func skipped(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Nav:
		return true
	}
	return n.Type == html.ElementNode && n.DataAtom != atom.Body && navigation.MatchString(attribute(n, "class"))
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// replace puts a border in the place of a node.
func replace(parent, n *html.Node) {
	parent.InsertBefore(&html.Node{Type: html.ElementNode, Data: border}, n)
	parent.RemoveChild(n)
}

// textOf returns the text of a node.
func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(textOf(c))
	}
	return b.String()
}

// find returns the first element of a kind.
func find(n *html.Node, kind atom.Atom) *html.Node {
	if n.DataAtom == kind {
		return n
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if found := find(c, kind); found != nil {
			return found
		}
	}
	return nil
}
