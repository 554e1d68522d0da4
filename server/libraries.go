package server

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

// workPatience is how long work in the background waits for a place for a
// library, before another has its turn.
const workPatience = 10 * time.Second

// openLibraries sets up the registry of libraries and the pool that works on
// their jobs. No library is looked at.
func (s *Server) openLibraries(ctx context.Context) error {
	kind, err := library.Kind()
	if err != nil {
		return err
	}
	if s.fleet, err = tenant.OpenFleet(s.cfg.Data, kind); err != nil {
		return err
	}
	if s.pdf, err = pdf.NewEngine(pdf.Options{CacheDir: filepath.Join(s.cfg.Data, "cache", "pdfium")}); err != nil {
		return err
	}
	s.pool = queue.NewPool(s.claim, s.store.Ledger(kind.Name), queue.Options{Workers: workersFor(s.maxOpen), Logger: s.log})
	recognition, err := s.openRecognition(ctx)
	if err != nil {
		return err
	}
	if err := s.openModels(kind.Name); err != nil {
		return err
	}
	s.holds = make(chan struct{}, max(1, s.maxOpen/2))
	shared := library.Config{
		PDF: s.pdf, OCR: recognition, Models: s.models, Matrices: s.matrices(), Hold: s.hold,
		Logger: s.log, Limits: s.limits, Announce: s.pool.Announce,
		EmbedSlots: make(chan struct{}, max(1, workersFor(s.maxOpen)-1)),
	}
	s.libraries = tenant.NewRegistry(s.fleet, func(ctx context.Context, home *tenant.Home) (*library.Library, error) {
		return library.Open(ctx, home, shared)
	}, tenant.Options{MaxOpen: s.maxOpen, Idle: s.cfg.Idle, Logger: s.log})
	return nil
}

// workersFor returns how many jobs may be worked on at once: one more than
// processors, but never so many that no library could be opened for people.
func workersFor(maxOpen int) int {
	return max(1, min(runtime.NumCPU()+1, maxOpen-1))
}

// limits returns what the tier of a library's owner allows.
func (s *Server) limits(ctx context.Context, id tenant.ID) (tenant.Limits, int64, error) {
	tier, err := tierOf(ctx, s.store, id)
	if err != nil {
		return tenant.Limits{}, 0, err
	}
	return tier.Limits(), tier.UploadBytes, nil
}

// claim implements [queue.Claim]. The library stays pinned until its task has
// run.
func (s *Server) claim(ctx context.Context, id tenant.ID) (queue.Task, time.Time, error) {
	handle, err := s.acquire(ctx, id)
	if err != nil {
		return nil, time.Time{}, err
	}
	task, due, err := handle.Value().Claim(ctx)
	if err != nil || task == nil {
		handle.Release()
		return nil, due, err
	}
	return func(ctx context.Context) {
		defer handle.Release()
		ctx, cancel := handle.WhileStaying(ctx)
		defer cancel()
		task(ctx)
	}, time.Time{}, nil
}

// acquire pins a library for work in the background.
func (s *Server) acquire(ctx context.Context, id tenant.ID) (*tenant.Handle[*library.Library], error) {
	ctx, cancel := context.WithTimeout(ctx, workPatience)
	defer cancel()
	handle, err := s.libraries.Acquire(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("open library: %w", err)
	}
	return handle, nil
}
