package markdown

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// maxAddress is the most bytes of an address.
const maxAddress = 2000

// target is where a link leads.
type target struct {
	href     string
	missing  bool // a page of the wiki that does not exist
	external bool // on another site
}

// schemeOf returns the scheme of an address in lower case, "" when it has none.
// What a browser takes for a scheme is one here.
func schemeOf(address string) string {
	for i := range len(address) {
		switch c := address[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(address[:i])
		default:
			return ""
		}
	}
	return ""
}

// linkSchemes returns the schemes that a link may have.
func linkSchemes() []string {
	return []string{"http", "https", "ftp", "mailto", "tel", "xmpp", "irc", "ircs", "matrix", "geo"}
}

func isLinkScheme(scheme string) bool {
	for _, s := range linkSchemes() {
		if s == scheme {
			return true
		}
	}
	return false
}

// cleanAddress returns an address as a browser would read it, false for one
// with characters that no address has.
func cleanAddress(address string) (string, bool) {
	address = strings.TrimSpace(strings.ReplaceAll(address, string(rune(bar)), "|"))
	if len(address) > maxAddress || !utf8.ValidString(address) || strings.IndexFunc(address, notPrinted) >= 0 {
		return "", false
	}
	return strings.ReplaceAll(address, `\`, "%5C"), true
}

// notPrinted reports whether a character has no place in an address: controls
// and those that hide or turn the text around them.
func notPrinted(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }

// resolve returns where an address in the page leads, false for one that is
// not allowed. It notes the pages that are linked.
func (w *writer) resolve(address string) (target, bool) {
	address, ok := cleanAddress(address)
	if !ok || address == "" {
		return target{}, false
	}
	if scheme := schemeOf(address); scheme != "" {
		return external(address, scheme)
	}
	if strings.HasPrefix(address, "//") {
		return external("https:"+address, "https")
	}
	rest, fragment, _ := strings.Cut(address, "#")
	rest, query, _ := strings.Cut(rest, "?")
	if decoded, err := url.PathUnescape(fragment); err == nil {
		fragment = decoded
	}
	if rest == "" && query == "" {
		return target{href: "#" + escapeFragment(fragment)}, true
	}
	to, file, ok := w.locate(rest)
	if !ok {
		return target{}, false
	}
	t := target{}
	if file {
		dir, name := split(to)
		t.href = w.env.AttachmentURL(w.owner(dir), name)
	} else {
		t.missing = to != "" && !strings.HasPrefix(to, "-/") && !w.exists(to)
		if query == "" {
			t.href = w.env.PageURL(to, fragment)
		} else {
			t.href = w.env.PageURL(to, "") + "?" + string(util.URLEscape([]byte(query), false))
			if fragment != "" {
				t.href += "#" + escapeFragment(fragment)
			}
		}
	}
	return t, isSiteURL(t.href)
}

// external returns a link with a scheme of its own: to another site, or to mail
// and the like.
func external(address, scheme string) (target, bool) {
	if !isLinkScheme(scheme) {
		return target{}, false
	}
	href := string(util.URLEscape([]byte(address), false))
	u, err := url.Parse(href)
	if err != nil || (scheme == "http" || scheme == "https") && u.Host == "" {
		return target{}, false
	}
	return target{href: href, external: u.Host != ""}, true
}

// isSiteURL reports whether an address that the environment gave is one of a
// site: it may be absolute or relative, but is no script.
func isSiteURL(href string) bool {
	switch schemeOf(href) {
	case "", "http", "https":
		return href != "" && strings.IndexFunc(href, notPrinted) < 0
	}
	return false
}

func escapeFragment(fragment string) string {
	return (&url.URL{Fragment: fragment}).EscapedFragment()
}

// locate returns the path that a relative address means, and whether it is an
// attachment's.
func (w *writer) locate(rest string) (to string, file, ok bool) {
	decoded, err := url.PathUnescape(rest)
	if err != nil {
		decoded = rest
	}
	if decoded == "" {
		return w.path, false, true
	}
	if !utf8.ValidString(decoded) || strings.IndexFunc(decoded, notPrinted) >= 0 {
		return "", false, false
	}
	base := path.Dir("/" + w.path)
	switch {
	case strings.HasPrefix(decoded, "/"):
		base = "/"
	case strings.HasPrefix(decoded, "./"):
		base = "/" + w.path
	}
	to = strings.TrimPrefix(path.Join(base, decoded), "/")
	if to == "" || strings.HasPrefix(to, "-/") {
		return to, false, true
	}
	if page, ok := strings.CutSuffix(to, ".md"); ok {
		return page, false, true
	}
	return to, looksLikeFile(to) && !w.env.Exists(to), true
}

// looksLikeFile reports whether a path ends like a file's: with a dot and up to
// ten letters and digits, not only digits as in "Version 1.2".
func looksLikeFile(name string) bool {
	ext := strings.TrimPrefix(path.Ext(name), ".")
	if ext == "" || len(ext) > 10 || strings.Trim(ext, "0123456789") == "" {
		return false
	}
	return strings.IndexFunc(ext, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}) < 0
}

// split divides a path into a folder, without its slash, and a name.
func split(to string) (dir, name string) {
	dir, name = path.Split(to)
	return strings.TrimSuffix(dir, "/"), name
}

// owner returns the page that an attachment's folder belongs to. Otter writes
// attachments as /Page/a/name.
func (w *writer) owner(dir string) string {
	if page, ok := strings.CutSuffix(dir, "/a"); ok && !w.env.Exists(dir) {
		return page
	}
	return dir
}

// exists reports whether a page exists, and notes that it is linked.
func (w *writer) exists(page string) bool {
	found, known := w.linked[page]
	if !known {
		found = w.env.Exists(page)
		w.linked[page] = found
		w.page.Links = append(w.page.Links, page)
	}
	return found
}

// resolveMedia returns the address of an image, a sound or a film, which is an
// attachment unless it lies elsewhere.
func (w *writer) resolveMedia(address string) (string, bool) {
	address, ok := cleanAddress(address)
	if !ok || address == "" {
		return "", false
	}
	if strings.HasPrefix(address, "//") {
		address = "https:" + address
	}
	if scheme := schemeOf(address); scheme != "" {
		if scheme != "http" && scheme != "https" {
			return "", false
		}
		t, ok := external(address, scheme)
		return t.href, ok
	}
	rest, _, _ := strings.Cut(address, "#")
	rest, _, _ = strings.Cut(rest, "?")
	to, _, ok := w.locate(rest)
	if !ok || to == "" || rest == "" {
		return "", false
	}
	dir, name := split(to)
	href := w.env.AttachmentURL(w.owner(dir), name)
	return href, isSiteURL(href)
}
