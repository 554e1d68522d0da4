package source

import (
	"net/url"
	"path"
	"strings"
)

// Point returns the target with which the link, standing on the page at from,
// leads to the page or file at to. It is written in the manner of the link's own
// target: from the root or relative, with or without ".md". It is what a rename
// gives to Rewrite, and Resolve is its inverse.
func (l Link) Point(from, to string) string {
	old, query, hasQuery := strings.Cut(l.Target, "?")
	if l.Kind == Wiki {
		if strings.HasPrefix(l.Target, "/") {
			return "/" + to
		}
		return to
	}
	suffix := ""
	if strings.HasSuffix(old, ".md") && to != "" && !strings.HasSuffix(to, "/") {
		suffix = ".md"
	}
	if hasQuery {
		suffix += "?" + query
	}
	own := "/" + from + "/"
	if from == "" {
		own = "/"
	}
	if below, ok := strings.CutPrefix("/"+to, own); ok && below != "" && strings.HasPrefix(old, "./") {
		return "./" + escapePath(below) + suffix
	}
	if relative := relativePath(path.Dir("/"+from), "/"+to); !strings.HasPrefix(old, "/") && to != "" {
		if relative = escapePath(relative); !strings.Contains(strings.SplitN(relative, "/", 2)[0], ":") {
			return relative + suffix
		}
	}
	return "/" + escapePath(to) + suffix
}

// relativePath returns the way from a directory to a path, both from the root.
func relativePath(dir, to string) string {
	ups := ""
	for dir != "/" && !strings.HasPrefix(to, dir+"/") {
		ups += "../"
		dir = path.Dir(dir)
	}
	return ups + strings.TrimPrefix(strings.TrimPrefix(to, dir), "/")
}

// escapePath encodes the segments of a path for an address.
func escapePath(p string) string {
	segments := strings.Split(p, "/")
	for i, segment := range segments {
		if segment != ".." {
			segments[i] = url.PathEscape(segment)
		}
	}
	return strings.Join(segments, "/")
}
