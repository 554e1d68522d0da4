package repo

import (
	"context"
	"fmt"
	"time"
)

// Write is a new commit on top of Parent.
type Write struct {
	Parent    Hash // where the branch must be; zero for the first commit
	Edits     []Edit
	Author    Signature // a time of zero is now
	Committer Signature // the zero value is the author
	Message   string
}

// Write makes a commit and moves the branch from w.Parent to it. When it
// returns, both have reached the disk. It fails with ErrMoved, and writes
// nothing, when the branch is elsewhere; with ErrUnchanged when the files would
// stay as they are; with ErrConflictingPath for a path that is needed as a file
// and as a folder, or is taken by something that is no plain file; with
// ErrNotFound for a file to delete or a Blob that is not there.
func (r *Repository) Write(ctx context.Context, w Write) (Hash, error) {
	changes, err := groupEdits(w.Edits)
	if err != nil {
		return Hash{}, fmt.Errorf("write commit: %w", err)
	}
	var made Hash
	err = r.moveBranch(ctx, w.Parent, func(rd *reader, out *batch) (Hash, error) {
		made, err = r.commitEdits(rd, out, w, changes)
		return made, err
	})
	if err != nil {
		return Hash{}, fmt.Errorf("write commit: %w", err)
	}
	return made, nil
}

// commitEdits adds the objects of a write to a batch.
func (r *Repository) commitEdits(rd *reader, out *batch, w Write, changes edits) (Hash, error) {
	c := Commit{Author: w.Author, Committer: w.Committer, Message: w.Message}
	var before Hash
	if !w.Parent.IsZero() {
		parent, err := rd.commit(w.Parent)
		if err != nil {
			return Hash{}, err
		}
		before = parent.Tree
		c.Parents = []Hash{w.Parent}
	}
	ed := editor{rd: rd, out: out}
	after, err := ed.folder(before, changes, "")
	if err != nil {
		return Hash{}, err
	}
	if after == before || after.IsZero() && before == emptyTree() {
		return Hash{}, ErrUnchanged
	}
	if c.Tree = after; after.IsZero() {
		if c.Tree, err = out.add(treeKind, nil); err != nil {
			return Hash{}, err
		}
	}
	if c.Author.When.IsZero() {
		c.Author.When = time.Now()
	}
	if c.Committer == (Signature{}) {
		c.Committer = c.Author
	}
	if c.Committer.When.IsZero() {
		c.Committer.When = c.Author.When
	}
	return out.add(commitKind, c.encode())
}

// emptyTree is the name of a folder without entries.
func emptyTree() Hash { return hashOf(treeKind, nil) }

// Advance moves the branch from one commit to another, which must be there. It
// fails with ErrMoved when the branch is elsewhere.
func (r *Repository) Advance(ctx context.Context, from, to Hash) error {
	err := r.moveBranch(ctx, from, func(rd *reader, _ *batch) (Hash, error) {
		_, err := rd.commit(to)
		return to, err
	})
	if err != nil {
		return fmt.Errorf("advance branch: %w", err)
	}
	return nil
}

// moveBranch moves the branch from one commit to the one that build returns,
// if it is at the first under the branch's lock. Everything that build adds to
// the batch reaches the disk before the branch names it.
func (r *Repository) moveBranch(ctx context.Context, from Hash, build func(*reader, *batch) (Hash, error)) error {
	select {
	case r.writes <- struct{}{}:
		defer func() { <-r.writes }()
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrLocked, ctx.Err())
	}
	l, err := r.lockBranch(ctx)
	if err != nil {
		return err
	}
	defer l.release()
	r.step("branch locked")
	at, err := r.readBranch()
	if err != nil {
		return err
	}
	if at != from {
		return fmt.Errorf("%w: it is at %s", ErrMoved, at)
	}
	rd := r.read(ctx)
	defer rd.close()
	out := r.newBatch(rd)
	defer out.close()
	to, err := build(rd, out)
	if err != nil {
		return err
	}
	if err := out.land(func() error { return l.write(to) }); err != nil {
		return err
	}
	r.step("objects durable")
	return l.commit()
}
