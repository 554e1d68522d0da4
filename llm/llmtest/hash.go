package llmtest

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"strings"
	"unicode"
)

// Embedder makes vectors by hashing: a bag of words and of the letters in
// threes inside them (feature hashing with signs, Weinberger et al. 2009).
// Texts that share words or word stems are near each other, others are not. It
// means nothing more than that; it is for tests.
type Embedder struct{ dim int }

// Hash returns an embedder of the given dimension, at least 1.
func Hash(dim int) *Embedder { return &Embedder{max(dim, 1)} }

// ID names what makes vectors comparable.
func (h *Embedder) ID() string { return fmt.Sprintf("hash:%d", h.dim) }

// Name is what a person would call it.
func (h *Embedder) Name() string { return fmt.Sprintf("hashed words (%d)", h.dim) }

// Dim is the dimension of its vectors.
func (h *Embedder) Dim() int { return h.dim }

// Close does nothing.
func (h *Embedder) Close() error { return nil }

// Embed returns a vector of length 1 for each text; a query is as any text.
func (h *Embedder) Embed(ctx context.Context, texts []string, _ bool) ([][]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return h.vectors(texts), nil
}

func (h *Embedder) vectors(texts []string) [][]float32 {
	vectors := make([][]float32, 0, len(texts))
	for _, text := range texts {
		vectors = append(vectors, h.vector(text))
	}
	return vectors
}

func (h *Embedder) vector(text string) []float32 {
	sums := make([]float64, h.dim)
	for _, word := range words(text) {
		letters := []rune("^" + word + "$")
		weight := 1.0
		if len(letters) < 6 {
			weight = 0.3 // in many languages the short words say least
		}
		h.add(sums, word, weight)
		for i := 0; i+3 <= len(letters); i++ {
			h.add(sums, string(letters[i:i+3]), weight/2)
		}
	}
	length := norm(sums)
	if length == 0 {
		// No words, or signs that cancelled out: any direction will do, if it
		// is always the same.
		sums[h.slot(text)%uint64(h.dim)] = 1
		length = 1
	}
	vector := make([]float32, h.dim)
	for i, x := range sums {
		vector[i] = float32(x / length)
	}
	return vector
}

// add adds a feature with a sign of its own.
func (h *Embedder) add(sums []float64, feature string, weight float64) {
	slot := h.slot(feature)
	if slot>>63 == 1 {
		weight = -weight
	}
	sums[slot%uint64(h.dim)] += weight
}

func (h *Embedder) slot(feature string) uint64 {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(feature)) // a hash never fails
	// The low bits of FNV mix poorly for short texts; fold the high ones in.
	n := sum.Sum64()
	return n ^ n>>29
}

func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	})
}

func norm(values []float64) float64 {
	var sum float64
	for _, x := range values {
		sum += x * x
	}
	return math.Sqrt(sum)
}
