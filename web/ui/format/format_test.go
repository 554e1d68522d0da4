package format_test

import (
	"math"
	"testing"
	"time"

	"github.com/holtdb/holt/web/ui/format"
)

func TestCount(t *testing.T) {
	for n, want := range map[int64]string{
		0:             "0",
		7:             "7",
		9999:          "9999",
		10000:         "10\u202f000",
		1234567:       "1\u202f234\u202f567",
		-45678:        "\u221245\u202f678",
		math.MaxInt64: "9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f807",
	} {
		if got := format.Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{
		0: "0\u00a0pages", 1: "1\u00a0page", 2: "2\u00a0pages", 12000: "12\u202f000\u00a0pages",
	} {
		if got := format.Plural(n, "page", "pages"); got != want {
			t.Errorf("Plural(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0:                 "0\u00a0bytes",
		1:                 "1\u00a0byte",
		1023:              "1023\u00a0bytes",
		1024:              "1\u00a0KB",
		1536:              "1.5\u00a0KB",
		100 << 20:         "100\u00a0MB",
		1<<20 - 1:         "1\u00a0MB",
		123456789:         "118\u00a0MB",
		3<<30 + 400<<20:   "3.4\u00a0GB",
		math.MaxInt64:     "8192\u00a0PB",
		99*1024 + 1000:    "100\u00a0KB",
		1<<40 + 512<<30:   "1.5\u00a0TB",
		1<<30 - 1024*1024: "1023\u00a0MB",
	} {
		if got := format.Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, time.March, 12, 14, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		then time.Time
		want string
	}{
		{time.Time{}, "never"},
		{now, "just now"},
		{now.Add(-44 * time.Second), "just now"},
		{now.Add(-time.Minute), "1 minute ago"},
		{now.Add(-59 * time.Minute), "59 minutes ago"},
		{now.Add(-59*time.Minute - 40*time.Second), "1 hour ago"},
		{now.Add(-time.Hour), "1 hour ago"},
		{now.Add(-14 * time.Hour), "14 hours ago"},
		{now.Add(-15 * time.Hour), "yesterday"},
		{now.Add(-38 * time.Hour), "yesterday"},
		{now.Add(-39 * time.Hour), "2 days ago"},
		{now.AddDate(0, 0, -6), "6 days ago"},
		{now.AddDate(0, 0, -7), "5 March"},
		{now.AddDate(-1, 0, 0), "12 March 2025"},
		{now.Add(20 * time.Second), "in a moment"},
		{now.Add(5 * time.Minute), "in 5 minutes"},
		{now.Add(3 * time.Hour), "in 3 hours"},
		{now.Add(30 * time.Hour), "tomorrow"},
		{now.AddDate(0, 0, 30), "in 30 days"},
		{now.AddDate(0, 0, 90), "on 10 June"},
	} {
		if got := format.Ago(test.then, now); got != test.want {
			t.Errorf("Ago(%s) = %q, want %q", test.then.Format(time.RFC3339), got, test.want)
		}
	}
}

func TestAgoCountsMidnightsInOneZone(t *testing.T) {
	east := time.FixedZone("east", 10*60*60)
	now := time.Date(2026, time.March, 12, 23, 0, 0, 0, time.UTC) // already the 13th in the east
	then := time.Date(2026, time.March, 12, 8, 0, 0, 0, east)     // 25 hours ago
	if got := format.Ago(then, now); got != "yesterday" {
		t.Errorf("Ago = %q, want yesterday", got)
	}
}

func TestExact(t *testing.T) {
	at := time.Date(2026, time.March, 1, 9, 5, 0, 0, time.UTC)
	if got, want := format.Exact(at), "Sunday, 1 March 2026, 09:05 UTC"; got != want {
		t.Errorf("Exact = %q, want %q", got, want)
	}
}
