package local_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/holtdb/holt/llm/local"
	"github.com/holtdb/holt/llm/local/localtest"
)

// BenchmarkEmbed measures models of real shapes with random weights, on one
// thread, and beside them the multiplications of the same texts alone, by the
// loop that one would write first.
func BenchmarkEmbed(b *testing.B) {
	for _, shape := range []struct {
		name string
		spec localtest.Spec
	}{
		{"MiniLM-L6", localtest.Spec{Hidden: 384, Layers: 6, Heads: 12, Intermediate: 1536, Positions: 512, Words: words}},
		{"base", localtest.Spec{Hidden: 768, Layers: 12, Heads: 12, Intermediate: 3072, Positions: 512, Words: words}},
	} {
		b.Run(shape.name, func(b *testing.B) {
			m := MustOpen(b, localtest.MustWrite(b, shape.spec), local.Options{Threads: 1})
			for _, tokens := range []int{16, 64, 128, 256, 512} {
				benchmarkTokens(b, m, shape.spec, tokens)
			}
		})
	}
}

// benchmarkTokens measures texts of one length.
func benchmarkTokens(b *testing.B, m *local.Model, spec localtest.Spec, tokens int) {
	report := func(b *testing.B, count int) {
		b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N*count), "ms/text")
	}
	for _, count := range []int{1, 16} {
		texts := sentences(1, slices.Repeat([]int{tokens - 2}, count)...)
		b.Run(fmt.Sprintf("%d tokens/%d texts", tokens, count), func(b *testing.B) {
			for b.Loop() {
				MustEmbed(b, m, texts, false)
			}
			report(b, count)
		})
	}
	b.Run(fmt.Sprintf("%d tokens/naive", tokens), func(b *testing.B) {
		h, f := spec.Hidden, spec.Intermediate
		x, y, weights := make([]float32, tokens*f), make([]float32, tokens*f), make([]float32, h*f)
		for b.Loop() {
			for range spec.Layers {
				naive(y, x, weights, tokens, h, 3*h)
				naive(y, x, weights, tokens, h, h)
				naive(y, x, weights, tokens, h, f)
				naive(y, x, weights, tokens, f, h)
			}
		}
		report(b, 1)
	})
}

// naive multiplies rows×inner by inner×columns values.
func naive(dst, x, y []float32, rows, inner, columns int) {
	clear(dst[:rows*columns])
	for i := range rows {
		row := dst[i*columns:][:columns]
		for k := range inner {
			v := x[i*inner+k]
			for j, w := range y[k*columns:][:columns] {
				row[j] += v * w
			}
		}
	}
}
