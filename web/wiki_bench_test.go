package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"
)

// fetch gets an address as often as told and returns how long each time took.
// cookies are those of a visitor's browser.
func fetch(b *testing.B, client *http.Client, address, cookies string, times int) (took []time.Duration, bytes int) {
	b.Helper()
	for range times {
		r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
		if err != nil {
			b.Fatal(err)
		}
		if cookies != "" {
			r.Header.Set("Cookie", cookies)
		}
		start := time.Now()
		answer, err := client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, answer.Body)
		if err := answer.Body.Close(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
		if err != nil || answer.StatusCode != http.StatusOK {
			b.Fatal(answer.Status, err)
		}
		bytes = int(n)
	}
	return took, bytes
}

func median(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2])
}

// cookiesOf returns what a visitor's browser would send.
func cookiesOf(v *visitor, address string) (header string) {
	r, _ := http.NewRequest(http.MethodGet, address, nil)
	for _, c := range v.client.Jar.Cookies(r.URL) {
		header += c.Name + "=" + c.Value + "; "
	}
	return header
}

// BenchmarkWikiPage compares a warm page over HTTP with a bare handler that
// writes the same bytes, each in turn over connections of one client. "speed" is
// the page's as a share of the bare handler's, "cold" how many times as long the
// first view after a change takes.
func BenchmarkWikiPage(b *testing.B) {
	s, ann := garden(b)
	page := s.url + "/w/garden/Plants/Roses"
	for name, v := range map[string]*visitor{"anonymous": s.anonymous(b), "signed-in": ann.visitor} {
		b.Run(name, func(b *testing.B) {
			client := &http.Client{}
			cookies := cookiesOf(v, page)
			_, size := fetch(b, client, page, cookies, 1)
			body := make([]byte, size)
			bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Length", strconv.Itoa(len(body)))
				_, _ = w.Write(body)
			}))
			defer bare.Close()
			var ours, theirs []time.Duration
			b.ResetTimer()
			for b.Loop() {
				took, _ := fetch(b, client, page, cookies, 1)
				ours = append(ours, took...)
				took, _ = fetch(b, client, bare.URL, cookies, 1)
				theirs = append(theirs, took...)
			}
			b.ReportMetric(median(theirs)/median(ours), "speed")
			b.ReportMetric(median(ours)/1000, "us/page")
			b.ReportMetric(median(theirs)/1000, "us/bare")
		})
	}
	b.Run("cold", func(b *testing.B) {
		client := &http.Client{}
		var cold, warm []time.Duration
		for i := range 20 {
			s.MustWrite(b, "garden", "Bench", fmt.Sprintf("# Bench\n\nChange %d of [[Plants/Roses]].\n", i))
			cookies := cookiesOf(ann.visitor, page)
			took, _ := fetch(b, client, s.url+"/w/garden/Bench", cookies, 1)
			cold = append(cold, took...)
			took, _ = fetch(b, client, s.url+"/w/garden/Bench", cookies, 1)
			warm = append(warm, took...)
		}
		b.ReportMetric(median(cold)/median(warm), "cold/warm")
		b.ReportMetric(median(cold)/1000, "us/cold")
	})
}
