package wiki

import (
	"context"
	"fmt"
	"io"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

// maxPush bounds a push into a wiki without a quota, in bytes.
const maxPush = 2 << 30

// checkGit says whether the visitor may use a service of the git server. A
// clone holds every page, so it takes reading all of them; a push may change
// any, so it takes writing and uploading.
func (s *Session) checkGit(service transport.Service) error {
	switch {
	case !s.settings.preferences.Repository.GitWebServer:
		return fmt.Errorf("%w: its git server is switched off", ErrNoGit)
	case s.w.git == nil:
		return fmt.Errorf("%w: this server has no git program", ErrNoGit)
	}
	need := access.Read
	if service == transport.Receive {
		need |= access.Write | access.Upload
		if err := s.w.home.CheckWritable(); err != nil {
			return err
		}
	}
	if !s.view.Base().Has(need) || s.view.Restricted() {
		return &Forbidden{Need: need, Reason: s.view.Reason()}
	}
	return nil
}

// Advertise writes what a git client is told first.
func (s *Session) Advertise(ctx context.Context, service transport.Service, protocol string, out io.Writer) error {
	if err := s.checkGit(service); err != nil {
		return err
	}
	return s.w.git.Advertise(ctx, s.w.path, service, protocol, out)
}

// UploadPack answers a clone or a fetch.
func (s *Session) UploadPack(ctx context.Context, protocol string, in io.Reader, out io.Writer) error {
	if err := s.checkGit(transport.Upload); err != nil {
		return err
	}
	return s.w.git.UploadPack(ctx, s.w.path, protocol, in, out)
}

// ReceivePack answers a push. What it changes must be the visitor's to change,
// and fit into the wiki. Pages and search follow before the client is told that
// it was taken.
func (s *Session) ReceivePack(ctx context.Context, in io.Reader, out io.Writer) error {
	if err := s.checkGit(transport.Receive); err != nil {
		return err
	}
	scratch, err := s.w.home.FolderPath(incomingDir)
	if err != nil {
		return fmt.Errorf("receive push: %w", err)
	}
	room, err := s.pushRoom(ctx)
	if err != nil {
		return err
	}
	return s.w.git.ReceivePack(ctx, transport.Push{
		Dir: s.w.path, Scratch: scratch, MaxBytes: room, Review: s.review, Land: s.landPush,
	}, in, out)
}

// pushRoom returns how large a push may be.
func (s *Session) pushRoom(ctx context.Context) (int64, error) {
	limit := s.w.limits.Load().Bytes
	if limit == 0 {
		return maxPush, nil
	}
	used, err := s.w.repoBytes(ctx, true)
	if err != nil {
		return 0, err
	}
	// Git refuses what is larger while it reads. Nothing left is refused by the
	// review, in words.
	return max(1, min(maxPush, limit-used)), nil
}

// review decides about a push that is whole and sound.
func (s *Session) review(ctx context.Context, pushed transport.Quarantine, old, new repo.Hash) error {
	// Every commit counts, also one that a later commit of the push takes back:
	// its changes stay in the history.
	if err := pushed.Touched(ctx, s.reviewChange); err != nil {
		return err
	}
	var pages int64
	err := pushed.Changes(ctx, old, new, func(c transport.Change) error {
		switch {
		case !index.IsPageFile(c.Path):
		case c.OldMode == 0:
			pages++
		case c.NewMode == 0:
			pages--
		}
		return nil
	})
	if err != nil {
		return err
	}
	size, err := pushed.Size()
	if err != nil {
		return err
	}
	if err := s.w.room(ctx, pages, size); err != nil {
		return transport.Refuse("this wiki is full: %v", err)
	}
	largest := s.attachmentLimit()
	if largest == 0 {
		return nil
	}
	return pushed.Entries(ctx, new, func(e transport.Entry) error {
		if e.Size > largest {
			return transport.Refuse("%s is too large: a file may have %d bytes", shorten(e.Path), largest)
		}
		return nil
	})
}

// reviewChange refuses what a wiki cannot show, or the visitor may not change.
func (s *Session) reviewChange(c transport.Change) error {
	_, err := repo.ParsePath(c.Path)
	switch {
	case c.NewMode == 0 && err != nil:
		return nil // it is good that it goes
	case c.NewMode == transport.ModeSymlink:
		return transport.Refuse("symbolic links are not taken: %s", shorten(c.Path))
	case c.NewMode == transport.ModeSubmodule:
		return transport.Refuse("submodules are not taken: %s", shorten(c.Path))
	case err != nil:
		return transport.Refuse("this cannot be the name of a file in a wiki: %s", shorten(c.Path))
	case !s.view.Can(pageOfFile(c.Path), access.Write):
		return transport.Refuse("you may not change %s", shorten(c.Path))
	}
	return nil
}

// landPush moves the branch to what was pushed, and lets the index follow.
func (s *Session) landPush(ctx context.Context, old, new repo.Hash) error {
	s.w.writing.Lock()
	defer s.w.writing.Unlock()
	if err := s.w.repo.Advance(ctx, old, new); err != nil {
		return err
	}
	s.w.usage.forget()
	// The push stands whatever comes: the next visit makes what is missing.
	if err := s.refresh(context.WithoutCancel(ctx)); err != nil {
		s.w.log.Warn("the index could not follow a push", "tenant", s.w.ID(), "error", err)
	}
	return nil
}
