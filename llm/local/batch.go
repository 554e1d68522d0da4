package local

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"
)

// groupRows is the number of tokens that go through a multiplication together,
// unless one text has more. More than this makes nothing faster, keeps others
// waiting longer, and takes memory.
const groupRows = 256

// embedAll computes the vectors of sequences in groups, several at once, as far
// as there are slots.
func embedAll(ctx context.Context, net *network, sequences [][]int32, threads int, slots chan *scratch) ([][]float32, error) {
	vectors := make([][]float32, len(sequences))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(threads)
	for _, members := range divide(sequences, threads) {
		g.Go(func() error {
			var s *scratch
			select {
			case s = <-slots:
			case <-ctx.Done():
				return ctx.Err()
			}
			defer func() { slots <- s }()
			return embedGroup(ctx, net, s, sequences, members, vectors)
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return vectors, nil
}

// embedGroup computes the vectors of the sequences whose places are members.
func embedGroup(ctx context.Context, net *network, s *scratch, sequences [][]int32, members []int, vectors [][]float32) error {
	group, out := make([][]int32, len(members)), make([][]float32, len(members))
	for i, m := range members {
		group[i] = sequences[m]
	}
	if err := net.encode(ctx, s, group, out); err != nil {
		return err
	}
	for i, m := range members {
		if !normalise(out[i]) {
			return fmt.Errorf("%w: its weights make a vector that has no direction", ErrModel)
		}
		vectors[m] = out[i]
	}
	return nil
}

// divide puts sequences into groups, the longest first so that no thread is left
// with a long one at the end, and at least as many groups as there are threads,
// where there is work for them.
func divide(sequences [][]int32, threads int) [][]int {
	order, total := make([]int, len(sequences)), 0
	for i, s := range sequences {
		order[i] = i
		total += len(s)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(sequences[b]), len(sequences[a])) })
	limit := min(groupRows, (total+threads-1)/threads)
	var groups [][]int
	for rows := limit; len(order) > 0; order = order[1:] {
		size := len(sequences[order[0]])
		if rows+size > limit {
			groups, rows = append(groups, nil), 0
		}
		last := &groups[len(groups)-1]
		*last, rows = append(*last, order[0]), rows+size
	}
	return groups
}

// normalise brings a vector to length 1 and reports whether it has a direction.
func normalise(v []float32) bool {
	square := 0.0
	for _, x := range v {
		square += float64(x) * float64(x)
	}
	length := math.Sqrt(square)
	if !(length > 0) || math.IsInf(length, 0) {
		return false
	}
	for i := range v {
		v[i] = float32(float64(v[i]) / length)
	}
	return true
}
