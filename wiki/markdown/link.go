package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// anchor writes a link around what inside writes. Where links are not allowed,
// or the address is not, only the inside is written.
func (w *writer) anchor(to, title string, inside func()) {
	t, ok := target{}, false
	if !w.inLink && !w.raw.has("a") {
		t, ok = w.resolve(to)
	}
	if !ok {
		inside()
		return
	}
	w.write("<a")
	w.targetAttributes(t)
	if title != "" {
		w.attribute("title", title)
	}
	w.write(">")
	w.inLink = true
	inside()
	w.inLink = false
	w.write("</a>")
}

// targetAttributes writes the attributes that follow from where a link leads.
func (w *writer) targetAttributes(t target) {
	w.attribute("href", t.href)
	switch {
	case t.missing:
		w.write(` class="missing"`)
	case t.external:
		w.write(` class="external" rel="nofollow noopener"`)
		if w.options.NewTab {
			w.write(` target="_blank"`)
		}
	}
}

// attribute writes an attribute.
func (w *writer) attribute(name, value string) {
	w.write(" ", name, `="`)
	w.escape(strings.ToValidUTF8(value, "\uFFFD"))
	w.write(`"`)
}

func (w *writer) link(n *ast.Link) {
	w.anchor(address(n.Destination), title(n.Title), func() {
		if n.HasChildren() {
			w.children(n)
		} else {
			w.escape(address(n.Destination))
		}
	})
}

func (w *writer) autoLink(n *ast.AutoLink) {
	label := showBars(n.Label(w.source))
	address := showBars(n.URL(w.source))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(address), "mailto:") {
		address = "mailto:" + address
	}
	w.anchor(address, "", func() { w.escape(label) })
}

// wikilink writes a wiki link: its page is named from the wiki's root, its
// fragment is the text of a heading.
func (w *writer) wikilink(n *wikilink) {
	page, fragment, ok := strings.Cut(n.target, "#")
	address := strings.TrimPrefix(strings.TrimSpace(page), "/")
	if address != "" {
		address = "/" + strings.NewReplacer("?", "%3F").Replace(address)
	}
	if ok && strings.TrimSpace(fragment) != "" {
		address += "#" + Slug(fragment)
	}
	w.anchor(address, "", func() { w.escape(n.label) })
}

// image writes an image, which is loaded when it is scrolled to and never wider
// than the text.
func (w *writer) image(n *ast.Image) {
	alt := w.plain(n)
	src, ok := w.resolveMedia(address(n.Destination))
	if !ok {
		w.escape(alt)
		return
	}
	w.write(`<img class="img-fluid" loading="lazy"`)
	w.attribute("src", src)
	w.attribute("alt", alt)
	if len(n.Title) > 0 {
		w.attribute("title", title(n.Title))
	}
	w.write(">")
}
