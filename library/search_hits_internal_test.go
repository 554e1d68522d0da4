package library

import (
	"strings"
	"testing"

	"github.com/holtdb/holt/library/retrieve"
)

func TestWithin(t *testing.T) {
	const text = "ab北cd"
	for _, c := range []struct {
		span retrieve.Span
		want bool
	}{
		{retrieve.Span{Start: 0, End: len(text)}, true},
		{retrieve.Span{Start: 2, End: 5}, true},
		{retrieve.Span{Start: 3, End: 5}, false},
		{retrieve.Span{Start: 2, End: 4}, false},
		{retrieve.Span{Start: 2, End: 2}, false},
		{retrieve.Span{Start: -1, End: 2}, false},
		{retrieve.Span{Start: 5, End: 99}, false},
		{retrieve.Span{}, false},
	} {
		if got := within(c.span, text); got != c.want {
			t.Errorf("%v: %v", c.span, got)
		}
	}
}

func TestChunksOf(t *testing.T) {
	for _, passage := range []string{
		"one", "one two three", strings.Repeat("word ", 12), strings.Repeat("word ", 13), strings.Repeat("two words, ", 50),
		strings.Repeat("北京大学", 20), "北京 " + strings.Repeat("x ", 11), " lead and trail ",
	} {
		chunks := chunksOf(passage)
		if strings.Join(chunks, "") != passage {
			t.Errorf("%q became %q", passage, chunks)
		}
		for _, c := range chunks {
			if n := len(fold(c)); n > 24 || n < 12 && len(chunks) > 1 {
				t.Errorf("%q has %d words", c, n)
			}
		}
	}
}
