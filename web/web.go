// Package web serves Holt over HTTP: pages for people and a JSON API.
//
// It decides who may do what and turns requests into calls of the applications;
// what pages look like is package ui's.
package web

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
)

// Config is what the handlers work with.
type Config struct {
	Libraries *tenant.Registry[*library.Library]
	Wikis     *tenant.Registry[*wiki.Wiki]
	Platform  *platform.Store
	Models    ServerModels      // of the server
	Callers   identity.Provider // who is calling
	Session   *identity.Session // sets and clears the cookie
	// WikiTokens, WikiSessions and Basic recognise those who come to one wiki.
	WikiTokens   *identity.WikiToken
	WikiSessions *identity.WikiSession
	Basic        *identity.Basic
	// Otter recognises the callers of a trusted proxy in wikis; nil for none.
	Otter *identity.Otter
	// WikiDomain gives every wiki a host of its own, {slug}.{WikiDomain}; the
	// platform's pages are at WikiDomain itself. "" leaves wikis at /w/{slug}/.
	WikiDomain string
	// Retention is how long what was deleted can be brought back.
	Retention time.Duration
	// WritePaces bound what callers may do to wikis; the zero value means
	// DefaultWritePaces.
	WritePaces WritePaces
	Trusted    []netip.Prefix // proxies whose forwarding headers count
	Logger     *slog.Logger   // nil means slog.Default
}

// server holds what all requests share. It has no data of any tenant.
type server struct {
	Config
	ui      *ui.UI
	mux     *http.ServeMux
	origins *http.CrossOriginProtection

	wikiTable *wikiTable
	writes    *writeMeter
	scaling   chan struct{} // holds one for each picture that is made smaller now
	started   string        // tells what this process made from what another did
}

// New returns the handler of all addresses.
func New(cfg Config) (http.Handler, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.WritePaces == (WritePaces{}) {
		cfg.WritePaces = DefaultWritePaces()
	}
	pages, err := ui.New()
	if err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	s := &server{
		Config: cfg, ui: pages, mux: http.NewServeMux(), origins: http.NewCrossOriginProtection(),
		writes: newWriteMeter(cfg.WritePaces), scaling: make(chan struct{}, runtime.GOMAXPROCS(0)), started: rand.Text(),
	}
	s.mux.Handle("GET /static/", pages.Static())
	for _, r := range s.routes() {
		s.mux.Handle(r.pattern, s.serve(r))
	}
	s.mux.Handle(catchAll, s.serve(route{pattern: catchAll, audience: anybody, handle: (*server).notFound}))
	s.wikiTable = newWikiTable(s.wikiRoutes())
	return s.around(s.byHost(s.mux)), nil
}

// catchAll is the pattern of what no route serves.
const catchAll = "/"
