package web

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
)

// wikiRootPath is where wikis are without hosts of their own.
const wikiRootPath = "/w/"

// byHost sends requests for the host of a wiki to that wiki, and those for
// /w/{slug}/ too. All others are the platform's.
func (s *server) byHost(platformPages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slug, ok := s.slugOfHost(r.Host); ok {
			if strings.HasPrefix(r.URL.Path, "/static/") {
				platformPages.ServeHTTP(w, r)
				return
			}
			s.serveWiki(w, r, slug, "", r.URL.Path)
			return
		}
		rest, ok := strings.CutPrefix(r.URL.Path, wikiRootPath)
		if !ok {
			platformPages.ServeHTTP(w, r)
			return
		}
		slug, path, found := strings.Cut(rest, "/")
		if bare, isGit := strings.CutSuffix(slug, ".git"); isGit && found {
			s.serveWiki(w, r, bare, wikiRootPath+slug, "/.git/"+path)
			return
		}
		if !found {
			// The root of a wiki ends with a slash, so that links in it are short.
			target := url.URL{Path: wikiRootPath + slug + "/", RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, target.String(), http.StatusMovedPermanently)
			return
		}
		if s.WikiDomain != "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) && !strings.HasPrefix(path, "api/") {
			if parsed, err := platform.ParseSlug(slug); err == nil {
				target := s.wikiOrigin(r, parsed) + "/" + strings.TrimPrefix((&url.URL{Path: "/" + path}).EscapedPath(), "/")
				if r.URL.RawQuery != "" {
					target += "?" + r.URL.RawQuery
				}
				http.Redirect(w, r, target, http.StatusSeeOther)
				return
			}
		}
		s.serveWiki(w, r, slug, wikiRootPath+slug, "/"+path)
	})
}

// slugOfHost returns the label before the domain of the wikis.
func (s *server) slugOfHost(host string) (string, bool) {
	if s.WikiDomain == "" {
		return "", false
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	slug, ok := strings.CutSuffix(strings.ToLower(strings.TrimSuffix(host, ".")), "."+s.WikiDomain)
	return slug, ok && slug != "" && !strings.Contains(slug, ".")
}

// wikiOrigin returns the origin of a wiki's own host.
func (s *server) wikiOrigin(r *http.Request, slug platform.Slug) string {
	return s.scheme(r) + "://" + slug.String() + "." + s.WikiDomain + portOf(r.Host)
}

// platformOrigin returns the origin of the platform's own pages, as seen from
// the host of a wiki.
func (s *server) platformOrigin(r *http.Request) string {
	return s.scheme(r) + "://" + s.WikiDomain + portOf(r.Host)
}

func (s *server) scheme(r *http.Request) string {
	if identity.IsTLS(r, s.Trusted) {
		return "https"
	}
	return "http"
}

// portOf returns the port of a Host header with its colon, "" for none.
func portOf(host string) string {
	if _, port, err := net.SplitHostPort(host); err == nil && port != "" {
		return ":" + port
	}
	return ""
}

// wikiURL returns the address of a wiki's first page.
func (s *server) wikiURL(r *http.Request, slug platform.Slug) string {
	if s.WikiDomain != "" {
		return s.wikiOrigin(r, slug) + "/"
	}
	return wikiRootPath + slug.String() + "/"
}
