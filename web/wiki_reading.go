package web

import (
	"github.com/holtdb/holt/wiki/access"
)

// wikiReadingRoutes lists the addresses that show what is in a wiki.
func (s *server) wikiReadingRoutes() []wikiRoute {
	const read = access.Read
	return []wikiRoute{
		{method: "GET", pattern: "/", need: read, handle: (*server).showWikiHome},
		{method: "GET", pattern: "/{page}", need: read, handle: (*server).showWikiPage},
		{method: "GET", pattern: "/{page}/view/{rev?}", need: read, handle: (*server).showWikiPage},
		{method: "GET", pattern: "/{page}/source/{rev?}", need: read, handle: (*server).showWikiSource},
		{method: "GET", pattern: "/{page}/history", need: read, handle: (*server).showWikiHistory},
		{method: "POST", pattern: "/{page}/history", need: read, handle: (*server).compareForm},
		{method: "GET", pattern: "/{page}/diff/{a}/{b}", need: read, handle: (*server).showWikiDiff},
		{method: "GET", pattern: "/{page}/blame/{rev?}", need: read, handle: (*server).showWikiBlame},
		{method: "GET", pattern: "/{page}/links", need: read, handle: (*server).showWikiLinks},
		{method: "GET", pattern: "/{page}/attachments", need: read, handle: (*server).showWikiFiles},
		{method: "GET", pattern: "/{page}/attachment/{file}", need: read, handle: (*server).showWikiFile},
		{method: "GET", pattern: "/{page}/a/{file}/{rev?}", need: read, handle: (*server).sendWikiFile},
		{method: "GET", pattern: "/{page}/t/{file}/{size?}", need: read, handle: (*server).sendThumbnail},

		{method: "GET", pattern: "/-/changelog/feed.rss", need: read, handle: (*server).sendRSS},
		{method: "GET", pattern: "/-/changelog/feed.atom", need: read, handle: (*server).sendAtom},
		{method: "GET", pattern: "/-/changelog/{before?}", need: read, handle: (*server).showChangelog},
		{method: "GET", pattern: "/-/log/{before?}", need: read, handle: (*server).showChangelog},
		{method: "GET", pattern: "/-/commit/{rev}", need: read, handle: (*server).showWikiCommit},
		{method: "GET", pattern: "/-/index", need: read, handle: (*server).showWikiIndex},
		{method: "GET", pattern: "/-/search/{query...}", need: read, handle: (*server).showWikiSearch},
		{method: "POST", pattern: "/-/search", need: read, handle: (*server).searchForm},
		{method: "GET", pattern: "/-/tags/{tag...}", need: read, handle: (*server).showWikiTags},
		{method: "GET", pattern: "/-/links", need: read, handle: (*server).showStrayLinks},
		{method: "GET", pattern: "/-/drafts", need: read, handle: (*server).showWikiDrafts},
		{method: "GET", pattern: "/-/settings", need: read, account: true, handle: (*server).showOwnSettings},
		{method: "GET", pattern: "/-/about", need: read, handle: (*server).showWikiAbout},
		{method: "GET", pattern: "/-/help/{topic...}", need: read, handle: (*server).showWikiHelp},
		{method: "GET", pattern: "/-/syntax", need: read, handle: (*server).showWikiSyntax},
		{method: "GET", pattern: "/-/healthz", need: read, handle: (*server).sendHealth},
		{method: "GET", pattern: "/-/request-access", open: true, account: true, handle: (*server).showRequestAccess},
		{method: "POST", pattern: "/-/request-access", open: true, account: true, person: true, handle: (*server).requestAccessForm},

		{method: "GET", pattern: "/sitemap.xml", need: read, handle: (*server).sendSitemap},
		{method: "GET", pattern: "/robots.txt", need: read, handle: (*server).sendRobots},
		{method: "GET", pattern: "/manifest.webmanifest", need: read, handle: (*server).sendManifest},
		{method: "GET", pattern: "/favicon.ico", need: read, handle: (*server).sendIcon},
		{method: "GET", pattern: "/.well-known/change-password", need: read, handle: (*server).showChangePassword},
	}
}
