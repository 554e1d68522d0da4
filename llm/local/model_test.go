package local_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/llm/local"
	"github.com/holtdb/holt/llm/local/localtest"
)

// words are whole tokens of the models of these tests.
var words = strings.Fields("otter holt river bank fish swim sleep water stone night day weir reed mud paw tail whisker the a of in and")

func MustOpen(tb testing.TB, dir string, o local.Options) *local.Model {
	tb.Helper()
	m, err := local.Open(dir, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { m.Close() })
	return m
}

func MustEmbed(tb testing.TB, m *local.Model, texts []string, query bool) [][]float32 {
	tb.Helper()
	vectors, err := m.Embed(tb.Context(), texts, query)
	if err != nil {
		tb.Fatal(err)
	}
	if len(vectors) != len(texts) {
		tb.Fatalf("%d vectors for %d texts", len(vectors), len(texts))
	}
	return vectors
}

// sentences returns texts of random words, of the lengths given.
func sentences(seed uint64, lengths ...int) []string {
	r := rand.New(rand.NewPCG(seed, 7))
	texts := make([]string, len(lengths))
	for i, n := range lengths {
		chosen := make([]string, n)
		for j := range chosen {
			chosen[j] = words[r.IntN(len(words))]
		}
		texts[i] = strings.Join(chosen, " ")
	}
	return texts
}

// TestReference compares the vectors of small models with those of the naive
// reference: shapes that fill the blocks of the multiplication and those that do
// not, every activation, pooling, type of weights and form of the files.
func TestReference(t *testing.T) {
	cases := map[string]localtest.Spec{
		"small":          {},
		"odd sizes":      {Hidden: 21, Heads: 3, Intermediate: 37, Layers: 3, Seed: 1},
		"wide heads":     {Hidden: 96, Heads: 2, Intermediate: 100, Seed: 2},
		"deep":           {Hidden: 48, Heads: 6, Intermediate: 192, Layers: 6, Seed: 3},
		"beyond a block": {Hidden: 400, Heads: 8, Intermediate: 800, Layers: 1, Seed: 4},
		"tanh":           {Activation: "gelu_new", Seed: 5},
		"relu":           {Activation: "relu", Seed: 6},
		"first token":    {Pooling: "cls", Seed: 7},
		"maximum":        {Pooling: "max", Seed: 8},
		"mean":           {Pooling: "mean", TokenizerJSON: true, Seed: 9},
		"half precision": {Type: "F16", Prefix: "bert.", Seed: 10},
		"bfloat16":       {Type: "BF16", Pooling: "cls", TokenizerJSON: true, Prefix: "bert.", Seed: 11},
	}
	texts := append(sentences(1, 1, 4, 30, 5, 62, 12, 13, 3, 20), "") // one as long as the positions, one shorter than any
	for name, spec := range cases {
		t.Run(name, func(t *testing.T) {
			spec.Words = words
			made := localtest.New(spec)
			dir := t.TempDir()
			if err := made.Write(dir); err != nil {
				t.Fatal(err)
			}
			m := MustOpen(t, dir, local.Options{})
			if m.Dim() != made.Spec.Hidden || m.Limit() != made.Spec.Positions {
				t.Errorf("%d values, %d tokens", m.Dim(), m.Limit())
			}
			pooling := made.Spec.Pooling
			if pooling == "" {
				pooling = "mean"
			}
			slow := reference{made, pooling}
			for i, got := range MustEmbed(t, m, texts, spec.Seed%2 == 0 /* without prompts, queries are passages */) {
				want := slow.embed(texts[i], made.Spec.Positions)
				cosine, worst := 0.0, 0.0
				for d, v := range got {
					cosine += float64(v) * want[d]
					worst = max(worst, math.Abs(float64(v)-want[d]))
				}
				if !(math.Abs(cosine-1) < 1e-6) || !(worst < 1e-5) {
					t.Errorf("text %d: the cosine with the reference is %.9f, the greatest difference %.2g", i, cosine, worst)
				}
			}
		})
	}
}

// TestBatching holds that a text's vector does not depend, to the last bit, on
// the texts beside it, on the number of threads, or on how often it is asked for.
func TestBatching(t *testing.T) {
	dir := localtest.MustWrite(t, localtest.Spec{Words: words, Hidden: 21, Heads: 3})
	texts := sentences(2, 40, 1, 7, 55, 61, 3, 3, 3, 18, 29, 50, 60, 2, 33, 44, 12, 25, 60, 60, 60)
	alone := MustOpen(t, dir, local.Options{Threads: 1})
	var want [][]float32
	for _, text := range texts {
		want = append(want, MustEmbed(t, alone, []string{text}, false)[0])
	}
	for _, threads := range []int{1, 2, 5} {
		m := MustOpen(t, dir, local.Options{Threads: threads})
		var wait sync.WaitGroup
		for caller := range 3 {
			wait.Go(func() {
				got, err := m.Embed(t.Context(), texts, caller == 0)
				if err != nil {
					t.Error(err)
					return
				}
				for i := range texts {
					if !slices.Equal(got[i], want[i]) {
						t.Errorf("%d threads: text %d has another vector", threads, i)
					}
				}
			})
		}
		wait.Wait()
	}
	if vectors := MustEmbed(t, alone, nil, false); len(vectors) != 0 {
		t.Errorf("%d vectors of no texts", len(vectors))
	}
}

