package retrieve_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/holtdb/holt/library/retrieve"
)

// row is a passage with its vector.
type row struct {
	passage, chunk int64
	vector         []float32
}

// MustFill returns a matrix with the rows.
func MustFill(tb testing.TB, dim int, rows []row) *retrieve.Matrix {
	tb.Helper()
	m := retrieve.NewMatrix(dim)
	for _, r := range rows {
		if err := m.Append(r.passage, r.chunk, r.vector); err != nil {
			tb.Fatal(err)
		}
	}
	return m
}

func MustNearest(tb testing.TB, m *retrieve.Matrix, query []float32, k int, keep func(int64) bool) []retrieve.Near {
	tb.Helper()
	near, err := m.Nearest(context.Background(), query, k, keep)
	if err != nil {
		tb.Fatal(err)
	}
	return near
}

// naive sorts everything, in float64.
func naive(rows []row, query []float32, k int, keep func(int64) bool) []retrieve.Near {
	var all []retrieve.Near
	for _, r := range rows {
		if keep == nil || keep(r.chunk) {
			all = append(all, retrieve.Near{Passage: r.passage, Chunk: r.chunk, Score: cosine(query, r.vector)})
		}
	}
	slices.SortFunc(all, func(a, b retrieve.Near) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Passage, b.Passage))
	})
	return all[:min(k, len(all))]
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i, x := range a {
		ab += float64(x) * float64(b[i])
		aa += float64(x) * float64(x)
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

// coarse returns a vector with four numbers of one half: its length is 1 and
// every product with another is exact, so that many are equal.
func coarse(rng *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for _, i := range rng.Perm(dim)[:4] {
		v[i] = 0.5 - float32(rng.IntN(2))
	}
	return v
}

func gaussian(rng *rand.Rand, dim int) []float32 {
	v := make([]float32, dim)
	for i := range v {
		v[i] = float32(rng.NormFloat64())
	}
	return v
}

// TestNearest_Ties compares with sorting where many scores are equal: the
// answer is the same to the last passage.
func TestNearest_Ties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 120 {
		dim := 4 + rng.IntN(70)
		rows := make([]row, rng.IntN(1200))
		for i, passage := range rng.Perm(len(rows)) {
			rows[i] = row{int64(passage), int64(i / 3), coarse(rng, dim)}
		}
		m := MustFill(t, dim, rows)
		for range 3 {
			query, k := coarse(rng, dim), rng.IntN(40)
			var keep func(int64) bool
			if n := rng.Int64N(12); n > 2 {
				keep = func(chunk int64) bool { return chunk%n == 1 }
			}
			want := naive(rows, query, k, keep)
			if got := MustNearest(t, m, query, k, keep); !slices.Equal(got, want) {
				t.Fatalf("%d of %d rows of %d: got %v, want %v", k, len(rows), dim, got, want)
			}
			if got := MustScan(t, rows, query, k, keep, 1+rng.IntN(300)); !slices.Equal(got, want) {
				t.Fatalf("scan of %d of %d rows of %d: got %v, want %v", k, len(rows), dim, got, want)
			}
		}
	}
}

// TestNearest_Random compares with sorting for vectors of all kinds, of which
// few are alike and some have one number that is far larger than the others.
func TestNearest_Random(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, dim := range []int{1, 2, 31, 32, 33, 100, 384, 1000} {
		for range 4 {
			rows := make([]row, 1+rng.IntN(2500))
			theme := gaussian(rng, dim)
			for i := range rows {
				v := gaussian(rng, dim)
				switch rng.IntN(4) {
				case 0:
					v[rng.IntN(dim)] *= 100
				case 1:
					for j := range v {
						v[j] = theme[j] + v[j]/50
					}
				case 2:
					for j := range v {
						v[j] *= 1e-15
					}
				}
				rows[i] = row{int64(i), int64(i / 4), v}
			}
			m := MustFill(t, dim, rows)
			var keep func(int64) bool
			if rng.IntN(2) == 0 {
				keep = func(chunk int64) bool { return chunk%3 != 0 }
			}
			query, k := rows[rng.IntN(len(rows))].vector, 1+rng.IntN(50)
			checkNearest(t, rows, MustNearest(t, m, query, k, keep), query, k, keep)
			checkNearest(t, rows, MustScan(t, rows, query, k, keep, 256), query, k, keep)
		}
	}
}

