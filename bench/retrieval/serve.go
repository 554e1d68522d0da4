package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/holtdb/holt/bench/retrieval/corpus"
	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/tenant"
)

const (
	libraryDir  = "library"
	owner       = "evaluation"
	workers     = 2
	uploads     = 50 // that wait at a time
	matrixBytes = 1 << 30
	longestWait = 100 * time.Millisecond
)

// server holds the library of the evaluation as a server does, except that it
// does the background work when it is told to.
type server struct {
	library *library.Library
	models  *models
	files   map[string]string // document ids by file name
	close   func()
}

// serve opens the library in the folder work with all documents in it.
func serve(ctx context.Context, work string, c corpus.Corpus, reuse bool) (s *server, err error) {
	dir := filepath.Join(work, libraryDir)
	if !reuse {
		if err := os.RemoveAll(dir); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s = &server{models: &models{}, close: func() {}}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if err := s.open(ctx, dir); err != nil {
		return nil, fmt.Errorf("open library: %w", err)
	}
	if err := s.fill(ctx, corpus.Documents(work), c.Documents); err != nil {
		return nil, err
	}
	return s, nil
}

// open opens the library in a folder.
func (s *server) open(ctx context.Context, dir string) error {
	var closers []func() error
	s.close = sync.OnceFunc(func() {
		for i := len(closers) - 1; i >= 0; i-- {
			if err := closers[i](); err != nil {
				slog.Warn("close", "error", err)
			}
		}
	})
	kind, err := library.Kind()
	if err != nil {
		return err
	}
	fleet, err := tenant.OpenFleet(dir, kind)
	if err != nil {
		return err
	}
	closers = append(closers, fleet.Close)
	engine, err := pdf.NewEngine(pdf.Options{CacheDir: filepath.Join(dir, "cache")})
	if err != nil {
		return err
	}
	closers = append(closers, engine.Close)
	cfg := library.Config{
		PDF: engine, Models: s.models, Matrices: retrieve.NewBudget(matrixBytes),
		Announce: func(context.Context, tenant.ID) (func(), error) { return func() {}, nil },
	}
	registry := tenant.NewRegistry(fleet, func(ctx context.Context, home *tenant.Home) (*library.Library, error) {
		return library.Open(ctx, home, cfg)
	}, tenant.Options{})
	closers = append(closers, func() error { return registry.Close(context.WithoutCancel(ctx)) })
	id, err := tenant.ParseID(owner)
	if err != nil {
		return err
	}
	h, err := registry.AcquireOrCreate(ctx, id)
	if err != nil {
		return err
	}
	closers = append(closers, func() error { h.Release(); return nil })
	s.library = h.Value()
	return nil
}

// fill uploads documents and waits until they are read. Those that are there
// are left. Only some wait at a time, as when a person uploads a folder.
func (s *server) fill(ctx context.Context, dir string, names []string) error {
	if err := s.list(ctx); err != nil {
		return err
	}
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return s.files[name] != "" })
	for some := range slices.Chunk(names, uploads) {
		for _, name := range some {
			if err := s.upload(ctx, filepath.Join(dir, name), name); err != nil {
				return fmt.Errorf("upload %s: %w", name, err)
			}
		}
		if err := s.work(ctx); err != nil {
			return err
		}
	}
	if err := s.work(ctx); err != nil {
		return err
	}
	return s.list(ctx)
}

func (s *server) upload(ctx context.Context, path, name string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, _, err = s.library.Upload(ctx, name, f, 0)
	return err
}

// list notes the ids of the documents.
func (s *server) list(ctx context.Context) error {
	s.files = make(map[string]string)
	filter := library.Filter{Limit: 100}
	for {
		list, err := s.library.Documents(ctx, filter)
		if err != nil {
			return err
		}
		for _, d := range list.Documents {
			s.files[d.FileName] = d.ID
		}
		if filter.After = list.Next; list.Next == "" {
			return nil
		}
	}
}

// work does the library's background work until there is none.
func (s *server) work(ctx context.Context) error {
	errs := make([]error, workers)
	var running sync.WaitGroup
	for i := range workers {
		running.Go(func() { errs[i] = s.workOff(ctx) })
	}
	running.Wait()
	return errors.Join(errs...)
}

func (s *server) workOff(ctx context.Context) error {
	for ctx.Err() == nil {
		task, due, err := s.library.Claim(ctx)
		switch {
		case err != nil:
			return err
		case task != nil:
			task(ctx)
		case due.IsZero():
			return nil
		default:
			select {
			// What another worker is at counts as due when its lease ends.
			case <-time.After(min(time.Until(due), longestWait)):
			case <-ctx.Done():
			}
		}
	}
	return ctx.Err()
}
