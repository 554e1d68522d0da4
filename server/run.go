package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// Bounds of what a client may take. There is none on a whole answer: downloads
// and event streams last.
const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
)

// drainPatience is how long requests under way may take to finish when the
// server stops.
const drainPatience = 20 * time.Second

// Run serves until ctx ends. Then it accepts no more requests, lets those under
// way finish within 20 seconds, ends event streams, puts the jobs that are
// being worked on back into their queues, and closes the server.
func (s *Server) Run(ctx context.Context) error {
	web := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: readHeaderTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		TLSConfig:         s.tls,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return s.serve(web) })
	work.Go(func() error { return s.pool.Run(ctx) })
	work.Go(func() error { s.upkeep(ctx); return nil })
	work.Go(func() error {
		<-ctx.Done()
		return s.drain(web)
	})
	err := work.Wait()
	if err != nil {
		err = fmt.Errorf("run server: %w", err)
	}
	return errors.Join(err, s.Close())
}

func (s *Server) serve(web *http.Server) error {
	var err error
	if s.tls != nil {
		err = web.ServeTLS(s.listener, "", "")
	} else {
		err = web.Serve(s.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// drain ends the requests under way. Closing the registries at the same time
// tells the event streams and the jobs, which hold their libraries for long, to
// let go; a request that has its library keeps it to the end.
func (s *Server) drain(web *http.Server) error {
	s.log.Info("stopping", "open_libraries", s.libraries.Stats().Open, "open_wikis", s.wikis.Stats().Open)
	ctx, cancel := context.WithTimeout(context.Background(), drainPatience)
	defer cancel()
	var work errgroup.Group
	work.Go(func() error { return web.Shutdown(ctx) })
	work.Go(func() error { return s.libraries.Close(ctx) })
	work.Go(func() error { return s.wikis.Close(ctx) })
	if err := work.Wait(); err != nil {
		s.log.Warn("requests are cut off, as they took too long to finish", "error", err)
		return web.Close()
	}
	return nil
}
