package retrieve

import (
	"context"
	"fmt"
	"slices"
)

// Block is some rows that are read for one search, not kept.
type Block struct {
	Passages, Chunks []int64
	Vectors          []float32 // one row after the other
}

// Reset empties a block and keeps its memory.
func (b *Block) Reset() {
	b.Passages, b.Chunks, b.Vectors = b.Passages[:0], b.Chunks[:0], b.Vectors[:0]
}

// Add adds a row whose vector is as [Encode] returned it, with dim numbers. The
// error is [ErrVector].
func (b *Block) Add(passage, chunk int64, stored []byte, dim int) error {
	vectors, err := Decode(b.Vectors, stored, dim)
	if err != nil {
		return fmt.Errorf("passage %d: %w", passage, err)
	}
	b.Vectors = vectors
	b.Passages, b.Chunks = append(b.Passages, passage), append(b.Chunks, chunk)
	return nil
}

// Scan is [Matrix.Nearest] over rows that are too many to be kept: next fills
// the block, which it is given empty, with some more of them, some hundred at a
// time; a block left empty is the end. keep is called from this goroutine.
func Scan(ctx context.Context, query []float32, k int, keep func(chunk int64) bool, next func(*Block) error) ([]Near, error) {
	dim := len(query)
	q, err := prepare(query, dim)
	if err != nil {
		return nil, err
	}
	if k <= 0 {
		return nil, nil
	}
	f := newFinder(q, k, keep)
	var rows Block
	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("search vectors: %w", err)
		}
		rows.Reset()
		if err := next(&rows); err != nil {
			return nil, fmt.Errorf("read vectors: %w", err)
		}
		count := len(rows.Passages)
		if count == 0 {
			break
		}
		if len(rows.Chunks) != count || len(rows.Vectors) != count*dim {
			return nil, fmt.Errorf("%w: %d passages with %d numbers where the query has %d", ErrVector, count, len(rows.Vectors), dim)
		}
		if err := rows.normalise(dim); err != nil {
			return nil, err
		}
		f.search(&block{vectors: rows.Vectors, passages: rows.Passages, chunks: rows.Chunks}, count)
	}
	slices.SortFunc(f.best.list, compareNear)
	return f.best.list, nil
}

func (b *Block) normalise(dim int) error {
	for i, passage := range b.Passages {
		row := b.Vectors[i*dim : (i+1)*dim]
		length, err := lengthOf(row)
		if err != nil {
			return fmt.Errorf("passage %d: %w", passage, err)
		}
		scaled(row, row, length)
	}
	return nil
}
