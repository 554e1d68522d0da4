package embed

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// isAddress reports whether a source names something on the web.
func isAddress(source string) bool { return strings.Contains(source, "://") }

// locate splits a source into the page and the name of an attachment: "a.png"
// and "./a.png" belong to the page itself, "/Guides/Setup/a.png" to another.
func (r *Renderer) locate(source string) (page, name string, err error) {
	if r.env == nil {
		return "", "", mistakef("attachments can only be shown in a saved page")
	}
	page, name = r.env.Page(), strings.TrimPrefix(source, "./")
	if rooted, ok := strings.CutPrefix(source, "/"); ok {
		page, name = "", rooted
		if slash := strings.LastIndexByte(rooted, '/'); slash >= 0 {
			page, name = rooted[:slash], rooted[slash+1:]
		}
	}
	bad := func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }
	if name == "" || name == "." || name == ".." || strings.Contains(name, "/") || strings.ContainsAny(name, ":") ||
		strings.ContainsFunc(source, bad) || !plainPath(page) {
		return "", "", mistakef("%q is no attachment; write its name, or /page/name for one of another page", excerpt(source))
	}
	return page, name, nil
}

// plainPath reports whether no segment of a path is empty or points elsewhere.
func plainPath(path string) bool {
	if path == "" {
		return true
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

// find looks an attachment up by its source.
func (r *Renderer) find(ctx context.Context, source string) (Attachment, error) {
	page, name, err := r.locate(source)
	if err != nil {
		return Attachment{}, err
	}
	list, err := r.list(ctx, page)
	if err != nil {
		return Attachment{}, err
	}
	for _, attachment := range list {
		if attachment.Name == name {
			return attachment, nil
		}
	}
	return Attachment{}, mistakef("there is no attachment %q", excerpt(source))
}

// list returns the attachments of a page, asking the wiki only once.
func (r *Renderer) list(ctx context.Context, page string) ([]Attachment, error) {
	if r.env == nil {
		return nil, mistakef("attachments can only be shown in a saved page")
	}
	r.dynamic = true
	list, ok := r.attachments[page]
	if ok {
		return list, nil
	}
	list, err := r.env.Attachments(ctx, page)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, fmt.Errorf("list attachments: %w", err)
	}
	r.attachments[page] = list
	return list, nil
}

// content reads an attachment of at most limit bytes.
func (r *Renderer) content(ctx context.Context, source string, limit int64) ([]byte, error) {
	page, name, err := r.locate(source)
	if err != nil {
		return nil, err
	}
	r.dynamic = true
	limit = min(limit, MaxRead-r.read)
	data, err := r.env.Attachment(ctx, page, name, limit)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, mistakef("there is no attachment %q", excerpt(source))
	case errors.Is(err, ErrTooLarge), err == nil && int64(len(data)) > limit:
		return nil, mistakef("%q is too large to be shown here", excerpt(source))
	case err != nil:
		return nil, fmt.Errorf("read attachment: %w", err)
	}
	r.read += int64(len(data))
	return data, nil
}

// address returns what a source points at: an address of the web as it is, or
// that of an attachment.
func (r *Renderer) address(ctx context.Context, source string) (string, error) {
	target := source
	if !isAddress(source) {
		attachment, err := r.find(ctx, source)
		if err != nil {
			return "", err
		}
		target = attachment.URL
	}
	target, ok := safeURL(target)
	if !ok {
		return "", mistakef("%q is no address that can be shown; it must start with https:// or be the name of an attachment", excerpt(source))
	}
	return target, nil
}

// countList refuses more lists on one page than MaxLists.
func (r *Renderer) countList() error {
	if r.env == nil {
		return mistakef("lists can only be shown in a saved page")
	}
	r.lists++
	if r.lists > MaxLists {
		return mistakef("a page can hold at most %d lists of pages or attachments", MaxLists)
	}
	r.dynamic = true
	return nil
}
