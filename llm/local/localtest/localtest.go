// Package localtest writes small models with random weights, in the files of
// real ones, for tests that need a local model: its vectors are computed in
// earnest, and mean nothing.
package localtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Spec describes a model. What is zero has a small default.
type Spec struct {
	Hidden, Layers, Heads, Intermediate, Positions int
	// Activation is hidden_act of config.json. "" means gelu.
	Activation string
	// Type is the type of the weights: F32, F16 or BF16. "" means F32.
	Type string
	// Prefix stands before the names of the tensors: "" or "bert.".
	Prefix string
	// Pooling is cls, mean or max. "" writes no file of it.
	Pooling string
	// Path is _name_or_path of config.json, by which families are recognised.
	Path string
	// Words are in the vocabulary beside special tokens, letters, digits and
	// punctuation.
	Words []string
	// TokenizerJSON writes tokenizer.json instead of vocab.txt.
	TokenizerJSON bool
	// Seed makes other weights.
	Seed uint64
}

// withDefaults fills in what is zero.
func (s Spec) withDefaults() Spec {
	for _, d := range []struct {
		field *int
		value int
	}{{&s.Hidden, 32}, {&s.Layers, 2}, {&s.Heads, 4}, {&s.Intermediate, 64}, {&s.Positions, 64}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if s.Activation == "" {
		s.Activation = "gelu"
	}
	if s.Type == "" {
		s.Type = "F32"
	}
	return s
}

// Model is a model that can be written.
type Model struct {
	Spec       Spec
	Vocabulary []string          // each token's number is its place
	Tensors    map[string]Tensor // by name, without the prefix
}

// Tensor is an array of weights. Each value is one that the type of the model's
// weights can hold.
type Tensor struct {
	Shape  []int
	Values []float32
}

// New makes a model: the same one for the same spec.
func New(s Spec) *Model {
	s = s.withDefaults()
	m := &Model{Spec: s, Vocabulary: vocabulary(s.Words), Tensors: map[string]Tensor{}}
	r := rand.New(rand.NewPCG(s.Seed, 0x10ca1))

	// The spread is that of trained models' order: what comes out of a layer is as
	// large as what goes in, so that no part of the computation drowns.
	m.add(r, "embeddings.word_embeddings.weight", 0, 1, len(m.Vocabulary), s.Hidden)
	m.add(r, "embeddings.position_embeddings.weight", 0, 0.3, s.Positions, s.Hidden)
	m.add(r, "embeddings.token_type_embeddings.weight", 0, 0.3, 2, s.Hidden)
	m.addNorm(r, "embeddings.LayerNorm")
	for i := range s.Layers {
		layer := fmt.Sprintf("encoder.layer.%d.", i)
		for _, name := range []string{"query", "key", "value"} {
			m.addLinear(r, layer+"attention.self."+name, s.Hidden, s.Hidden)
		}
		m.addLinear(r, layer+"attention.output.dense", s.Hidden, s.Hidden)
		m.addNorm(r, layer+"attention.output.LayerNorm")
		m.addLinear(r, layer+"intermediate.dense", s.Hidden, s.Intermediate)
		m.addLinear(r, layer+"output.dense", s.Intermediate, s.Hidden)
		m.addNorm(r, layer+"output.LayerNorm")
	}
	return m
}

// vocabulary returns special tokens, single characters, and words.
func vocabulary(words []string) []string {
	tokens := []string{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
	for c := '!'; c <= '~'; c++ {
		if c < 'A' || c > 'Z' {
			tokens = append(tokens, string(c))
		}
	}
	for _, c := range "abcdefghijklmnopqrstuvwxyz0123456789" {
		tokens = append(tokens, "##"+string(c))
	}
	have := map[string]bool{}
	for _, t := range tokens {
		have[t] = true
	}
	for _, w := range words {
		if w = strings.ToLower(w); !have[w] {
			have[w] = true
			tokens = append(tokens, w)
		}
	}
	return tokens
}

// add makes a tensor of normally distributed values.
func (m *Model) add(r *rand.Rand, name string, mean, deviation float64, shape ...int) {
	n := 1
	for _, d := range shape {
		n *= d
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = representable(m.Spec.Type, float32(mean+deviation*r.NormFloat64()))
	}
	m.Tensors[name] = Tensor{shape, values}
}

func (m *Model) addLinear(r *rand.Rand, name string, in, out int) {
	m.add(r, name+".weight", 0, 1.2/math.Sqrt(float64(in)), out, in)
	m.add(r, name+".bias", 0, 0.1, out)
}

func (m *Model) addNorm(r *rand.Rand, name string) {
	m.add(r, name+".weight", 1, 0.2, m.Spec.Hidden)
	m.add(r, name+".bias", 0, 0.1, m.Spec.Hidden)
}

// MustWrite writes the model of a spec into a new directory, which ends with the
// test, and returns the directory.
func MustWrite(tb testing.TB, s Spec) string {
	tb.Helper()
	dir := tb.TempDir()
	if err := New(s).Write(dir); err != nil {
		tb.Fatal(err)
	}
	return dir
}
