package web

import "github.com/holtdb/holt/wiki/access"

// wikiEditingRoutes lists the addresses that change pages and files.
func (s *server) wikiEditingRoutes() []wikiRoute {
	const read, write, upload = access.Read, access.Write, access.Upload
	return []wikiRoute{
		{method: "GET", pattern: "/{page}/edit/{rev?}", need: write, handle: (*server).showEditor},
		{method: "POST", pattern: "/{page}/edit", need: write, handle: (*server).draftForm},
		{method: "GET", pattern: "/{page}/section/{n}", need: write, handle: (*server).showSectionEditor},
		{method: "POST", pattern: "/{page}/save", need: write, handle: (*server).saveForm},
		{method: "POST", pattern: "/{page}/preview", need: write, handle: (*server).preview},
		{method: "POST", pattern: "/{page}/draft", need: write, handle: (*server).saveDraft},
		{method: "GET", pattern: "/{page}/rename", need: write, handle: (*server).showRename},
		{method: "POST", pattern: "/{page}/rename", need: write, handle: (*server).renameForm},
		{method: "GET", pattern: "/{page}/delete", need: write, handle: (*server).showDelete},
		{method: "POST", pattern: "/{page}/delete", need: write, handle: (*server).deletePageForm},

		{method: "POST", pattern: "/{page}/attachments", need: upload, handle: (*server).attachForm},
		{method: "POST", pattern: "/{page}/inline_attachment", need: upload, handle: (*server).attachInline},
		// Renaming and replacing need Upload as well; the wiki asks for it.
		{method: "POST", pattern: "/{page}/attachment/{file}", need: write, handle: (*server).fileForm},

		{method: "GET", pattern: "/-/create", need: read, handle: (*server).showCreate},
		{method: "POST", pattern: "/-/create", need: write, handle: (*server).createForm},
		{method: "GET", pattern: "/-/revert/{rev}", need: write, handle: (*server).showRevert},
		{method: "POST", pattern: "/-/revert/{rev}", need: write, handle: (*server).revertForm},
	}
}
