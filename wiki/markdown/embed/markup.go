package embed

import (
	"html"
	"net/url"
	"strings"
)

// markup builds HTML. Everything but the result of Markdown is escaped on its
// way in; names of elements and attributes are always constants of this
// package.
type markup struct{ b strings.Builder }

// attr is one attribute of an element. Its value is escaped when written.
type attr struct{ name, value string }

func class(names ...string) attr {
	return attr{"class", strings.Join(strings.Fields(strings.Join(names, " ")), " ")}
}

func (m *markup) open(tag string, attrs ...attr) {
	m.b.WriteByte('<')
	m.b.WriteString(tag)
	for _, a := range attrs {
		m.b.WriteByte(' ')
		m.b.WriteString(a.name)
		m.b.WriteString(`="`)
		m.b.WriteString(html.EscapeString(a.value))
		m.b.WriteByte('"')
	}
	m.b.WriteByte('>')
}

func (m *markup) close(tags ...string) {
	for _, tag := range tags {
		m.b.WriteString("</" + tag + ">")
	}
}

func (m *markup) text(s string) { m.b.WriteString(html.EscapeString(s)) }

// element writes an element that holds nothing but text.
func (m *markup) element(tag, text string, attrs ...attr) {
	m.open(tag, attrs...)
	m.text(text)
	m.close(tag)
}

// rendered writes what Markdown has returned.
func (m *markup) rendered(html string) { m.b.WriteString(html) }

func (m *markup) String() string { return m.b.String() }

// link writes a link, or the bare text where the address is none to link to.
func (m *markup) link(text, address string, attrs ...attr) {
	address, ok := safeURL(address)
	if !ok {
		m.text(text)
		return
	}
	m.element("a", text, append([]attr{{"href", address}}, attrs...)...)
}

// safeURL accepts addresses of the web and paths from the root of this site.
func safeURL(address string) (string, bool) {
	if strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	switch u.Scheme {
	case "http", "https":
		return u.String(), u.Host != "" && u.User == nil
	case "":
		return address, u.Host == "" && strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
	}
	return "", false
}
