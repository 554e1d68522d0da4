package web

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"github.com/holtdb/holt/web/ui"
)

// pageTag returns an ETag of what showWikiPage is about to show: it changes with
// everything that the page is made of. It is "" for a page with a message that
// is to be seen once.
func (s *server) pageTag(v *wikiVisit, draft time.Time) string {
	if v.r.URL.RawQuery != "" && v.r.URL.Query().Has("notice") {
		return ""
	}
	theme := ""
	if c, err := v.r.Cookie(ui.ThemeCookie); err == nil {
		theme = string(ui.ParseTheme(c.Value))
	}
	name := v.caller.Account.Name
	if v.otter != nil {
		name = v.otter.Name
	}
	h := sha256.New()
	// The page says how long ago it was changed, so that it ages by itself.
	fmt.Fprintf(h, "%s %d %q %q %q %v %d %q %q %v %q %d %q %q", s.started, time.Now().Unix()/pageAge, v.root, v.r.Host,
		v.r.URL.RequestURI(), v.session.Head(), v.session.Settings(), v.session.View().Class(), name, v.caller.Account.Admin, theme,
		draft.Unix(), v.page, v.session.View().Reason())
	return `"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18]) + `"`
}

// pageAge is how old a page may look, in seconds.
const pageAge = 3600

// setPageTag lets a browser keep a page, and ask each time whether it still is
// as it was.
func setPageTag(h http.Header, tag string) {
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Cookie, Authorization")
}
