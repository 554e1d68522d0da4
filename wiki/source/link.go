package source

import (
	"cmp"
	"html"
	"slices"
	"strings"
)

// WikilinkStyle says which side of a wikilink's bar is the page.
type WikilinkStyle uint8

// The styles of [[…|…]].
const (
	TextFirst WikilinkStyle = iota // [[Text|Page]], the default
	PageFirst                      // [[Page|Text]], called LINKTITLE in the preferences
)

// Kind says how a link is written.
type Kind uint8

// The kinds of links.
const (
	Wiki      Kind = iota // [[Page]]
	Inline                // [text](target)
	Reference             // [label]: target, reported once where it is defined
	Image                 // ![text](target)
	Autolink              // <https://…>, <name@host> and bare https://…
	Embed                 // {{Name|src=target}}
)

// Link is one link of a page.
type Link struct {
	Kind Kind
	// Target is where it leads, without the fragment: backslashes and entities
	// resolved, percent-encoding kept.
	Target   string
	Fragment string // what stands behind "#", as it is written
	Text     string // the words shown, as they are written; a definition's label
	// Start and End are the offsets of the target in the whole text.
	Start, End int
}

// Links returns the links of a page in their order: those that are in no code,
// no HTML tag or block and no display formula.
func Links(text []byte, style WikilinkStyle) []Link {
	doc := Split(text)
	offset := len(text) - len(doc.Body)
	var links []Link
	for _, b := range blocksOf(doc.Body) {
		if b.kind != prose && b.kind != definition {
			continue
		}
		joined := join(doc.Body, b.lines)
		s := scanner{text: joined.text, style: style}
		var found []token
		if b.kind == definition {
			found = s.definition()
		} else {
			found = s.scan()
		}
		for _, t := range found {
			if t.kind != linkToken {
				continue
			}
			link := t.link
			link.Start, link.End = offset+joined.origin(t.target.start), offset+joined.originEnd(t.target)
			links = append(links, link)
		}
	}
	slices.SortStableFunc(links, func(a, b Link) int { return cmp.Compare(a.Start, b.Start) })
	return links
}

// Rewrite returns the text with other targets in its links: change is asked for
// each link in turn and says what its target becomes, without the fragment. Only
// the bytes of changed targets differ. What a target cannot hold is written
// percent-encoded; a wikilink that cannot be written at all stays as it is.
func Rewrite(text []byte, style WikilinkStyle, change func(Link) (target string, ok bool)) []byte {
	var out []byte
	done := 0
	for _, link := range Links(text, style) {
		target, ok := change(link)
		if !ok || target == link.Target || link.Start < done {
			continue
		}
		written, ok := link.encode(target, link.Start > 0 && text[link.Start-1] == '<')
		if !ok {
			continue
		}
		out = append(append(out, text[done:link.Start]...), written...)
		done = link.End
	}
	return append(out, text[done:]...)
}

// encode writes a target as the link's kind needs it.
func (l Link) encode(target string, pointed bool) (string, bool) {
	special := "\\<>\"'`*_()[]|{}&"
	switch l.Kind {
	case Wiki:
		return target, target != "" && target == strings.TrimSpace(target) && !strings.ContainsAny(target, "[]|#\\\r\n\t") && !hasControl(target)
	case Embed:
		special = "\\<>\"'|{}"
	case Autolink:
		special = "\\<>\"'`"
	}
	if target == "" {
		return "", pointed || l.Fragment != ""
	}
	keepSpace := pointed && l.Kind != Autolink || l.Kind == Embed
	var b strings.Builder
	for i := range len(target) {
		c := target[i]
		if c < ' ' || c == 0x7f || c == ' ' && !keepSpace || c == '#' || strings.IndexByte(special, c) >= 0 {
			const digits = "0123456789ABCDEF"
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// hasControl reports whether a text has control characters.
func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// unescape returns what a destination says.
func unescape(written string) string {
	if !strings.ContainsAny(written, `\&`) {
		return written
	}
	var b strings.Builder
	for i := 0; i < len(written); i++ {
		if written[i] == '\\' && i+1 < len(written) && isPunct(written[i+1]) {
			i++
		} else if written[i] == '&' {
			if end := strings.IndexByte(written[i:], ';'); end > 1 && end < 40 {
				b.WriteString(html.UnescapeString(written[i : i+end+1]))
				i += end
				continue
			}
		}
		b.WriteByte(written[i])
	}
	return b.String()
}
