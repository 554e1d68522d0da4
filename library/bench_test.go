package library_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/library"
)

// vocabulary makes words of syllables; the first are the most frequent ones of
// a text that zipf draws.
func vocabulary(r *rand.Rand, n int) []string {
	syllables := strings.Fields("ba ce di fo gu ka le mi no pu ra se ti vo xu za st ing ed er tion al ly ment")
	seen := make(map[string]bool, n)
	words := make([]string, 0, n)
	for len(words) < n {
		var w strings.Builder
		for range 1 + r.Intn(4) {
			w.WriteString(syllables[r.Intn(len(syllables))])
		}
		if !seen[w.String()] {
			seen[w.String()] = true
			words = append(words, w.String())
		}
	}
	return words
}

// BenchmarkLibrary_Search compares a whole search (query, titles, snippets) on
// 20,000 pages with the bare index query on the same table, each query once
// with either in turn. The ratios are of the medians and of the 99th
// percentiles over a mix of queries; "bare" asks for nothing but row ids.
func BenchmarkLibrary_Search(b *testing.B) {
	const documents, pages, words = 100, 200, 250
	l := MustOpen(b, settings{idle: true})
	r := rand.New(rand.NewSource(1))
	vocab := vocabulary(r, 30_000)
	zipf := rand.NewZipf(r, 1.1, 10, uint64(len(vocab)-1))
	for d := range documents {
		texts := make([]string, pages)
		for p := range texts {
			text := make([]string, words)
			for i := range text {
				text[i] = vocab[zipf.Uint64()]
			}
			texts[p] = strings.Join(text, " ")
		}
		if err := l.AddPages(b.Context(), fmt.Sprint("document ", d), texts); err != nil {
			b.Fatal(err)
		}
	}
	type query struct{ text, match string }
	var mix []query
	for range 60 {
		// Words of a query are mid-frequent: in some 10 to 3,000 of the pages.
		pick := func() string { return vocab[50+r.Intn(3000)] }
		a, c, d := pick(), pick(), pick()
		mix = append(mix,
			query{a, fmt.Sprintf("%q", a)},
			query{a + " " + vocab[20+r.Intn(100)], ""},
			query{`"` + vocab[r.Intn(40)] + " " + vocab[r.Intn(40)] + `"`, ""},
			query{a + " " + c + " " + d, fmt.Sprintf("%q OR %q OR %q", a, c, d)})
	}
	for i, q := range mix {
		if q.match == "" {
			parts := strings.Fields(q.text)
			mix[i].match = fmt.Sprintf("%q AND %q", parts[0], parts[len(parts)-1])
			if strings.HasPrefix(q.text, `"`) {
				mix[i].match = q.text
			}
		}
	}
	var bare, whole []time.Duration
	for b.Loop() {
		for _, q := range mix {
			start := time.Now()
			n := bareSearch(b, l, q.match)
			middle := time.Now()
			found, err := l.Search(b.Context(), library.Query{Text: q.text})
			end := time.Now()
			if err != nil {
				b.Fatal(err)
			}
			if n != len(found.Hits) {
				continue // a loose search made two queries, the other one
			}
			bare, whole = append(bare, middle.Sub(start)), append(whole, end.Sub(middle))
		}
	}
	slices.Sort(bare)
	slices.Sort(whole)
	at := func(d []time.Duration, share float64) float64 {
		return float64(d[int(share*float64(len(d)-1))].Microseconds())
	}
	b.ReportMetric(at(whole, 0.5), "p50-µs")
	b.ReportMetric(at(whole, 0.99), "p99-µs")
	b.ReportMetric(at(whole, 0.5)/at(bare, 0.5), "p50-ratio")
	b.ReportMetric(at(whole, 0.99)/at(bare, 0.99), "p99-ratio")
	b.ReportMetric(sum(whole)/sum(bare), "total-ratio")
}

func sum(all []time.Duration) float64 {
	var s time.Duration
	for _, d := range all {
		s += d
	}
	return float64(s)
}

func bareSearch(b *testing.B, l *library.Library, match string) int {
	rows, err := l.Reader().QueryContext(b.Context(),
		"SELECT rowid FROM page_index WHERE page_index MATCH ? ORDER BY rank LIMIT 20", match)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return n
}
