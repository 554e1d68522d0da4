package wiki

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/repo"
)

// Upload is a file on its way into a wiki.
type Upload struct {
	Page    Name
	File    string // as the client calls it, or the name of the file to be replaced
	Data    io.Reader
	Size    int64 // in bytes; known, since a repository stores it first
	Replace bool  // a file of that name may be there, or must for an upload that replaces
	Message string
}

// Attach stores one or several files of pages in one commit and returns their
// names. It fails with [ErrExists] when a file is there that was not to be
// replaced, and with [ErrTooLarge].
func (s *Session) Attach(ctx context.Context, uploads ...Upload) ([]string, error) {
	if len(uploads) == 0 {
		return nil, invalid("choose a file to upload")
	}
	type stored struct {
		path    repo.Path
		replace bool
		blob    repo.Hash
	}
	var files []stored
	var names []string
	var bytes int64
	for _, u := range uploads {
		path, err := s.checkUpload(ctx, u)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(files, func(f stored) bool { return f.path == path }) {
			return nil, invalid("two of the files are called “%s”", path.Base())
		}
		bytes += u.Size
		files = append(files, stored{path: path, replace: u.Replace})
		names = append(names, path.Base())
	}
	if err := s.w.home.CheckWritable(); err != nil {
		return nil, err
	}
	if err := s.w.room(ctx, 0, bytes); err != nil {
		return nil, err
	}
	for i, u := range uploads {
		var err error
		if files[i].blob, err = s.w.repo.WriteStream(ctx, u.Data, u.Size); err != nil {
			return nil, fmt.Errorf("store attachment: %w", err)
		}
	}
	s.w.usage.grow(bytes)
	_, err := s.commit(ctx, func(ctx context.Context) (plan, error) {
		p := plan{message: uploads[0].Message}
		for _, f := range files {
			now, err := s.blobOf(ctx, f.path)
			if err != nil {
				return plan{}, err
			}
			if !now.IsZero() && !f.replace {
				return plan{}, fmt.Errorf("%w: “%s”", ErrExists, f.path.Base())
			}
			p.edits = append(p.edits, repo.Edit{Path: f.path, Blob: f.blob})
		}
		if strings.TrimSpace(p.message) == "" {
			p.message = "Added " + strings.Join(names, ", ")
		}
		return p, nil
	})
	if errors.Is(err, ErrUnchanged) {
		err = nil // the same files once more
	}
	return names, err
}

// attachmentLimit returns how large a file may be in bytes, 0 for any size: the
// platform and the wiki's admin both have a say.
func (s *Session) attachmentLimit() int64 {
	limit, wanted := s.w.limits.Load().AttachmentBytes, int64(s.settings.preferences.Content.AttachmentLimit)<<20
	if limit == 0 || wanted > 0 && wanted < limit {
		return wanted
	}
	return limit
}

// checkUpload proves what can be known before the data is read, and returns
// where it goes.
func (s *Session) checkUpload(ctx context.Context, u Upload) (repo.Path, error) {
	if err := s.need(u.Page.path, access.Upload); err != nil {
		return repo.Path{}, err
	}
	if limit := s.attachmentLimit(); limit > 0 && u.Size > limit {
		return repo.Path{}, fmt.Errorf("%w: “%s” has %d bytes, and a file may have %d", ErrTooLarge, shorten(u.File), u.Size, limit)
	}
	page, err := s.called(ctx, u.Page)
	if err != nil {
		return repo.Path{}, err
	}
	if path, err := s.attachmentPath(page, u.File, access.Upload); u.Replace && err == nil {
		// A file that came by git may have a name that no upload would get.
		if _, err := s.w.index.Attachment(ctx, path.String()); err == nil {
			return path, nil
		}
	}
	name, err := CleanFileName(u.File)
	if err != nil {
		return repo.Path{}, err
	}
	return attachmentPath(page, name)
}

// RenameAttachment gives a file another name in the same page, and points the
// links of pages to it.
func (s *Session) RenameAttachment(ctx context.Context, page Name, from, to, message string) error {
	old, err := s.attachmentPath(page, from, access.Write|access.Upload)
	if err != nil {
		return err
	}
	clean, err := CleanFileName(to)
	if err != nil {
		return err
	}
	target, err := attachmentPath(page, clean)
	if err != nil {
		return err
	}
	_, err = s.commit(ctx, func(ctx context.Context) (plan, error) {
		return s.planRenameAttachment(ctx, old, target, message)
	})
	return err
}

func (s *Session) planRenameAttachment(ctx context.Context, old, target repo.Path, message string) (plan, error) {
	blob, err := s.attached(ctx, old)
	if err != nil {
		return plan{}, err
	}
	there, err := s.blobOf(ctx, target)
	if err != nil {
		return plan{}, err
	}
	if !there.IsZero() {
		return plan{}, fmt.Errorf("%w: “%s”", ErrExists, target.Base())
	}
	p := plan{message: message, edits: []repo.Edit{{Path: old, Delete: true}, {Path: target, Blob: blob}}}
	if strings.TrimSpace(message) == "" {
		p.message = fmt.Sprintf("Renamed %s to %s", old.Base(), target.Base())
	}
	pages, err := s.rewrite(ctx, []move{{old, target, blob}}, true)
	for _, page := range pages {
		p.edits = place(p.edits, page.file, page.text)
	}
	return p, err
}

// attached returns what an attachment is at the head.
func (s *Session) attached(ctx context.Context, path repo.Path) (repo.Hash, error) {
	a, err := s.w.index.Attachment(ctx, path.String())
	if errors.Is(err, ErrNotFound) {
		return repo.Hash{}, fmt.Errorf("%w: no file “%s”", ErrNotFound, shorten(path.Base()))
	}
	return a.Blob, err
}

// DeleteAttachment takes a file away. The history keeps it.
func (s *Session) DeleteAttachment(ctx context.Context, page Name, file, message string) error {
	path, err := s.attachmentPath(page, file, access.Write)
	if err != nil {
		return err
	}
	if strings.TrimSpace(message) == "" {
		message = "Deleted " + path.Base()
	}
	_, err = s.commit(ctx, func(ctx context.Context) (plan, error) {
		_, err := s.attached(ctx, path)
		return plan{message: message, edits: []repo.Edit{{Path: path, Delete: true}}}, err
	})
	return err
}
