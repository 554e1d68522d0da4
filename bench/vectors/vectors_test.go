package vectors_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	_ "modernc.org/sqlite"
	_ "modernc.org/sqlite/vec" // the baseline

	"github.com/holtdb/holt/library/retrieve"
)

const (
	dimension = 384
	nearest   = 20
)

// BenchmarkVectors is the search for the 20 nearest of many passages, against
// sqlite-vec and against a plain loop in Go, each query on one after the other.
// Recall is the share of the plain loop's 20 that the subject finds.
func BenchmarkVectors(b *testing.B) {
	for _, count := range []int{10_000, 100_000} {
		vectors, queries := clustered(count, 64)
		matrix := mustMatrix(b, vectors)
		subject := func(query []float32) []int64 { return passages(b, matrix, query, nil) }
		plain := func(query []float32) []int64 { return plainNearest(vectors, query) }
		b.Run(fmt.Sprintf("%d/against-sqlite-vec", count), func(b *testing.B) {
			db := mustVec(b, vectors)
			compareSearches(b, queries, plain, subject, func(query []float32) []int64 { return vecNearest(b, db, query) })
			b.ReportMetric(float64(matrix.Bytes())/float64(count), "bytes/passage")
		})
		b.Run(fmt.Sprintf("%d/against-plain-go", count), func(b *testing.B) {
			compareSearches(b, queries, plain, subject, plain)
		})
		b.Run(fmt.Sprintf("%d/a-tenth-kept/against-all", count), func(b *testing.B) {
			tenth := func(chunk int64) bool { return chunk%10 == 3 }
			compareSearches(b, queries, nil, func(query []float32) []int64 { return passages(b, matrix, query, tenth) }, subject)
		})
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// compareSearches runs both sides on every query in turn and reports the median
// ratio, the median times and the recall of the subject.
func compareSearches(b *testing.B, queries [][]float32, truth, subject, baseline func(query []float32) []int64) {
	b.Helper()
	recall, found := 0.0, 0.0
	for _, q := range queries[:16] { // warms both up as well
		list := subject(q)
		if len(list) != nearest || len(baseline(q)) != nearest {
			b.Fatalf("found %d passages", len(list))
		}
		if truth != nil {
			found++
			recall += share(truth(q), list)
		}
	}
	var ratios, ours, theirs []float64
	for b.Loop() {
		for _, q := range queries {
			start := time.Now()
			subject(q)
			between := time.Now()
			baseline(q)
			a, c := micros(between.Sub(start)), micros(time.Since(between))
			ours, theirs, ratios = append(ours, a), append(theirs, c), append(ratios, c/a)
		}
	}
	b.ReportMetric(0, "ns/op") // the sum of both sides says nothing
	b.ReportMetric(median(ratios), "times-faster")
	b.ReportMetric(median(ours), "subject-p50-µs")
	b.ReportMetric(median(theirs), "baseline-p50-µs")
	if found > 0 {
		b.ReportMetric(recall/found, "recall")
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// share returns the part of want that is in got.
func share(want, got []int64) float64 {
	n := 0
	for _, id := range want {
		if slices.Contains(got, id) {
			n++
		}
	}
	return float64(n) / float64(len(want))
}

// clustered returns vectors of length 1 as those of texts are: most of them
// near to some others. The queries are of the same kind.
func clustered(count, queries int) (vectors, asked [][]float32) {
	const themes = 300
	rng := rand.New(rand.NewPCG(7, 11))
	random := func() []float32 {
		v := make([]float32, dimension)
		for i := range v {
			v[i] = float32(rng.NormFloat64())
		}
		return v
	}
	centres := make([][]float32, themes)
	for i := range centres {
		centres[i] = random()
	}
	text := func() []float32 {
		v, one, other := random(), centres[rng.IntN(themes)], centres[rng.IntN(themes)]
		sum := 0.0
		for i := range v {
			v[i] = one[i] + 0.6*other[i] + 0.9*v[i]
			sum += float64(v[i]) * float64(v[i])
		}
		for i := range v {
			v[i] /= float32(math.Sqrt(sum))
		}
		return v
	}
	for range count {
		vectors = append(vectors, text())
	}
	for range queries {
		asked = append(asked, text())
	}
	return vectors, asked
}

func mustMatrix(b *testing.B, vectors [][]float32) *retrieve.Matrix {
	b.Helper()
	m := retrieve.NewMatrix(dimension)
	for i, v := range vectors {
		must(b, m.Append(int64(i+1), int64(i/4), v))
	}
	return m
}

func passages(b *testing.B, m *retrieve.Matrix, query []float32, keep func(int64) bool) []int64 {
	near, err := m.Nearest(b.Context(), query, nearest, keep)
	if err != nil {
		b.Fatal(err)
	}
	ids := make([]int64, len(near))
	for i, n := range near {
		ids[i] = n.Passage
	}
	return ids
}

// plainNearest is the loop that one would write without thinking of speed.
func plainNearest(vectors [][]float32, query []float32) []int64 {
	type scored struct {
		id    int64
		score float32
	}
	best := make([]scored, 0, nearest+1)
	for i, v := range vectors {
		var s float32
		for j, x := range query {
			s += x * v[j]
		}
		if len(best) == nearest && s <= best[nearest-1].score {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, s, func(e scored, s float32) int {
			if e.score >= s {
				return -1
			}
			return 1
		})
		best = slices.Insert(best, at, scored{int64(i + 1), s})
		best = best[:min(len(best), nearest)]
	}
	ids := make([]int64, len(best))
	for i, s := range best {
		ids[i] = s.id
	}
	return ids
}

// mustVec returns a database whose table items has the vectors. Vectors of
// length 1 are in the same order by distance as by cosine, and distance is what
// sqlite-vec computes faster.
func mustVec(b *testing.B, vectors [][]float32) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "vec.db"))
	must(b, err)
	b.Cleanup(func() { must(b, db.Close()) })
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	must(b, err)
	_, err = tx.ExecContext(ctx, fmt.Sprintf("CREATE VIRTUAL TABLE items USING vec0(embedding float[%d])", dimension))
	must(b, err)
	insert, err := tx.PrepareContext(ctx, "INSERT INTO items (rowid, embedding) VALUES (?, ?)")
	must(b, err)
	for i, v := range vectors {
		_, err := insert.ExecContext(ctx, i+1, retrieve.Encode(v))
		must(b, err)
	}
	must(b, tx.Commit())
	return db
}

func vecNearest(b *testing.B, db *sql.DB, query []float32) []int64 {
	rows, err := db.QueryContext(b.Context(), "SELECT rowid FROM items WHERE embedding MATCH ? AND k = ? ORDER BY distance", retrieve.Encode(query), nearest)
	must(b, err)
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		must(b, rows.Scan(&id))
		ids = append(ids, id)
	}
	must(b, rows.Err())
	return ids
}
