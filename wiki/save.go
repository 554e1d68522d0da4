package wiki

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/merge"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// Edit is a page's text as somebody wants it to be.
type Edit struct {
	Name Name
	Text string
	// Base is the revision that the editing began from; nil means that the page
	// did not exist then.
	Base *repo.Revision
	// Section, when not nil, says that Text is that section of the page at Base,
	// counted from 0.
	Section *int
	Message string
	// Strict refuses a page that was changed meanwhile, even where both changes
	// could be merged.
	Strict bool
}

// Saved says what came of an edit.
type Saved struct {
	Revision repo.Hash
	Created  bool
	Merged   bool // somebody else's changes were merged in
}

// Conflict holds both versions of a page that cannot be merged. It matches
// [ErrConflict].
type Conflict struct {
	Theirs Page // as the page is now; its Name is zero when it was deleted
	Ours   string
	Base   string
	// Merged is a proposal: both versions, with marks around the parts that
	// differ.
	Merged string
}

// Error implements error.
func (c *Conflict) Error() string { return ErrConflict.Error() }

// Is makes errors.Is(err, ErrConflict) true.
func (c *Conflict) Is(target error) bool { return target == ErrConflict }

// Save makes an edit a commit. When the page was changed since the base, what
// does not touch is merged; otherwise it fails with [Conflict]. It fails with
// [ErrForbidden], [ErrUnchanged], [ErrInvalid], [ErrTooLarge] and
// tenant.ErrOverQuota.
func (s *Session) Save(ctx context.Context, e Edit) (Saved, error) {
	if e.Name.IsZero() {
		return Saved{}, invalid("a page needs a name")
	}
	if err := s.need(e.Name.path, access.Write); err != nil {
		return Saved{}, err
	}
	if err := s.checkMessage(e.Message); err != nil {
		return Saved{}, err
	}
	text := cleanText(e.Text)
	if len(text) > MaxPageBytes {
		return Saved{}, errPageTooLarge()
	}
	var err error
	if e.Name, err = s.called(ctx, e.Name); err != nil {
		return Saved{}, err
	}
	var base string
	if e.Base != nil {
		page, err := s.PageAt(ctx, e.Name, *e.Base)
		if err != nil {
			return Saved{}, fmt.Errorf("find what the edit began from: %w", err)
		}
		base = cleanText(page.Text)
	}
	if e.Section != nil {
		sections := source.Sections([]byte(base))
		if *e.Section < 0 || *e.Section >= len(sections) {
			return Saved{}, invalid("the page has no such section any more")
		}
		text = string(source.ReplaceTree([]byte(base), *e.Section, []byte(text)))
	}
	var saved Saved
	hash, err := s.commit(ctx, func(ctx context.Context) (plan, error) {
		return s.planSave(ctx, e, base, text, &saved)
	})
	if err != nil {
		return Saved{}, err
	}
	saved.Revision = hash
	s.settleDraft(ctx, e.Name)
	return saved, nil
}

func errPageTooLarge() error {
	return fmt.Errorf("%w: a page may have %d KB", ErrTooLarge, MaxPageBytes>>10)
}

// planSave compares what an edit began from with what the page is now.
func (s *Session) planSave(ctx context.Context, e Edit, base, text string, saved *Saved) (plan, error) {
	*saved = Saved{}
	now, err := s.Page(ctx, e.Name)
	name, present := e.Name, cleanText(now.Text)
	switch {
	case errors.Is(err, ErrNotFound):
		now = Page{}
		if e.Base != nil {
			return plan{}, &Conflict{Ours: text, Base: base}
		}
		saved.Created = true
		if err := s.free(ctx, name.file()); err != nil {
			return plan{}, err
		}
	case err != nil:
		return plan{}, err
	default:
		name = now.Name
		if err := s.need(name.path, access.Write); err != nil {
			return plan{}, err
		}
		if e.Base == nil && present != text || e.Strict && present != base {
			return plan{}, &Conflict{Theirs: now, Ours: text, Base: base, Merged: marked(base, text, present)}
		}
	}
	if e.Base != nil && present != base {
		result := merge.Merge([]byte(base), []byte(text), []byte(present))
		if !result.Clean() {
			return plan{}, &Conflict{Theirs: now, Ours: text, Base: base, Merged: marked(base, text, present)}
		}
		saved.Merged = true
		text = string(result.Text)
	}
	if len(text) > MaxPageBytes {
		return plan{}, errPageTooLarge()
	}
	p := plan{edits: []repo.Edit{{Path: name.file(), Content: []byte(text)}}, message: e.Message}
	if saved.Created {
		p.pages = 1
	}
	if strings.TrimSpace(p.message) == "" {
		p.message = s.usualMessage(name, saved.Created)
	}
	return p, nil
}

// marked shows both versions in one text.
func marked(base, ours, theirs string) string {
	result := merge.Merge([]byte(base), []byte(ours), []byte(theirs))
	return string(result.Marked("your version", "the page now"))
}

// free checks that a new file would hide nothing.
func (s *Session) free(ctx context.Context, file repo.Path) error {
	_, err := s.w.index.Attachment(ctx, file.String())
	switch {
	case err == nil:
		return fmt.Errorf("%w: “%s”", ErrExists, file)
	case !errors.Is(err, ErrNotFound):
		return err
	}
	return nil
}

// checkMessage holds an edit against the wiki's choice about messages.
func (s *Session) checkMessage(message string) error {
	if s.settings.preferences.Content.CommitMessage == preferences.MessageRequired && strings.TrimSpace(message) == "" {
		return invalid("this wiki asks for a few words on what you changed")
	}
	return nil
}

// usualMessage is what a commit says when its author says nothing.
func (s *Session) usualMessage(name Name, created bool) string {
	if usual := s.settings.preferences.Content.DefaultCommitMessage; usual != "" {
		return preferences.ExpandCommitMessage(usual, name.path, time.Now())
	}
	if created {
		return "Created " + name.path
	}
	return "Updated " + name.path
}

// cleanText is how pages are stored: lines end with a line feed, and so does
// the last one.
func cleanText(text string) string {
	text = strings.ToValidUTF8(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(text), "\uFFFD")
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}
