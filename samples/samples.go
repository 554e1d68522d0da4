// Package samples holds the documents that `holt demo` puts into a library:
// two PDF files, two EPUB files and a Markdown file. They were written for
// Holt, so they may be shown, searched and copied freely. The README of this
// folder names them, and build.sh makes them from the texts in source.
package samples

import (
	"embed"
	"io/fs"
)

//go:embed files
var embedded embed.FS

// Files returns the finished documents as a read-only file system. They lie at
// its root under plain names such as "river-otter.pdf"; there are no folders.
func Files() fs.FS {
	root, err := fs.Sub(embedded, "files")
	if err != nil {
		// fs.Sub fails only for a malformed path, and this one is a constant.
		panic(err)
	}
	return root
}
