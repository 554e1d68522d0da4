// Package ui renders the pages of Holt: what they look like and nothing of
// what they do. Each page is a struct that holds all it shows and embeds the
// [Frame] around it; [UI.Render] turns it into HTML. Style sheet, scripts and
// pictures are served by [UI.Static].
//
// No page holds an inline script, style or event handler, so that a strict
// Content-Security-Policy can forbid them. Reading and searching work without
// any script.
package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// ContentSecurityPolicy is what every page is served with: nothing from other
// origins, nothing inline, no framing.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

//go:embed templates styles static
var files embed.FS

// Page is what [UI.Render] shows: one of the page structs of this package.
type Page interface {
	// template names the file that shows the page.
	template() string
	// layout names the template of what surrounds it.
	layout() string
}

// UI holds the parsed templates and the static files. It never changes and may
// be used by many goroutines.
type UI struct {
	pages  map[string]*template.Template
	static *static
}

// New parses what is embedded in the program. It fails only when that is
// broken, which the tests of this package rule out.
func New() (*UI, error) {
	static, err := newStatic(files)
	if err != nil {
		return nil, fmt.Errorf("prepare static files: %w", err)
	}
	shared, err := template.New("").Funcs(funcs(static.url, time.Now)).Funcs(wikiFuncs()).ParseFS(files, "templates/shared/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse shared templates: %w", err)
	}
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	u := &UI{pages: make(map[string]*template.Template, len(names)), static: static}
	for _, name := range names {
		page, err := shared.Clone()
		if err == nil {
			page, err = page.ParseFS(files, name)
		}
		if err != nil {
			return nil, fmt.Errorf("parse template %s: %w", name, err)
		}
		u.pages[strings.TrimSuffix(path.Base(name), ".html")] = page
	}
	return u, nil
}

// Render writes a page as a whole HTML document. Nothing is written when the
// page cannot be made.
func (u *UI) Render(w io.Writer, p Page) error {
	page, ok := u.pages[p.template()]
	if !ok {
		return fmt.Errorf("render page: no template %q", p.template())
	}
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, p.layout(), p); err != nil {
		return fmt.Errorf("render page %s: %w", p.template(), err)
	}
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}
