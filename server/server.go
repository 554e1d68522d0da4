// Package server puts one Holt process together: the platform database, the
// libraries and wikis, the workers and the HTTP handlers, and takes them apart again in
// the right order.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
	"github.com/holtdb/holt/web"
	"github.com/holtdb/holt/wiki"
)

// PlatformFile is the name of the platform database in a data directory.
const PlatformFile = "holt.db"

const dirMode = 0o700 // nobody but the server's own user reads the data

// Server is one running Holt. It belongs to its data directory alone.
type Server struct {
	cfg     Config
	log     *slog.Logger
	maxOpen int
	files   uint64 // limit of open files

	lock      *os.File
	listener  net.Listener
	tls       *tls.Config
	store     *platform.Store
	fleet     *tenant.Fleet
	pdf       *pdf.Engine
	models    *models
	holds     chan struct{} // has a value for each library that is open for an answer
	pool      *queue.Pool
	libraries *tenant.Registry[*library.Library]
	wikiFleet *tenant.Fleet
	wikis     *tenant.Registry[*wiki.Wiki]
	session   *identity.Session
	handler   http.Handler

	closing  sync.Once
	closeErr error
}

// Open takes the data directory and the address and opens what is shared, but
// no library: its time does not grow with their number. Requests wait until
// [Server.Run]. The caller calls Run or [Server.Close].
//
// It fails with [ErrInUse] when another server has the data directory, and with
// [ErrConfig].
func Open(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Listen == "" {
		cfg.Listen = DefaultListen
	}
	s := &Server{cfg: cfg, log: cfg.Logger}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start server: %w", err), s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	if err := s.cfg.check(); err != nil {
		return err
	}
	var err error
	if s.cfg.Data, err = filepath.Abs(s.cfg.Data); err != nil {
		return err
	}
	if s.tls, err = s.cfg.certificate(); err != nil {
		return err
	}
	if err := s.countDescriptors(); err != nil {
		return err
	}
	if err := s.takeData(); err != nil {
		return err
	}
	if s.store, err = OpenPlatform(ctx, s.cfg.Data); err != nil {
		return err
	}
	callers, session, err := s.cfg.callers(s.store)
	if err != nil {
		return err
	}
	s.session = session
	if s.cfg.OpenRegistration != nil {
		if err := s.store.SetOpenRegistration(ctx, *s.cfg.OpenRegistration); err != nil {
			return err
		}
	}
	if err := s.openLibraries(ctx); err != nil {
		return err
	}
	if err := s.openWikis(); err != nil {
		return err
	}
	otter, err := s.cfg.otter()
	if err != nil {
		return err
	}
	s.handler, err = web.New(web.Config{
		Libraries: s.libraries, Wikis: s.wikis, Platform: s.store, Models: s.models, Callers: callers, Session: session,
		WikiTokens:   identity.NewWikiToken(s.store),
		WikiSessions: identity.NewWikiSession(s.store, s.cfg.TrustedProxies),
		Basic:        identity.NewBasic(s.store, s.cfg.TrustedProxies),
		Otter:        otter, WikiDomain: s.cfg.WikiDomain, Retention: TrashRetention,
		Trusted: s.cfg.TrustedProxies, Logger: s.log,
	})
	if err != nil {
		return err
	}
	if s.listener, err = net.Listen("tcp", s.cfg.Listen); err != nil {
		return fmt.Errorf("%w: listen on %s: %w", ErrConfig, s.cfg.Listen, err)
	}
	return nil
}

// countDescriptors decides how many libraries and wikis may be open at once.
func (s *Server) countDescriptors() error {
	var err error
	if s.files, err = openFiles(); err != nil {
		return err
	}
	if s.maxOpen = s.cfg.MaxOpen; s.maxOpen == 0 {
		s.maxOpen = MaxOpenFor(s.files)
	}
	if s.maxOpen > fitting(s.files) {
		s.log.Warn("the limit of open files may be too low for so many open libraries",
			"files", s.files, "max_open", s.maxOpen, "fits", fitting(s.files))
	}
	return nil
}

func (s *Server) takeData() error {
	if err := os.MkdirAll(s.cfg.Data, dirMode); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	data, err := os.OpenRoot(s.cfg.Data)
	if err != nil {
		return fmt.Errorf("open data directory: %w", err)
	}
	s.lock, err = lockData(data)
	return errors.Join(err, data.Close())
}

// OpenPlatform opens the platform database of a data directory, which exists.
// It is safe beside a running server.
func OpenPlatform(ctx context.Context, data string) (*platform.Store, error) {
	return platform.Open(ctx, filepath.Join(data, PlatformFile))
}

// Data returns the data directory as an absolute path.
func (s *Server) Data() string { return s.cfg.Data }

// MaxOpen returns how many libraries, and how many wikis, may be open at once.
func (s *Server) MaxOpen() int { return s.maxOpen }

// OpenFiles returns the limit of open files that MaxOpen was chosen by.
func (s *Server) OpenFiles() uint64 { return s.files }

// URL returns the address of the server without a path. A server that listens
// on all addresses is named localhost.
func (s *Server) URL() string {
	scheme := "http"
	if s.tls != nil {
		scheme = "https"
	}
	address := s.listener.Addr().String()
	if bound, err := netip.ParseAddrPort(address); err == nil && bound.Addr().IsUnspecified() {
		address = fmt.Sprintf("localhost:%d", bound.Port())
	}
	return scheme + "://" + address
}

// SetupURL makes the link by which the first administrator is made, and voids
// the one before. It is empty when there is an administrator. The link is a
// secret: it is shown to whoever started the server and not logged.
func (s *Server) SetupURL(ctx context.Context) (string, error) {
	secret, err := s.store.SetupSecret(ctx)
	if errors.Is(err, platform.ErrSetupDone) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return s.URL() + "/setup/" + secret, nil
}

// closePatience is how long Close waits for those who still use a library.
const closePatience = 15 * time.Second

// Close gives everything back. Run does it at its end; further calls do
// nothing.
func (s *Server) Close() error {
	s.closing.Do(func() { s.closeErr = s.close() })
	return s.closeErr
}

// close closes what is open, the last first.
func (s *Server) close() error {
	var errs []error
	if s.listener != nil {
		if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	if s.libraries != nil {
		errs = append(errs, s.libraries.Close(ctx))
	}
	if s.wikis != nil {
		errs = append(errs, s.wikis.Close(ctx))
	}
	if s.pdf != nil {
		errs = append(errs, s.pdf.Close())
	}
	if s.models != nil {
		errs = append(errs, s.models.Close())
	}
	for _, fleet := range []*tenant.Fleet{s.fleet, s.wikiFleet} {
		if fleet != nil {
			errs = append(errs, fleet.Close())
		}
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("stop server: %w", err)
	}
	return nil
}
