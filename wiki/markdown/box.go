package markdown

import (
	"html"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/holtdb/holt/wiki/source"
)

// alertTitle returns the title of an alert of a type, "" when there is none.
func alertTitle(kind string) string {
	switch kind {
	case "note":
		return "Note"
	case "tip":
		return "Tip"
	case "important":
		return "Important"
	case "warning":
		return "Warning"
	case "caution":
		return "Caution"
	}
	return ""
}

// fancyClass returns the classes of a fancy block of a family. One of the
// author's own becomes a class when it is a simple word.
func fancyClass(family string) string {
	switch family {
	case "info", "blue":
		return "alert alert-info"
	case "success", "green":
		return "alert alert-success"
	case "warning", "yellow":
		return "alert alert-warning"
	case "danger", "red":
		return "alert alert-danger"
	case "", "none", "empty":
		return "alert"
	}
	const maxFamily = 40
	for _, r := range family {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' || len(family) > maxFamily {
			return "alert"
		}
	}
	return "alert alert-" + family
}

// box writes a box.
func (w *writer) box(n *box) {
	title, titled := n.FirstChild().(*boxTitle)
	switch n.look {
	case alertBox:
		w.write(`<div class="quote-alert quote-alert-`, n.name, `"><div class="quote-alert-header">`, alertTitle(n.name), "</div>\n")
		w.children(n)
		w.write("</div>\n")
	case fancyBox:
		w.write(`<div class="`, fancyClass(n.name), `" role="note">`, "\n")
		if titled {
			w.write(`<p class="alert-heading">`)
			w.children(title)
			w.write("</p>\n")
		}
		w.children(n)
		w.write("</div>\n")
	case spoilerBox:
		w.write(`<details class="spoiler"><summary>Spoiler</summary>`, "\n")
		w.children(n)
		w.write("</details>\n")
	case foldBox:
		w.write(`<details class="fold"><summary>`)
		if titled && title.HasChildren() {
			w.children(title)
		} else {
			w.write("…")
		}
		w.write("</summary>\n")
		w.children(n)
		w.write("</details>\n")
	}
}

// properties writes the frontmatter, folded, and the title it gives to a page
// that has no heading of level 1.
func (w *writer) properties(front []byte, tree ast.Node) source.Meta {
	if front == nil {
		return source.Meta{}
	}
	meta, err := source.ParseMeta(front)
	w.write(`<details class="properties"><summary>Properties</summary>`)
	if err != nil || len(meta.Fields) == 0 {
		w.write(`<pre class="plain">`)
		w.escape(strings.TrimSpace(string(front)))
		w.write("</pre>")
	} else {
		w.write("<dl>\n")
		for _, f := range meta.Fields {
			w.write("<dt>", html.EscapeString(f.Name), "</dt><dd>")
			w.escape(strings.Join(f.Values, ", "))
			w.write("</dd>\n")
		}
		w.write("</dl>")
	}
	w.write("</details>\n")
	if meta.Title != "" {
		w.page.Title = meta.Title
		if !hasTitle(tree) {
			id := w.uniqueID(Slug(meta.Title))
			w.page.Contents = append(w.page.Contents, Heading{Level: 1, ID: id, Text: meta.Title})
			w.write(`<h1 id="`, html.EscapeString(id), `">`, html.EscapeString(meta.Title), "</h1>\n")
		}
	}
	return meta
}

// hasTitle reports whether a page has a heading of level 1 at its top level.
func hasTitle(tree ast.Node) bool {
	for n := tree.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 1 {
			return true
		}
	}
	return false
}

// noteRef writes a reference to a footnote.
func (w *writer) noteRef(n *noteRef) {
	number, ref := strconv.Itoa(n.number), strconv.Itoa(n.ref)
	w.write(`<sup class="footnote-ref" id="fnref-`, w.prefix, ref, `"><a href="#fn-`, w.prefix, number, `">`, number, `</a></sup>`)
}

// footnotes writes the footnotes of a text that refers to any, each with links
// back to where it is referred to.
func (w *writer) footnotes() {
	all := w.state.notes
	if all.refs == 0 || w.err != nil {
		return
	}
	w.write("<section class=\"footnotes\">\n<ol>\n")
	for _, n := range all.defined {
		w.write(`<li id="fn-`, w.prefix, strconv.Itoa(n.number), `">`)
		w.children(n)
		if len(n.refs) > 0 {
			w.write(`<p class="footnote-back">`)
		}
		for i, ref := range n.refs {
			label := "↩"
			if len(n.refs) > 1 {
				label = letters(i)
			}
			w.write(`<a class="footnote" href="#fnref-`, w.prefix, strconv.Itoa(ref), `" aria-label="Back to the text">`, label, "</a> ")
		}
		if len(n.refs) > 0 {
			w.write("</p>")
		}
		w.write("</li>\n")
	}
	w.write("</ol>\n</section>\n")
}

// letters counts a, b, … z, aa, ab, from 0.
func letters(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('a'+(i-1)%26)) + s
	}
	return s
}
