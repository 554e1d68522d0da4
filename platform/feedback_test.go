package platform_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func MustCount(tb testing.TB, s *platform.Store, up, down int) {
	tb.Helper()
	if err := s.CountFeedback(tb.Context(), up, down); err != nil {
		tb.Fatal(err)
	}
}

func day(text string, up, down int64) platform.FeedbackDay {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return platform.FeedbackDay{Day: at, FeedbackCount: platform.FeedbackCount{Up: up, Down: down}}
}

func TestFeedback(t *testing.T) {
	s, now := MustOpen(t) // 15 January 2027, 08:00 UTC
	check := func(days int, up, down int64, want ...platform.FeedbackDay) {
		t.Helper()
		total, latest, err := s.FeedbackCounts(t.Context(), days)
		if err != nil || total != (platform.FeedbackCount{Up: up, Down: down}) || !slices.Equal(latest, want) {
			t.Errorf("%+v, %+v, %v; want %d, %d, %+v", total, latest, err, up, down, want)
		}
	}
	check(30, 0, 0)
	MustCount(t, s, 0, 0)
	MustCount(t, s, -1, -5)
	check(30, 0, 0)
	MustCount(t, s, 2, 0)
	MustCount(t, s, 1, 1)
	check(1, 3, 1, day("2027-01-15", 3, 1))
	now.Add(15*time.Hour + 59*time.Minute)
	MustCount(t, s, 1, 0)
	now.Add(time.Minute)
	check(1, 4, 1)
	MustCount(t, s, 1, 0)
	check(1, 5, 1, day("2027-01-16", 1, 0))
	check(2, 5, 1, day("2027-01-16", 1, 0), day("2027-01-15", 4, 1))
	MustCount(t, s, -1, 1) // somebody changes their mind
	check(2, 4, 2, day("2027-01-16", 0, 1), day("2027-01-15", 4, 1))
	MustCount(t, s, -1, -2) // also of what they thought yesterday
	check(2, 3, 0, day("2027-01-15", 3, 0))
	check(1, 3, 0)
	check(0, 3, 0)
	check(-1, 3, 0)
	MustCount(t, s, -math.MaxInt, -math.MaxInt)
	check(math.MaxInt, 0, 0)
}

func TestFeedbackTogether(t *testing.T) {
	s, _ := MustOpen(t)
	if err := errors.Join(together(20, func(i int) error { return s.CountFeedback(t.Context(), 1, i%2) })...); err != nil {
		t.Fatal(err)
	}
	total, latest, err := s.FeedbackCounts(t.Context(), 1)
	if err != nil || total != (platform.FeedbackCount{Up: 20, Down: 10}) || len(latest) != 1 {
		t.Errorf("%+v, %+v, %v", total, latest, err)
	}
}
