package bench_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

const mainDatabase = "pagepiper.db"

// bare is the data source of the baseline: the driver alone, with the settings
// that a home's database has for reading and writing.
func bare(path, synchronous string) string {
	q := url.Values{
		"mode": {"rwc"}, "_defensive": {"1"}, "_dqs": {"0"}, "_error_rc": {"1"}, "_busy_timeout": {"5000"},
		"_synchronous": {synchronous}, "_foreign_keys": {"on"}, "_pragma": {"trusted_schema(0)"}, "_txlock": {"immediate"},
	}
	return "file:" + path + "?" + q.Encode()
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func mustKind(b *testing.B) tenant.Kind {
	b.Helper()
	kind, err := library.Kind()
	must(b, err)
	return kind
}

func mustID(b *testing.B, i int) tenant.ID {
	b.Helper()
	id, err := tenant.ParseID(fmt.Sprintf("user-%05d", i))
	must(b, err)
	return id
}

// fleetOf makes a fleet with n tenants.
func fleetOf(b *testing.B, n int) (*tenant.Fleet, string) {
	b.Helper()
	dir := b.TempDir()
	fleet, err := tenant.OpenFleet(dir, mustKind(b))
	must(b, err)
	b.Cleanup(func() { must(b, fleet.Close()) })
	for i := range n {
		must(b, fleet.Create(b.Context(), mustID(b, i)))
	}
	return fleet, dir
}

func homeFile(dir string, id tenant.ID) string {
	return filepath.Join(dir, "users", id.Dir(), mainDatabase)
}

// registryOf opens tenants as their main database alone.
func registryOf(b *testing.B, fleet *tenant.Fleet, relaxed bool, maxOpen int) *tenant.Registry[*sqlite.DB] {
	b.Helper()
	r := tenant.NewRegistry(fleet, func(ctx context.Context, home *tenant.Home) (*sqlite.DB, error) {
		return home.OpenDatabase(ctx, mainDatabase, tenant.DatabaseOptions{Relaxed: relaxed})
	}, tenant.Options{MaxOpen: maxOpen})
	b.Cleanup(func() { must(b, r.Close(context.Background())) })
	return r
}

const pointRead = "SELECT created FROM holt_stamp WHERE only = ?"

func readPoint(b *testing.B, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) {
	var created int64
	if err := q.QueryRowContext(b.Context(), pointRead, 1).Scan(&created); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkWarmAcquire is what isolation costs a request whose tenant is open.
func BenchmarkWarmAcquire(b *testing.B) {
	fleet, dir := fleetOf(b, 1)
	r := registryOf(b, fleet, false, 16)
	id := mustID(b, 0)
	acquire := func(n int) {
		for range n {
			h, err := r.Acquire(b.Context(), id)
			if err != nil {
				b.Fatal(err)
			}
			h.Release()
		}
	}
	b.Run("against-map-under-mutex", func(b *testing.B) {
		var mu sync.Mutex
		tenants := map[tenant.ID]*sqlite.DB{id: nil}
		var found *sqlite.DB
		compare(b, 2000, acquire, func(n int) {
			for range n {
				mu.Lock()
				found = tenants[id]
				mu.Unlock()
			}
		})
		_ = found
	})
	b.Run("against-prepared-point-read", func(b *testing.B) {
		db, err := sql.Open("sqlite", bare(homeFile(dir, id), "FULL"))
		must(b, err)
		defer db.Close()
		stmt, err := db.PrepareContext(b.Context(), pointRead)
		must(b, err)
		defer stmt.Close()
		compare(b, 500, acquire, func(n int) {
			for range n {
				var created int64
				if err := stmt.QueryRowContext(b.Context(), 1).Scan(&created); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

// BenchmarkColdOpen is the way from a closed tenant to its first row, checks of
// path, stamp and schema included, against the driver that opens the file. The
// two take turns tenant by tenant, each on closed ones. Closing is not measured.
func BenchmarkColdOpen(b *testing.B) {
	const half = 64
	fleet, dir := fleetOf(b, 2*half)
	r := registryOf(b, fleet, false, 2*half)
	ids := make([]tenant.ID, 2*half)
	for i := range ids {
		ids[i] = mustID(b, i)
	}
	opened := make([]*sql.DB, 0, half)
	through := func(id tenant.ID) side {
		return func(int) {
			h, err := r.Acquire(b.Context(), id)
			if err != nil {
				b.Fatal(err)
			}
			readPoint(b, h.Value().Reader())
			h.Release()
		}
	}
	direct := func(id tenant.ID) side {
		return func(int) {
			db, err := sql.Open("sqlite", bare(homeFile(dir, id), "FULL"))
			if err != nil {
				b.Fatal(err)
			}
			readPoint(b, db)
			opened = append(opened, db)
		}
	}
	var ratios []float64
	var ours, theirs time.Duration
	for b.Loop() {
		for i := range half {
			a, c := timed(through(ids[i]), 1), timed(direct(ids[half+i]), 1)
			ours, theirs = ours+a, theirs+c
			ratios = append(ratios, float64(a)/float64(c))
		}
		for i := range half {
			must(b, r.Evict(b.Context(), ids[i]))
			must(b, opened[i].Close())
		}
		opened = opened[:0]
		slices.Reverse(ids) // neither side has the better half
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(ours.Nanoseconds())/float64(len(ratios)), "subject-ns")
	b.ReportMetric(float64(theirs.Nanoseconds())/float64(len(ratios)), "baseline-ns")
	b.ReportMetric(median(ratios), "times-baseline")
}

// BenchmarkCreate makes a tenant that survives a loss of power, against running
// the same migrations on empty files.
func BenchmarkCreate(b *testing.B) {
	fleet, _ := fleetOf(b, 0)
	kind := mustKind(b)
	made, plain := 0, 0
	dir := b.TempDir()
	compare(b, 8, func(n int) {
		for range n {
			must(b, fleet.Create(b.Context(), mustID(b, made)))
			made++
		}
	}, func(n int) {
		for range n {
			home := filepath.Join(dir, fmt.Sprint(plain))
			must(b, os.Mkdir(home, 0o700))
			for _, d := range kind.Databases {
				db, err := sqlite.Open(b.Context(), filepath.Join(home, d.File), sqlite.Options{Schema: d.Schema, Create: true})
				must(b, err)
				must(b, db.Close())
			}
			plain++
		}
	})
}

// BenchmarkPointReads reads one row each from 200 open tenants on all
// processors, through the registry and from 200 bare databases.
func BenchmarkPointReads(b *testing.B) {
	const tenants = 200
	fleet, dir := fleetOf(b, tenants)
	r := registryOf(b, fleet, false, tenants)
	ids := make([]tenant.ID, tenants)
	plain := make([]*sql.DB, tenants)
	for i := range tenants {
		ids[i] = mustID(b, i)
		db, err := sql.Open("sqlite", bare(homeFile(dir, ids[i]), "FULL"))
		must(b, err)
		b.Cleanup(func() { must(b, db.Close()) })
		plain[i] = db
	}
	parallel := func(one func(i int)) side {
		return func(n int) {
			var wg sync.WaitGroup
			for g := range 4 {
				rng := rand.New(rand.NewPCG(uint64(g), 7))
				wg.Go(func() {
					for range n / 4 {
						one(rng.IntN(tenants))
					}
				})
			}
			wg.Wait()
		}
	}
	through := parallel(func(i int) {
		h, err := r.Acquire(b.Context(), ids[i])
		if err != nil {
			b.Error(err)
			return
		}
		defer h.Release()
		readPoint(b, h.Value().Reader())
	})
	direct := parallel(func(i int) { readPoint(b, plain[i]) })
	through(8 * tenants)
	direct(8 * tenants)
	compare(b, 8000, through, direct)
}