// checkNearest proves an answer right but for the order of scores that differ
// by less than float32 can tell.
func checkNearest(t *testing.T, rows []row, got []retrieve.Near, query []float32, k int, keep func(int64) bool) {
	t.Helper()
	const digits = 1e-5
	want := naive(rows, query, k, keep)
	if len(got) != len(want) {
		t.Fatalf("%d passages, want %d", len(got), len(want))
	}
	seen := map[int64]bool{}
	for i, n := range got {
		r := rows[n.Passage]
		if seen[n.Passage] || n.Chunk != r.chunk || keep != nil && !keep(n.Chunk) {
			t.Errorf("%v is twice, wrong or not kept", n)
		}
		seen[n.Passage] = true
		if is := cosine(query, r.vector); math.Abs(n.Score-is) > digits || math.Abs(n.Score-want[i].Score) > digits {
			t.Errorf("rank %d: score %v, is %v, want %v", i, n.Score, is, want[i].Score)
		}
	}
}

// TestNearest_Large is large enough for several goroutines.
func TestNearest_Large(t *testing.T) {
	const dim = 16
	rng := rand.New(rand.NewPCG(5, 6))
	rows := make([]row, 70_000)
	for i := range rows {
		rows[i] = row{int64(i), int64(i / 4), coarse(rng, dim)}
	}
	m := MustFill(t, dim, rows)
	for range 5 {
		query := coarse(rng, dim)
		keep := func(chunk int64) bool { return chunk%5 == 1 }
		if got, want := MustNearest(t, m, query, 100, keep), naive(rows, query, 100, keep); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if near, err := m.Nearest(ctx, rows[0].vector, 5, nil); !errors.Is(err, context.Canceled) || near != nil {
		t.Errorf("cancelled: %v, %v", near, err)
	}
}

// TestMatrix_Concurrent searches while the matrix grows: a search sees whole
// rows only, and all that were there when it began.
func TestMatrix_Concurrent(t *testing.T) {
	const dim, count = 8, 3000
	m := retrieve.NewMatrix(dim)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			query := make([]float32, dim)
			query[0] = 1
			for ctx.Err() == nil {
				least := m.Len()
				near, err := m.Nearest(context.Background(), query, count, nil)
				if err != nil || len(near) < least {
					t.Errorf("%d of at least %d passages: %v", len(near), least, err)
					return
				}
				for i, n := range near {
					if n.Passage != int64(i) || n.Chunk != 2*n.Passage || n.Score != 1 {
						t.Errorf("rank %d is %v", i, n)
						return
					}
				}
			}
		})
	}
	vector := make([]float32, dim)
	vector[0] = 3
	for i := range count {
		if err := m.Append(int64(i), int64(2*i), vector); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	wg.Wait()
	if m.Len() != count {
		t.Errorf("%d rows", m.Len())
	}
}

func TestMatrix_Refusals(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	m := MustFill(t, 3, []row{{1, 1, []float32{1, 2, 3}}})
	for _, v := range [][]float32{nil, {1, 2}, {1, 2, 3, 4}, {0, 0, 0}, {1, nan, 1}, {inf, 0, 0}} {
		if err := m.Append(2, 2, v); !errors.Is(err, retrieve.ErrVector) {
			t.Errorf("append %v: %v", v, err)
		}
		if _, err := m.Nearest(t.Context(), v, 1, nil); !errors.Is(err, retrieve.ErrVector) {
			t.Errorf("nearest to %v: %v", v, err)
		}
	}
	if m.Len() != 1 {
		t.Errorf("%d rows", m.Len())
	}
	if near := MustNearest(t, m, []float32{1, 2, 3}, 0, nil); len(near) != 0 {
		t.Errorf("none were asked for: %v", near)
	}
	if near := MustNearest(t, m, []float32{1, 2, 3}, -1, nil); len(near) != 0 {
		t.Errorf("less than none were asked for: %v", near)
	}
}

