package wiki

import (
	"context"
	"fmt"
	"io"
	"slices"
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
	found, err := s.w.index.Attachments(ctx, page.path)
	if err != nil {
		return nil, err
	}
	// A file too large for a page is an attachment of the folder, and yet ruled
	// by the name that it would have as a page.
	found = slices.DeleteFunc(found, func(a index.Attachment) bool { return !s.canReadFile(a.Path) })
	commits := make([]*index.Commit, len(found))
	for i := range found {
		commits[i] = &found[i].Changed
	}
	return found, s.discreet(ctx, commits...)
}

// attachmentPath proves the name of a page's file, and the permission for both.
func (s *Session) attachmentPath(page Name, file string, need access.Set) (repo.Path, error) {
	if err := s.need(page.path, need); err != nil {
		return repo.Path{}, err
	}
	path, err := attachmentPath(page, file)
	if err != nil {
		return repo.Path{}, fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return path, s.need(pageOfFile(path.String()), need)
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
	path, err := s.attachmentPath(page, file, access.Read)
	if err != nil {
		return index.Attachment{}, err
	}
	a, err := s.w.index.Attachment(ctx, path.String())
	if err != nil {
		return index.Attachment{}, err
	}
	return a, s.discreet(ctx, &a.Changed)
}

// AttachmentHistory returns up to limit revisions of a file, the newest first.
func (s *Session) AttachmentHistory(ctx context.Context, page Name, file string, limit int) ([]index.Revision, error) {
	path, err := s.attachmentPath(page, file, access.Read)
	if err != nil {
		return nil, err
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
	if rev != nil {
		blob, err := s.attachmentAt(ctx, page, file, *rev)
		if err != nil {
			return nil, err
		}
		return s.open(ctx, file, blob)
	}
	a, err := s.Attachment(ctx, page, file)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, file, a.Blob)
}

func (s *Session) attachmentAt(ctx context.Context, page Name, file string, rev repo.Revision) (repo.Hash, error) {
	path, err := s.attachmentPath(page, file, access.Read)
	if err != nil {
		return repo.Hash{}, err
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
