package wiki

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/wiki/repo"
)

// maxMessage bounds the message of a commit, in bytes.
const maxMessage = 10_000

// attempts bounds how often a write is tried again when another process moved
// the branch meanwhile.
const attempts = 5

// plan is what a commit is to contain.
type plan struct {
	edits   []repo.Edit
	message string
	pages   int64 // how many there are more
}

// commit writes one commit. decide is asked what it contains at the present
// head; it is asked again when another process was faster. The index follows
// before commit returns, and the session reads the new commit from then on.
func (s *Session) commit(ctx context.Context, decide func(ctx context.Context) (plan, error)) (repo.Hash, error) {
	w := s.w
	if err := w.home.CheckWritable(); err != nil {
		return repo.Hash{}, err
	}
	w.writing.Lock()
	defer w.writing.Unlock()
	for range attempts {
		if err := s.refresh(ctx); err != nil {
			return repo.Hash{}, err
		}
		p, err := decide(ctx)
		if err != nil {
			return repo.Hash{}, err
		}
		hash, err := s.land(ctx, p)
		if !errors.Is(err, repo.ErrMoved) {
			return hash, err
		}
	}
	return repo.Hash{}, fmt.Errorf("commit: %w", repo.ErrMoved)
}

// land writes a commit on top of the session's head and brings the index along.
func (s *Session) land(ctx context.Context, p plan) (repo.Hash, error) {
	w := s.w
	var grows int64
	for _, e := range p.edits {
		grows += int64(len(e.Content))
	}
	if err := w.room(ctx, p.pages, grows); err != nil {
		return repo.Hash{}, err
	}
	signature := s.signature()
	hash, err := w.repo.Write(ctx, repo.Write{
		Parent: s.head, Edits: p.edits, Author: signature, Committer: signature, Message: cleanMessage(p.message),
	})
	switch {
	case errors.Is(err, repo.ErrUnchanged):
		return repo.Hash{}, ErrUnchanged
	case errors.Is(err, repo.ErrConflictingPath):
		return repo.Hash{}, fmt.Errorf("%w: a name is needed for a file and for a folder", ErrExists)
	case err != nil:
		return repo.Hash{}, fmt.Errorf("commit: %w", err)
	}
	w.usage.grow(grows)
	w.usage.landed(hash)
	// The commit stands whatever comes: if the index cannot follow now, the next
	// visit makes it.
	if err := s.refresh(context.WithoutCancel(ctx)); err != nil {
		w.log.Warn("the index could not follow a commit", "tenant", w.ID(), "error", err)
	}
	return hash, nil
}

// refresh lets the session read the present head. Settings stay as they were.
func (s *Session) refresh(ctx context.Context) error {
	state, _, err := s.w.look(ctx)
	if err != nil {
		return err
	}
	s.head, s.names = state.Head, state.Names
	return nil
}

// signature is who commits: the account's name, and an address that stays
// when the name changes.
func (s *Session) signature() repo.Signature {
	name, email := s.visitor.Name, s.visitor.Email
	if s.visitor.Account == "" {
		name, email = "Anonymous", "anonymous@holt"
	}
	if email == "" {
		email = s.visitor.Account + "@holt"
	}
	return repo.Signature{Name: name, Email: email, When: time.Now()}
}

// cleanMessage bounds a message and ends it with one line break, as git does.
func cleanMessage(message string) string {
	message = strings.ToValidUTF8(strings.ReplaceAll(message, "\r\n", "\n"), "\uFFFD")
	message = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, message)
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage], "")
	}
	return strings.TrimSpace(message) + "\n"
}
