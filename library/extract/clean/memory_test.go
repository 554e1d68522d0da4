package clean_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/holtdb/holt/library/extract/clean"
)

// allocated returns the bytes that f allocates, whether it keeps them or not.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestMemory gives texts of which a careless reader keeps every line.
func TestMemory(t *testing.T) {
	const (
		size  = 1 << 20
		times = 6
	)
	many := func(s string) string { return strings.Repeat(s, size/len(s)) }
	tests := []struct{ name, in string }{
		{"form feeds", many("\f") + "hi"},
		{"form feeds inside", "hi" + many("\f") + "hi"},
		{"line ends inside", "hi" + many("\n") + "hi"},
		{"carriage returns inside", "hi" + many("\r") + "hi"},
		{"Windows lines inside", "hi" + many("\r\n") + "hi"},
		{"spaces inside", "hi" + many(" ") + "hi"},
		{"blank lines inside", "hi" + many(" \n\f") + "hi"},
		{"paragraph separators inside", "hi" + many("\u2029") + "hi"},
		{"hyphens alone", many("-\n")},
		{"divided words", many("a-\n")},
		{"divided words of several kinds", many("a-\nB\u00ad\nc\u2010\n")},
		{"divided at the end of long lines", many(strings.Repeat("word ", 20_000) + "a-\n" + strings.Repeat("b-\n", 62))},
		{"short words", many("a\n")},
		{"short words in capitals", many("AB\n")},
		{"short words with an accent", many("é\n")},
		{"words that PDFium divided", many("a\x02\n")},
		{"accents behind soft hyphens", many("e\u00ad\u0301\n")},
		{"words to compose", many("e\u0301\n")},
		{"short paragraphs", many("a\n\n")},
		{"letters and form feeds", many("a\f")},
		{"one word", many("x")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := allocated(func() { clean.Text(tt.in) }); got > times*uint64(len(tt.in)) {
				t.Errorf("Text allocates %.1f times its input", float64(got)/float64(len(tt.in)))
			}
			pages := []string{tt.in, "2"}
			if got := allocated(func() { clean.Pages(pages) }); got > times*uint64(len(tt.in)) {
				t.Errorf("Pages allocates %.1f times its input", float64(got)/float64(len(tt.in)))
			}
		})
	}
}
