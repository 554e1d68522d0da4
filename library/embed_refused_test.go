package library_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/llm"
)

// picky is an embedder that does not take every text.
type picky struct {
	*hashed
	refuses func(text string) bool
	reason  llm.Reason
}

func (p picky) Embed(ctx context.Context, texts []string, query bool) ([][]float32, error) {
	for _, s := range texts {
		if !query && p.refuses(s) {
			return nil, &library.ModelError{Call: &llm.Error{Reason: p.reason, Status: 400}}
		}
	}
	return p.hashed.Embed(ctx, texts, query)
}

// A passage that a model refuses keeps no other from being embedded.
func TestLibrary_EmbedRefused(t *testing.T) {
	long := "Stoats hunt voles. " + strings.Repeat("They run along the hedge for hours. ", 12)
	for name, c := range map[string]struct {
		refuses func(string) bool
		reason  llm.Reason
		ready   bool
		near    int // of three passages, how many have an embedding of their own
	}{
		"never":             {func(s string) bool { return strings.Contains(s, "Stoats") }, llm.Refused, true, 2},
		"too long":          {func(s string) bool { return len(s) > 200 }, llm.TooLong, true, 3},
		"everything":        {func(string) bool { return true }, llm.Refused, false, 0},
		"for another cause": {func(s string) bool { return strings.Contains(s, "Stoats") }, llm.Overloaded, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l, o, e, _ := withEmbedder(t)
			o.change(func() { o.embed.Local = picky{e, c.refuses, c.reason} })
			if err := l.AddPages(t.Context(), "Animals", []string{otters, long, badgers}); err != nil {
				t.Fatal(err)
			}
			MustWork(t, l)
			state := MustMeaning(t, l)
			if state.Ready() != c.ready || (state.Problem == "") != c.ready {
				t.Errorf("state %+v", state)
			}
			vectors, err := e.Embed(t.Context(), []string{"stoats"}, true)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := l.Nearest(t.Context(), e.ID(), vectors[0]); err != nil || n != c.near {
				t.Errorf("%d passages are found by meaning, not %d; %v", n, c.near, err)
			}
		})
	}
}

// Of many passages only the refused one is missing, and it is not tried again.
func TestLibrary_EmbedRefusedOnce(t *testing.T) {
	l, o, e, _ := withEmbedder(t)
	tried := 0
	refuses := func(s string) bool {
		found := strings.Contains(s, "poison")
		if found {
			tried++
		}
		return found
	}
	o.change(func() { o.embed.Local = picky{e, refuses, llm.TooLong} })
	texts := make([]string, 150)
	for i := range texts {
		texts[i] = fmt.Sprintf("Page %d tells of an otter.", i)
	}
	texts[3] = "poison poison poison poison poison poison"
	if err := l.AddPages(t.Context(), "Long", texts); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	before := tried
	if err := l.AddPages(t.Context(), "Short", []string{"A later page"}); err != nil {
		t.Fatal(err)
	}
	MustWork(t, l)
	if state := MustMeaning(t, l); state.Embedded != 151 || before == 0 || tried != before || e.n != 150 {
		t.Errorf("state %+v, tried %d and then %d times, %d embedded", state, before, tried, e.n)
	}
}
