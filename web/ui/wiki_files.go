package ui

import (
	"path"
	"strings"

	"github.com/holtdb/holt/wiki/index"
)

// WikiFilesPage lists the attachments of a page. It posts file (several) and
// message as multipart/form-data to the page's attachments.
type WikiFilesPage struct {
	WikiFrame
	Files    []index.Attachment
	MaxBytes int64 // of one file; 0 for no limit
	Message  string
	Errors   Errors // "file", "message"
}

func (WikiFilesPage) template() string { return "wiki_files" }

// WikiFilePage is about one attachment. Its forms post to
// attachment/{file} of the page: operation=rename with new_filename and message,
// operation=replace with file and message as multipart/form-data,
// operation=delete with message.
type WikiFilePage struct {
	WikiFrame
	Attached  index.Attachment
	Revisions []index.Revision
	MaxBytes  int64
	NameAs    string // what stands in the field for the new name
	Message   string
	Errors    Errors // "new_filename", "file", "message", and "" for the whole
}

func (WikiFilePage) template() string { return "wiki_file" }

// picture reports whether browsers show a file as a picture.
func picture(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp":
		return true
	default:
		return false
	}
}

// extension is what a file's name says of its kind, for where a picture of it
// would be.
func extension(name string) string {
	ext := strings.ToUpper(strings.TrimPrefix(path.Ext(name), "."))
	if ext == "" || len(ext) > 5 {
		return "FILE"
	}
	return ext
}
