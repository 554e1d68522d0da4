package llm

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"
)

const (
	// BatchTexts is how many texts one request for embeddings holds at most.
	BatchTexts = 64
	// MaxDim is the largest dimension of a vector that is accepted.
	MaxDim = 1 << 14
)

// Embed returns one vector for each text, in their order, all of the same
// dimension and of length 1. The texts go out in batches of [BatchTexts], each
// repeated with growing pauses while the server is busy. No text may be blank.
func (c *Client) Embed(ctx context.Context, e Endpoint, texts []string) ([][]float32, error) {
	if err := e.Check(); err != nil {
		return nil, err
	}
	for i, text := range texts {
		if strings.TrimSpace(text) == "" {
			return nil, invalid("text %d of %d is empty", i+1, len(texts))
		}
	}
	all := make([][]float32, 0, len(texts))
	for len(all) < len(texts) {
		batch := texts[len(all):min(len(all)+BatchTexts, len(texts))]
		vectors, err := c.embedBatch(ctx, e, batch)
		if err != nil {
			return nil, err
		}
		all = append(all, vectors...)
		if len(vectors[0]) != len(all[0]) {
			return nil, failure(e, Unintelligible, "its vectors change their dimension")
		}
	}
	return all, nil
}

func (c *Client) embedBatch(ctx context.Context, e Endpoint, texts []string) ([][]float32, error) {
	wire := e.wire()
	path, body := wire.embed(c, e, texts)
	var vectors [][]float32
	err := c.repeat(ctx, func(ctx context.Context) error {
		if err := c.limit.Wait(ctx); err != nil {
			// Either the context has ended, or its deadline is before our turn.
			return fmt.Errorf("wait for a turn at the model server: %w", cmp.Or(ctx.Err(), context.DeadlineExceeded))
		}
		content, err := c.fetch(ctx, e, c.options.Batch, path, body)
		if err != nil {
			return err
		}
		if vectors, err = wire.vectors(content, len(texts)); err == nil {
			err = normalise(vectors)
		}
		if err != nil {
			f := failure(e, Unintelligible, "its vectors cannot be used")
			f.cause = err
			return f
		}
		return nil
	})
	return vectors, err
}

// normalise checks that all vectors have one dimension and a direction, and
// scales each to length 1 in place.
func normalise(vectors [][]float32) error {
	for i, vector := range vectors {
		if len(vector) == 0 || len(vector) > MaxDim || len(vector) != len(vectors[0]) {
			return fmt.Errorf("%w: vector %d has %d numbers", errGarbage, i, len(vector))
		}
		var sum float64
		for _, x := range vector {
			sum += float64(x) * float64(x)
		}
		length := math.Sqrt(sum)
		if length == 0 || math.IsNaN(length) || math.IsInf(length, 0) {
			return fmt.Errorf("%w: vector %d has length %v", errGarbage, i, length)
		}
		for j, x := range vector {
			vector[j] = float32(float64(x) / length)
		}
	}
	return nil
}
