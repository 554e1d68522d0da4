package bench_test

import (
	"slices"
	"testing"
	"time"
)

// side is one of two things that are compared. It does its work n times.
type side func(n int)

// compare runs the two sides in turn, batch by batch, and reports the median of
// the batches' ratios: how many times as long the subject takes as the
// baseline. Below 1 the subject is faster.
func compare(b *testing.B, batch int, subject, baseline side) {
	b.Helper()
	subject(1) // warm both up
	baseline(1)
	var ratios []float64
	var ours, theirs time.Duration
	done := 0
	b.ResetTimer()
	for b.Loop() {
		a, c := timed(subject, batch), timed(baseline, batch)
		ours, theirs = ours+a, theirs+c
		ratios = append(ratios, float64(a)/float64(c))
		done += batch
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op") // the sum of both sides says nothing
	b.ReportMetric(float64(ours.Nanoseconds())/float64(done), "subject-ns")
	b.ReportMetric(float64(theirs.Nanoseconds())/float64(done), "baseline-ns")
	b.ReportMetric(median(ratios), "times-baseline")
}

func timed(s side, n int) time.Duration {
	start := time.Now()
	s(n)
	return time.Since(start)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
