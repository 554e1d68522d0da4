package tenant

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/holtdb/holt/sqlite"
)

// MigrateOptions say how a fleet is migrated. The zero value is cautious.
type MigrateOptions struct {
	// DryRun migrates a copy of each database and throws it away.
	DryRun bool
	// Workers is how many tenants are migrated at once; 0 means one per processor.
	Workers int
	// Canary is the share of the tenants that goes first; the rest follows only
	// when none of them failed. 0 means 0.01, at least one tenant.
	Canary float64
	// MaxFailures is the share of failures beyond which the run stops; 0 means 0.01.
	MaxFailures float64
	// Progress, when set, is told after each tenant. It is not called
	// concurrently.
	Progress func(MigrateReport)
}

// MigrateReport says how a migration stands or ended.
type MigrateReport struct {
	Total    int // tenants of the fleet
	Done     int // migrated, or found migrated, in this run
	Skipped  int // done in an earlier run, as its journal says
	Failures []MigrateFailure
	Strays   []error // names in the kind's folder that are no tenant's, left alone
	Stopped  string  // why the run ended before its time; "" when it did not
}

// MigrateFailure is a tenant that could not be migrated. It is as it was.
type MigrateFailure struct {
	Tenant ID
	Err    error
}

// Migrate brings the databases of all tenants to the kind's schemas. A journal
// in the data directory lets the next run go on where this one ended; it is
// removed when all tenants are done.
func (f *Fleet) Migrate(ctx context.Context, opts MigrateOptions) (MigrateReport, error) {
	if opts.Workers <= 0 {
		opts.Workers = runtime.NumCPU()
	}
	if opts.Canary <= 0 {
		opts.Canary = 0.01
	}
	if opts.MaxFailures <= 0 {
		opts.MaxFailures = 0.01
	}
	var ids []ID
	var strays []error
	for id, err := range f.IDs(ctx) {
		switch {
		case errors.Is(err, ErrInvalidID):
			strays = append(strays, err)
		case err != nil:
			return MigrateReport{}, err
		default:
			ids = append(ids, id)
		}
	}
	journal, err := f.openJournal(ctx, opts.DryRun)
	if err != nil {
		return MigrateReport{}, err
	}
	run := &migration{fleet: f, opts: opts, journal: journal, report: MigrateReport{Total: len(ids), Strays: strays}}
	err = run.all(ctx, ids)
	complete := err == nil && run.report.Done+run.report.Skipped == run.report.Total
	return run.report, errors.Join(err, journal.close(complete))
}

// migration is one run over a fleet.
type migration struct {
	fleet   *Fleet
	opts    MigrateOptions
	journal *journal

	mu     sync.Mutex
	report MigrateReport
}

func (m *migration) all(ctx context.Context, ids []ID) error {
	var left []ID
	for _, id := range ids {
		if m.journal.has(id) {
			m.report.Skipped++
		} else {
			left = append(left, id)
		}
	}
	// In chance order: the first ones stand for all.
	rand.Shuffle(len(left), func(i, j int) { left[i], left[j] = left[j], left[i] })
	canary := min(len(left), max(1, int(math.Ceil(m.opts.Canary*float64(len(ids))))))
	if err := m.some(ctx, left[:canary]); err != nil {
		return err
	}
	if len(m.report.Failures) > 0 && canary < len(left) {
		m.report.Stopped = fmt.Sprintf("%d of the first %d tenants failed", len(m.report.Failures), canary)
		return nil
	}
	return m.some(ctx, left[canary:])
}

// some migrates tenants in parallel until all are done or the run stops.
func (m *migration) some(ctx context.Context, ids []ID) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := make(chan ID)
	var workers sync.WaitGroup
	for range min(m.opts.Workers, len(ids)) {
		workers.Go(func() {
			for id := range next {
				if err := m.record(id, m.one(ctx, id)); err != nil {
					stop(err)
				}
			}
		})
	}
	for _, id := range ids {
		select {
		case next <- id:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(next)
	workers.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, errTooManyFailures) {
		return cause
	}
	m.report.Stopped = fmt.Sprintf("%d of %d tenants failed", len(m.report.Failures), m.report.Total)
	return nil
}

var errTooManyFailures = errors.New("too many failures")

// record notes how a tenant's migration ended. It returns an error when the
// run must stop.
func (m *migration) record(id ID, err error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case errors.Is(err, ErrNotExist): // deleted meanwhile
		m.report.Total--
	case errors.Is(err, context.Canceled):
		return err
	case err != nil:
		m.report.Failures = append(m.report.Failures, MigrateFailure{Tenant: id, Err: err})
	default:
		m.report.Done++
		if err := m.journal.add(id); err != nil {
			return err
		}
	}
	if m.opts.Progress != nil {
		m.opts.Progress(m.report)
	}
	allowed := m.opts.MaxFailures * float64(m.report.Total)
	if n := len(m.report.Failures); n > 1 && float64(n) > allowed {
		return errTooManyFailures
	}
	return nil
}

// one migrates one tenant.
func (m *migration) one(ctx context.Context, id ID) error {
	h, err := m.fleet.Open(ctx, id)
	if err != nil {
		return err
	}
	for _, spec := range m.fleet.kind.Databases {
		if m.opts.DryRun {
			err = h.tryMigration(ctx, spec)
		} else {
			err = h.migrate(ctx, spec)
		}
		if err != nil {
			break
		}
	}
	return errors.Join(err, h.Close())
}

func (h *Home) migrate(ctx context.Context, spec Database) error {
	db, err := h.OpenDatabase(ctx, spec.File, DatabaseOptions{})
	if err != nil {
		return err
	}
	return db.Close()
}

// tryMigration migrates a copy of a database. One that is derived and missing
// would be made new, which needs no trial.
func (h *Home) tryMigration(ctx context.Context, spec Database) (err error) {
	live, err := h.look(ctx, spec)
	if spec.Derived && errors.Is(err, sqlite.ErrMissing) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, live.Close()) }()
	passing := filepath.Join(buildDir, randomName())
	if err := h.fleet.data.Mkdir(passing, dirMode); err != nil {
		return fmt.Errorf("copy %s: %w", spec.File, err)
	}
	defer func() { err = errors.Join(err, h.fleet.data.RemoveAll(passing)) }()
	copied := filepath.Join(h.fleet.path, passing, spec.File)
	if err := live.Backup(ctx, copied); err != nil {
		return fmt.Errorf("%s: %w", spec.File, err)
	}
	tried, err := sqlite.Open(ctx, copied, sqlite.Options{Schema: spec.Schema})
	if err != nil {
		return fmt.Errorf("%s: %w", spec.File, err)
	}
	return tried.Close()
}
