// Package web serves Holt over HTTP: pages for people and a JSON API.
//
// It decides who may do what and turns requests into calls of the applications;
// what pages look like is package ui's.
package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
)

// Config is what the handlers work with.
type Config struct {
	Libraries *tenant.Registry[*library.Library]
	Platform  *platform.Store
	Callers   identity.Provider // who is calling
	Session   *identity.Session // sets and clears the cookie
	Trusted   []netip.Prefix    // proxies whose forwarding headers count
	Logger    *slog.Logger      // nil means slog.Default
}

// server holds what all requests share. It has no data of any tenant.
type server struct {
	Config
	ui      *ui.UI
	mux     *http.ServeMux
	origins *http.CrossOriginProtection
}

// New returns the handler of all addresses.
func New(cfg Config) (http.Handler, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	pages, err := ui.New()
	if err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	s := &server{Config: cfg, ui: pages, mux: http.NewServeMux(), origins: http.NewCrossOriginProtection()}
	s.mux.Handle("GET /static/", pages.Static())
	for _, r := range s.routes() {
		s.mux.Handle(r.pattern, s.serve(r))
	}
	s.mux.Handle(catchAll, s.serve(route{pattern: catchAll, access: anybody, handle: (*server).notFound}))
	return s.around(s.mux), nil
}

// catchAll is the pattern of what no route serves.
const catchAll = "/"
