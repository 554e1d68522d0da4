package pdfium

import "github.com/holtdb/holt/library/extract"

const (
	maxOutlineEntries = 10_000
	maxOutlineDepth   = 32
)

// outline flattens the tree of bookmarks in reading order. An entry is visited
// once, so that a tree which leads back into itself ends.
func (d *Document) outline() []extract.OutlineEntry {
	var entries []extract.OutlineEntry
	seen := map[uint64]bool{}
	var walk func(parent uint64, level int)
	walk = func(parent uint64, level int) {
		entry := d.call("FPDFBookmark_GetFirstChild", d.handle, parent)
		for entry != 0 && !seen[entry] && len(entries) < maxOutlineEntries {
			seen[entry] = true
			if title := d.wideString("FPDFBookmark_GetTitle", entry); title != "" {
				entries = append(entries, extract.OutlineEntry{Title: title, Level: level, Page: d.target(entry)})
			}
			if level+1 < maxOutlineDepth {
				walk(entry, level+1)
			}
			entry = d.call("FPDFBookmark_GetNextSibling", d.handle, entry)
		}
	}
	walk(0, 0)
	return entries
}

// target is the page that a bookmark leads to, 0 where that is unknown.
func (d *Document) target(entry uint64) int {
	dest := d.call("FPDFBookmark_GetDest", d.handle, entry)
	if dest == 0 {
		if action := d.call("FPDFBookmark_GetAction", entry); action != 0 {
			dest = d.call("FPDFAction_GetDest", d.handle, action)
		}
	}
	if dest == 0 {
		return 0
	}
	page := d.callInt("FPDFDest_GetDestPageIndex", d.handle, dest) + 1
	if page < 1 || page > d.pages {
		return 0
	}
	return page
}
