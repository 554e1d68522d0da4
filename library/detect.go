package library

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/holtdb/holt/library/extract"
)

// identify finds out what a received file is.
func (p part) identify(files *os.Root, fileName string) (record, error) {
	f, err := files.Open(p.name)
	if err != nil {
		return record{}, fmt.Errorf("open received file: %w", err)
	}
	defer f.Close()
	format, failure, err := detect(f, p.size, fileName)
	if err != nil {
		return record{}, err
	}
	rec := newRecord(p.hash, Uploaded, fileName, format, p.size)
	if failure != nil {
		rec.Progress = failedProgress(failure)
	}
	return rec, nil
}

// detect tells the format of a file. For one that is empty or damaged it is
// what the name says, and failure is what is wrong with it.
func detect(r io.ReaderAt, size int64, name string) (format extract.Format, failure, err error) {
	format, err = extract.Detect(r, size, name)
	if errors.Is(err, extract.ErrEmpty) || errors.Is(err, extract.ErrBroken) || errors.Is(err, extract.ErrTooLarge) {
		if format = formatOfName(name); format != "" {
			return format, err, nil
		}
		if errors.Is(err, extract.ErrEmpty) {
			return "", nil, err
		}
		return "", nil, extract.ErrUnsupported
	}
	return format, nil, err
}

func formatOfName(name string) extract.Format {
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf":
		return extract.PDF
	case ".epub":
		return extract.EPUB
	case ".docx":
		return extract.DOCX
	case ".html", ".htm", ".xhtml":
		return extract.HTML
	case ".md", ".markdown":
		return extract.Markdown
	case ".txt", ".text":
		return extract.Text
	}
	return ""
}
