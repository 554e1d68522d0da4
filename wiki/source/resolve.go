package source

import (
	"net/url"
	"path"
	"strings"
	"unicode/utf8"
)

// maxPath is the most bytes that a path may have.
const maxPath = 1024

// Resolve returns where the target of a Markdown link on a page leads within the
// wiki, as a browser at the page's address would: relative to the page's
// directory, or from the wiki's root with a leading slash; but "./name" means the
// page's own attachments. Percent-encoding is decoded, "." and ".." are applied
// (none leads above the root), a query is dropped, and so is ".md" at the end.
//
// It answers the path of the page ("" is the root), or of the file if attachment
// is set: it is for "./…", and for a last segment with a file's extension, where
// only the repository knows whether a page has such a name. ok is false for what
// leads out of the wiki, to the application's own addresses (/-/…), or is no path
// at all. A target of nothing but a fragment is the page itself.
func Resolve(pagePath, target string) (page string, attachment bool, fragment string, ok bool) {
	target, fragment, _ = strings.Cut(target, "#")
	target, _, _ = strings.Cut(target, "?")
	if decoded, err := url.PathUnescape(fragment); err == nil {
		fragment = decoded
	}
	if target == "" {
		return pagePath, false, fragment, true
	}
	if leadsOut(target) {
		return "", false, "", false
	}
	base := path.Dir("/" + pagePath)
	own := strings.HasPrefix(target, "./") && !strings.HasPrefix(target, "./../") && target != "./.."
	switch {
	case own:
		base = "/" + pagePath
	case target[0] == '/':
		base = "/"
	}
	page, ok = clean(base, strings.Split(target, "/"), true)
	if !ok {
		return "", false, "", false
	}
	if trimmed, isPage := strings.CutSuffix(page, ".md"); isPage && trimmed != "" && !strings.HasSuffix(trimmed, "/") {
		return trimmed, false, fragment, true
	}
	attachment = own && page != pagePath || hasExtension(page)
	return page, attachment, fragment, true
}

// Resolve returns where the link leads when it stands on the page at pagePath:
// as the function Resolve, and for a wikilink the page from the wiki's root.
func (l Link) Resolve(pagePath string) (page string, attachment, ok bool) {
	if l.Kind != Wiki {
		page, attachment, _, ok = Resolve(pagePath, l.Target)
		return page, attachment, ok
	}
	if l.Target == "" {
		return pagePath, false, true
	}
	if strings.Contains(l.Target, "://") {
		return "", false, false
	}
	page, ok = clean("/", strings.Split(l.Target, "/"), false)
	return page, false, ok
}

// leadsOut reports whether a target is an address elsewhere.
func leadsOut(target string) bool {
	if strings.HasPrefix(target, "//") || strings.HasPrefix(target, "/-/") || strings.Contains(target, `\`) {
		return true
	}
	scheme, _, found := strings.Cut(target, ":")
	return found && (isScheme([]byte(scheme)) || len(scheme) == 1 && isAlnum(scheme[0]))
}

// clean applies segments to a base path and returns the path without a leading
// slash. It refuses segments that hide a slash, a backslash or a control
// character, and what is no valid UTF-8.
func clean(base string, segments []string, encoded bool) (string, bool) {
	for _, segment := range segments {
		if encoded {
			if decoded, err := url.PathUnescape(segment); err == nil {
				segment = decoded
			}
		}
		if strings.ContainsAny(segment, "/\\") || hasControl(segment) || !utf8.ValidString(segment) {
			return "", false
		}
		base = path.Join(base, segment)
	}
	base = strings.TrimPrefix(path.Clean(base), "/")
	if len(base) > maxPath || base == "-" || strings.HasPrefix(base, "-/") {
		return "", false
	}
	return base, true
}

// hasExtension reports whether a path's last segment ends like a file's name: a
// dot and one to five letters and digits, of which one is a letter.
func hasExtension(p string) bool {
	ext := path.Ext(p)
	if len(ext) < 2 || len(ext) > 6 || path.Base(p) == ext {
		return false
	}
	letter := false
	for i := range len(ext) - 1 {
		c := ext[i+1]
		if !isAlnum(c) {
			return false
		}
		letter = letter || c > '9'
	}
	return letter
}