// TestLength gives every vector the length 1, whatever the text.
func TestLength(t *testing.T) {
	m := MustOpen(t, localtest.MustWrite(t, localtest.Spec{}), local.Options{})
	texts := []string{"", " ", "otter", "世界", "\xff\xfe\x00", strings.Repeat("otters ", 10_000), strings.Repeat("x", 1<<20), "[CLS][SEP]"}
	for i, v := range MustEmbed(t, m, texts, false) {
		square := 0.0
		for _, x := range v {
			square += float64(x) * float64(x)
		}
		if !(math.Abs(square-1) < 1e-5) {
			t.Errorf("the vector of %.20q has the square %g", texts[i], square)
		}
	}
}

// TestTruncation takes no notice of what comes after the limit.
func TestTruncation(t *testing.T) {
	dir := localtest.MustWrite(t, localtest.Spec{Words: words})
	write(t, dir, "sentence_bert_config.json", `{"max_seq_length": 10, "do_lower_case": false}`)
	m := MustOpen(t, dir, local.Options{})
	if m.Limit() != 10 {
		t.Fatalf("the limit is %d", m.Limit())
	}
	text := sentences(3, 9)[0]
	eight := text[:strings.LastIndexByte(text, ' ')]
	seven := eight[:strings.LastIndexByte(eight, ' ')]
	v := MustEmbed(t, m, []string{text + " " + text, text, eight, seven}, false)
	if !slices.Equal(v[0], v[1]) || !slices.Equal(v[1], v[2]) {
		t.Error("what comes after ten tokens counts")
	}
	if slices.Equal(v[2], v[3]) {
		t.Error("the last token before the limit does not count")
	}
}

// TestID changes with whatever changes vectors, and with nothing else.
func TestID(t *testing.T) {
	base := localtest.Spec{Words: words}
	id := MustOpen(t, localtest.MustWrite(t, base), local.Options{}).ID()
	if !strings.HasPrefix(id, "local:") || len(id) != len("local:")+16 {
		t.Errorf("the ID is %q", id)
	}
	if again := MustOpen(t, localtest.MustWrite(t, base), local.Options{Threads: 3}).ID(); again != id {
		t.Errorf("the same files have the IDs %s and %s", id, again)
	}
	seen := map[string]string{id: "base"}
	other := base
	other.Seed = 99
	cases := map[string]string{
		"weights": localtest.MustWrite(t, other),
		"pooling": changed(t, base, "1_Pooling/config.json", `{"pooling_mode_cls_token": true}`),
		"limit":   changed(t, base, "sentence_bert_config.json", `{"max_seq_length": 10}`),
		"prompts": changed(t, base, "config_sentence_transformers.json", `{"prompts": {"query": "q: "}}`),
		"case":    changed(t, base, "tokenizer_config.json", `{"do_lower_case": false}`),
	}
	for name, dir := range cases {
		id := MustOpen(t, dir, local.Options{}).ID()
		if before, ok := seen[id]; ok {
			t.Errorf("%s has the ID of %s", name, before)
		}
		seen[id] = name
	}
}

// TestContext ends with its context, also while it waits for others to compute.
func TestContext(t *testing.T) {
	m := MustOpen(t, localtest.MustWrite(t, localtest.Spec{Words: words, Layers: 12}), local.Options{Threads: 1})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Embed(ended, []string{"otter"}, false); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	var many []string
	for i := range 5000 {
		many = append(many, sentences(uint64(i), 60)...)
	}
	running, stop := context.WithCancel(t.Context())
	started := make(chan struct{})
	failed := make(chan error)
	go func() {
		close(started)
		_, err := m.Embed(running, many, false)
		failed <- err
	}()
	<-started
	// A question is answered while passages are computed.
	MustEmbed(t, m, []string{"otter"}, true)
	stop()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("while it ran: %v", err)
	}
	MustEmbed(t, m, []string{"otter"}, false) // nothing was left behind
}

// TestClose ends the use of a model.
func TestClose(t *testing.T) {
	m := MustOpen(t, localtest.MustWrite(t, localtest.Spec{}), local.Options{})
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Embed(t.Context(), []string{"otter"}, false); !errors.Is(err, local.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := m.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
}