// TestFootprint holds what is foretold against what the matrix says, and both
// against bounds: not much more than the numbers themselves.
func TestFootprint(t *testing.T) {
	const dim = 384
	m := retrieve.NewMatrix(dim)
	rng := rand.New(rand.NewPCG(7, 8))
	for i := range 1000 {
		if got, want := m.Bytes(), retrieve.Footprint(dim, i); got != want || m.Len() != i {
			t.Fatalf("%d rows take %d bytes, foretold %d", i, got, want)
		}
		if most, least := int64(max(16, min(2*i, i+256)))*2000, int64(i)*4*dim; i > 0 && (m.Bytes() > most || m.Bytes() < least) {
			t.Fatalf("%d rows take %d bytes", i, m.Bytes())
		}
		if err := m.Append(int64(i), 1, gaussian(rng, dim)); err != nil {
			t.Fatal(err)
		}
	}
	if retrieve.Footprint(dim, 0) != 0 || m.Dim() != dim {
		t.Error("an empty matrix takes something")
	}
}

// MustScan finds the nearest among stored rows, read so many at a time.
func MustScan(tb testing.TB, rows []row, query []float32, k int, keep func(int64) bool, at int) []retrieve.Near {
	tb.Helper()
	near, err := retrieve.Scan(context.Background(), query, k, keep, func(b *retrieve.Block) error {
		for _, r := range rows[:min(at, len(rows))] {
			if err := b.Add(r.passage, r.chunk, retrieve.Encode(r.vector), len(query)); err != nil {
				return err
			}
		}
		rows = rows[min(at, len(rows)):]
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return near
}

func TestScan_Refusals(t *testing.T) {
	query := []float32{1, 0}
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		next func(*retrieve.Block) error
		want error
	}{
		"an error":      {func(*retrieve.Block) error { return broken }, broken},
		"a short blob":  {func(b *retrieve.Block) error { return b.Add(7, 7, []byte{1, 2, 3}, 2) }, retrieve.ErrVector},
		"a zero":        {func(b *retrieve.Block) error { return b.Add(7, 7, make([]byte, 8), 2) }, retrieve.ErrVector},
		"another width": {func(b *retrieve.Block) error { return b.Add(7, 7, retrieve.Encode([]float32{1, 2, 3}), 3) }, retrieve.ErrVector},
	} {
		if near, err := retrieve.Scan(t.Context(), query, 5, nil, test.next); !errors.Is(err, test.want) || near != nil {
			t.Errorf("%s: %v, %v", name, near, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	blocks := 0
	_, err := retrieve.Scan(ctx, query, 5, nil, func(b *retrieve.Block) error {
		if blocks++; blocks == 3 {
			cancel()
		}
		return b.Add(int64(blocks), 1, retrieve.Encode(query), 2)
	})
	if !errors.Is(err, context.Canceled) || blocks != 3 {
		t.Errorf("cancelled in block 3: %v after %d", err, blocks)
	}
}

func TestEncode(t *testing.T) {
	want := []float32{0, -1.5, math.MaxFloat32, math.SmallestNonzeroFloat32}
	stored := retrieve.Encode(want)
	if fmt.Sprintf("%x", stored[4:8]) != "0000c0bf" {
		t.Errorf("not little-endian: %x", stored)
	}
	got, err := retrieve.Decode(nil, stored, len(want))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := retrieve.Decode(nil, stored[1:], len(want)); !errors.Is(err, retrieve.ErrVector) {
		t.Errorf("one byte is missing: %v", err)
	}
}
