package library

import (
	"context"
	"fmt"
	"strings"

	"github.com/holtdb/holt/library/extract"
)

// content is what was read from a file.
type content struct {
	*extract.Content
	protected bool // the password was needed
}

// extract reads the file of a document.
func (l *Library) extract(ctx context.Context, rec record, password string, progress *reporter) (content, error) {
	f, err := l.openFile(rec)
	if err != nil {
		return content{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return content{}, fmt.Errorf("read document: %w", err)
	}
	if info.Size() == 0 {
		return content{}, extract.ErrEmpty
	}
	var c content
	if rec.Format == extract.PDF {
		c, err = l.extractPDF(ctx, f, password, progress)
	} else {
		c.Content, err = extract.Read(ctx, extract.File{Reader: f, Size: info.Size(), Format: rec.Format})
	}
	if err != nil {
		return content{}, err
	}
	if len(c.Pages) == 0 {
		return content{}, errNoText
	}
	if len(c.Pages) > maxPages {
		return content{}, extract.ErrTooLarge
	}
	return c, nil
}

// firstLine is how the text of a document begins.
func firstLine(pages []extract.Page) string {
	const length = 200
	for _, p := range pages {
		if line := clip(strings.Join(strings.Fields(clip(p.Text, 4*length)), " "), length); line != "" {
			return line
		}
	}
	return ""
}
