package wiki

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// Attachments returns the files of a page, by name.
func (s *Session) Attachments(ctx context.Context, page Name) ([]index.Attachment, error) {
	if err := s.need(page.path, access.Read); err != nil {
		return nil, err
	}
	return s.w.index.Attachments(ctx, page.path)
}

// attachmentPath proves the name of a page's file.
func attachmentPath(page Name, file string) (repo.Path, error) {
	if file == "" || strings.Contains(file, "/") {
		return repo.Path{}, invalid("“%s” cannot be the name of a file", shorten(file))
	}
	path, err := repo.ParsePath(page.path + "/" + file)
	if err != nil {
		return repo.Path{}, invalid("“%s” cannot be the name of a file", shorten(file))
	}
	return path, nil
}

// CleanFileName makes the name of an attachment of what a client sent: the last
// part of a path, without characters that cause trouble.
func CleanFileName(text string) (string, error) {
	text = norm.NFC.String(text[strings.LastIndexAny(text, `/\`)+1:])
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`<>:"|?*#%`, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Trim(strings.Join(strings.Fields(text), " "), ". ")
	if text == "" {
		return "", invalid("a file needs a name")
	}
	if index.IsPageFile(text) {
		return "", invalid("“%s” would be a page; create it as one", shorten(text))
	}
	return text, nil
}

// Attachment returns a file of a page as it is now.
func (s *Session) Attachment(ctx context.Context, page Name, file string) (index.Attachment, error) {
	if err := s.need(page.path, access.Read); err != nil {
		return index.Attachment{}, err
	}
	path, err := attachmentPath(page, file)
	if err != nil {
		return index.Attachment{}, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return s.w.index.Attachment(ctx, path.String())
}

// AttachmentHistory returns up to limit revisions of a file, the newest first.
func (s *Session) AttachmentHistory(ctx context.Context, page Name, file string, limit int) ([]index.Revision, error) {
	if err := s.need(page.path, access.Read); err != nil {
		return nil, err
	}
	path, err := attachmentPath(page, file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return s.historyOf(ctx, path.String(), Newest, limit)
}

// Content is a file's data, to be read and closed.
type Content struct {
	io.ReadCloser
	Name string
	Size int64
	Blob repo.Hash
}

// OpenAttachment opens a file of a page, as it is now or was at a revision.
func (s *Session) OpenAttachment(ctx context.Context, page Name, file string, rev *repo.Revision) (*Content, error) {
	a, err := s.Attachment(ctx, page, file)
	blob := a.Blob
	if rev != nil {
		blob, err = s.attachmentAt(ctx, page, file, *rev)
	}
	if err != nil {
		return nil, err
	}
	return s.open(ctx, file, blob)
}

func (s *Session) attachmentAt(ctx context.Context, page Name, file string, rev repo.Revision) (repo.Hash, error) {
	if err := s.need(page.path, access.Read); err != nil {
		return repo.Hash{}, err
	}
	path, err := attachmentPath(page, file)
	if err != nil {
		return repo.Hash{}, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	c, err := s.commitOf(ctx, rev)
	if err != nil {
		return repo.Hash{}, err
	}
	at, err := s.fileAt(ctx, path.String(), c)
	return at.New, err
}

func (s *Session) open(ctx context.Context, name string, blob repo.Hash) (*Content, error) {
	data, size, err := s.w.repo.OpenBlob(ctx, blob)
	if err != nil {
		return nil, fmt.Errorf("open attachment: %w", err)
	}
	return &Content{ReadCloser: data, Name: name, Size: size, Blob: blob}, nil
}

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
	type stored struct {
		path    repo.Path
		replace bool
		blob    repo.Hash
	}
	var files []stored
	var names []string
	var bytes int64
	for _, u := range uploads {
		path, err := s.checkUpload(u)
		if err != nil {
			return nil, err
		}
		bytes += u.Size
		files = append(files, stored{path: path, replace: u.Replace})
		names = append(names, path.Base())
	}
	if len(uploads) == 0 {
		return nil, invalid("choose a file to upload")
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

// checkUpload proves what can be known before the data is read.
func (s *Session) checkUpload(u Upload) (repo.Path, error) {
	if err := s.need(u.Page.path, access.Upload); err != nil {
		return repo.Path{}, err
	}
	if limit := s.w.limits.Load().AttachmentBytes; limit > 0 && u.Size > limit {
		return repo.Path{}, fmt.Errorf("%w: “%s” has %d bytes, and a file may have %d", ErrTooLarge, shorten(u.File), u.Size, limit)
	}
	name, err := CleanFileName(u.File)
	if err != nil {
		return repo.Path{}, err
	}
	return attachmentPath(u.Page, name)
}

// RenameAttachment gives a file another name in the same page, and points the
// links of pages to it.
func (s *Session) RenameAttachment(ctx context.Context, page Name, from, to, message string) error {
	if err := s.need(page.path, access.Write|access.Upload); err != nil {
		return err
	}
	clean, err := CleanFileName(to)
	if err != nil {
		return err
	}
	old, err := attachmentPath(page, from)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
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
	blob, err := s.blobOf(ctx, old)
	if err != nil {
		return plan{}, err
	}
	if blob.IsZero() {
		return plan{}, fmt.Errorf("%w: no file “%s”", ErrNotFound, old.Base())
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

// DeleteAttachment takes a file away. The history keeps it.
func (s *Session) DeleteAttachment(ctx context.Context, page Name, file, message string) error {
	if err := s.need(page.path, access.Write); err != nil {
		return err
	}
	path, err := attachmentPath(page, file)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	if strings.TrimSpace(message) == "" {
		message = "Deleted " + path.Base()
	}
	_, err = s.commit(ctx, func(ctx context.Context) (plan, error) {
		now, err := s.blobOf(ctx, path)
		if err == nil && now.IsZero() {
			err = fmt.Errorf("%w: no file “%s”", ErrNotFound, shorten(file))
		}
		return plan{message: message, edits: []repo.Edit{{Path: path, Delete: true}}}, err
	})
	return err
}

// attachmentText reads a small attachment for an embedding.
func (s *Session) attachmentText(ctx context.Context, path string, limit int64) ([]byte, error) {
	if !s.canReadFile(path) {
		return nil, ErrNotFound
	}
	a, err := s.w.index.Attachment(ctx, path)
	if err != nil {
		return nil, err
	}
	return s.w.repo.Blob(ctx, a.Blob, limit)
}
