package retrieve_test

import (
	"math"
	"strings"
	"testing"

	"github.com/holtdb/holt/fulltext"
	"github.com/holtdb/holt/library/retrieve"
)

func TestBestPassage(t *testing.T) {
	parts := []string{
		"The index of a book lists its words. Words are everywhere here.",
		"Vacuuming the database reclaims space that was deleted.",
		"A database is vacuumed. Deleting rows leaves free pages.",
		"東京の人口は約千四百万人です。",
		"京都は古い都で、寺が多い。",
		"CAFÉ owners vacuum daily.",
	}
	var text strings.Builder
	var spans []retrieve.Span
	for _, p := range parts {
		spans = append(spans, retrieve.Span{Start: text.Len(), End: text.Len() + len(p)})
		text.WriteString(p + "\n\n")
	}
	for query, want := range map[string]struct {
		index int
		share float64
	}{
		"vacuum":                        {1, 1},
		"reclaim space":                 {1, 1},
		"free database pages":           {2, 1},
		"database deleted elephants":    {2, 2.0 / 3}, // closest together
		"vacuum cafe":                   {5, 1},
		`"free pages" database words`:   {2, 2.0 / 3},
		"vac*":                          {1, 1},
		"elephants":                     {0, 0},
		"東京の人口":                         {3, 1},
		"京都は古い寺":                        {4, 0.5}, // not as a whole
		"":                              {0, 0},
		"deleted space in the database": {1, 1},
	} {
		index, share := retrieve.BestPassage(text.String(), spans, fulltext.Parse(query))
		if index != want.index || math.Abs(share-want.share) > 1e-9 {
			t.Errorf("%q: passage %d with %v, want %+v", query, index, share, want)
		}
	}
	if index, share := retrieve.BestPassage("no spans", nil, fulltext.Parse("spans")); index != -1 || share != 0 {
		t.Errorf("no spans: %d, %v", index, share)
	}
}

func BenchmarkBestPassage(b *testing.B) {
	text := strings.Repeat("A page of a manual has some words about indexing and deleting rows, again and again. ", 60)
	spans := retrieve.Passages(text)
	q := fulltext.Parse("how does deleting many rows change the index of a table")
	for b.Loop() {
		retrieve.BestPassage(text, spans, q)
	}
}
