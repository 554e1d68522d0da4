// Package samples holds what `holt demo` shows: the pages of a small wiki, and
// the documents that it puts into a library:
// two PDF files, two EPUB files and a Markdown file. They were written for
// Holt, so they may be shown, searched and copied freely. The README of this
// folder names them, and build.sh makes them from the texts in source.
package samples

import (
	"embed"
	"io/fs"
)

//go:embed files wiki
var embedded embed.FS

// Files returns the finished documents as a read-only file system. They lie at
// its root under plain names such as "river-otter.pdf"; there are no folders.
func Files() fs.FS { return folder("files") }

// Pages returns the pages of a wiki as a read-only file system: Markdown files
// in folders, named like the pages.
func Pages() fs.FS { return folder("wiki") }

func folder(name string) fs.FS {
	root, err := fs.Sub(embedded, name)
	if err != nil {
		// fs.Sub fails only for a malformed path, and this one is a constant.
		panic(err)
	}
	return root
}
