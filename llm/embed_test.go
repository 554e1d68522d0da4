package llm_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

func TestEmbedBatches(t *testing.T) {
	both(t, llmtest.Script{Dim: 32}, func(t *testing.T, s *llmtest.Server) {
		var texts []string
		for i := range 150 {
			texts = append(texts, fmt.Sprintf("passage number %d about otters", i))
		}
		s.Fail(llmtest.TooMany(time.Second), llmtest.Drop(0))
		c, p := mustClient(t, llm.Options{})
		vectors, err := c.Embed(mustContext(t), s.Endpoint("m"), texts)
		if err != nil {
			t.Fatal(err)
		}
		want, err := llmtest.Hash(32).Embed(t.Context(), texts, false)
		if err != nil {
			t.Fatal(err)
		}
		if len(vectors) != len(want) {
			t.Fatalf("%d vectors for %d texts", len(vectors), len(want))
		}
		for i := range vectors {
			for j := range vectors[i] {
				if math.Abs(float64(vectors[i][j]-want[i][j])) > 1e-6 {
					t.Fatalf("vector %d is not of its text", i)
				}
			}
		}
		var sizes []int
		for _, r := range s.Requests() {
			sizes = append(sizes, len(r.Input))
		}
		if !slices.Equal(sizes, []int{64, 64, 64, 64, 22}) || len(p.waited) != 2 {
			t.Errorf("batches of %v, waited %v", sizes, p.waited)
		}
	})
}

func TestEmbedNothing(t *testing.T) {
	both(t, llmtest.Script{}, func(t *testing.T, s *llmtest.Server) {
		c, _ := mustClient(t, llm.Options{})
		vectors, err := c.Embed(mustContext(t), s.Endpoint("m"), nil)
		if err != nil || len(vectors) != 0 {
			t.Errorf("%v, %v", vectors, err)
		}
		_, err = c.Embed(mustContext(t), s.Endpoint("m"), []string{"a", " \n"})
		if !errors.Is(err, llm.ErrInvalid) || !strings.Contains(err.Error(), "text 2 of 2") {
			t.Errorf("error %v", err)
		}
		if n := len(s.Requests()); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestEmbedBadVectors(t *testing.T) {
	for name, tc := range map[string]struct {
		ollama, openai string
	}{
		"too few":    {`{"embeddings":[[1,0]]}`, `{"data":[{"index":0,"embedding":[1,0]}]}`},
		"too many":   {`{"embeddings":[[1],[1],[1]]}`, `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]},{"index":2,"embedding":[1]}]}`},
		"dimensions": {`{"embeddings":[[1,0],[1]]}`, `{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1]}]}`},
		"empty":      {`{"embeddings":[[],[]]}`, `{"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}]}`},
		"zero":       {`{"embeddings":[[1,0],[0,0]]}`, `{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[0,0]}]}`},
		"infinite":   {`{"embeddings":[[1,0],[1e999,0]]}`, `{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[1e999,0]}]}`},
		"NaN":        {`{"embeddings":[[1,0],[NaN,0]]}`, `{"data":[{"index":0,"embedding":[1,0]},{"index":1,"embedding":[NaN,0]}]}`},
		"strings":    {`{"embeddings":["AAAA","AAAA"]}`, `{"data":[{"index":0,"embedding":"AAAA"},{"index":1,"embedding":"AAAA"}]}`},
		"no vectors": {`{}`, `{}`},
		"null":       {`null`, `null`},
		"same index": {``, `{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`},
		"index":      {``, `{"data":[{"index":0,"embedding":[1]},{"index":-1,"embedding":[1]}]}`},
		"cut off":    {`{"embeddings":[[1,0],[1`, `{"data":[{"index":0,"embedd`},
		"too wide":   {`{"embeddings":[[1` + strings.Repeat(",1", llm.MaxDim) + `],[1]]}`, ``},
	} {
		for protocol, body := range map[llm.Protocol]string{llm.Ollama: tc.ollama, llm.OpenAI: tc.openai} {
			t.Run(name+" "+string(protocol), func(t *testing.T) {
				c, _ := mustClient(t, llm.Options{Attempts: 1})
				_, err := c.Embed(mustContext(t), mustBody(t, protocol, 200, "application/json", body), []string{"a", "b"})
				wantReason(t, err, llm.Unintelligible)
			})
		}
	}
}

func TestEmbedNormalisesAndOrders(t *testing.T) {
	for protocol, body := range map[llm.Protocol]string{
		llm.Ollama: `{"embeddings":[[3,4],[0,-2e30]]}`,
		llm.OpenAI: `{"data":[{"index":1,"embedding":[0,-2e30]},{"index":0,"embedding":[3,4]}]}`,
	} {
		c, _ := mustClient(t, llm.Options{})
		got, err := c.Embed(mustContext(t), mustBody(t, protocol, 200, "application/json", body), []string{"a", "b"})
		if err != nil {
			t.Fatal(err)
		}
		if want := [][]float32{{0.6, 0.8}, {0, -1}}; !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: vectors %v, want %v", protocol, got, want)
		}
	}
}

// TestEmbedDimensionChanges meets a server whose second batch is of another model.
func TestEmbedDimensionChanges(t *testing.T) {
	calls := 0
	e := mustRaw(t, llm.Ollama, func(w http.ResponseWriter, _ *http.Request) {
		if calls++; calls == 1 {
			fmt.Fprintf(w, `{"embeddings":[[1,0]%s]}`, strings.Repeat(",[1,0]", llm.BatchTexts-1))
			return
		}
		fmt.Fprint(w, `{"embeddings":[[1]]}`)
	})
	c, _ := mustClient(t, llm.Options{})
	_, err := c.Embed(mustContext(t), e, slices.Repeat([]string{"a"}, llm.BatchTexts+1))
	wantReason(t, err, llm.Unintelligible, "dimension")
}

func TestEmbedEndsWithContext(t *testing.T) {
	both(t, llmtest.Script{}, func(t *testing.T, s *llmtest.Server) {
		s.Fail(llmtest.Stall(0))
		c, _ := mustClient(t, llm.Options{})
		ctx, cancel := context.WithCancel(mustContext(t))
		go func() {
			if s.Await(ctx, 1) == nil {
				cancel()
			}
		}()
		if _, err := c.Embed(ctx, s.Endpoint("m"), []string{"a"}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		if err := s.AwaitGone(mustContext(t), 1); err != nil {
			t.Error(err)
		}
		s.Fail(llmtest.Stall(0))
		c, _ = mustClient(t, llm.Options{Batch: 50 * time.Millisecond})
		_, err := c.Embed(mustContext(t), s.Endpoint("m"), []string{"a"})
		wantReason(t, err, llm.Slow, "no answer within 50ms")
	})
}

// TestRateLimit shows that the limit holds and that waiting ends with the context.
func TestRateLimit(t *testing.T) {
	s := llmtest.Ollama(t, llmtest.Script{})
	c, _ := mustClient(t, llm.Options{PerMinute: 1})
	if _, err := c.Embed(mustContext(t), s.Endpoint("m"), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := c.Embed(ctx, s.Endpoint("m"), []string{"b"})
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 10*time.Second) // before the next turn
	defer cancel()
	if _, err := c.Embed(ctx, s.Endpoint("m"), []string{"c"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}
