// Package format writes numbers, sizes and times the way people read them.
package format

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// groupSeparator is a narrow no-break space, which every reader of numbers
// understands, wherever they are.
const groupSeparator = "\u202f"

// Count writes n with its digits in groups of three: 12 345. Numbers below
// 10 000 stay together, as in running text.
func Count[N ~int | ~int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if n < 0 {
		sign, digits = "\u2212", digits[1:]
	}
	if len(digits) < 5 {
		return sign + digits
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(groupSeparator)
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// Plural writes a count with its noun: "1 page", "12 pages".
func Plural[N ~int | ~int64](n N, one, many string) string {
	if n == 1 {
		return "1\u00a0" + one
	}
	return Count(n) + "\u00a0" + many
}

// Bytes writes a size in the largest unit that leaves at least one: 512 bytes,
// 3.4 MB. Units are steps of 1024; limits are set in the same ones.
func Bytes(n int64) string {
	if n < 1<<10 {
		return Plural(n, "byte", "bytes")
	}
	value, units := float64(n)/1024, []string{"KB", "MB", "GB", "TB", "PB"}
	for value >= 1023.5 && len(units) > 1 {
		value, units = value/1024, units[1:]
	}
	figure := strconv.FormatFloat(value, 'f', 1, 64)
	if value >= 99.95 {
		figure = strconv.FormatFloat(value, 'f', 0, 64)
	}
	return strings.TrimSuffix(figure, ".0") + "\u00a0" + units[0]
}

// Ago writes how long before now t was: "just now", "5 minutes ago",
// "yesterday", and after a week the day. A time to come is written the same
// way: "in 5 minutes". The zero time is "never".
func Ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	span := now.Sub(t)
	if span < 0 {
		return ahead(t, -span, now)
	}
	switch days := daysBetween(t, now); {
	case span < 45*time.Second:
		return "just now"
	case span < time.Hour-30*time.Second:
		return rounded(span, time.Minute, "minute") + " ago"
	case span < 24*time.Hour && (days == 0 || span < 8*time.Hour):
		return rounded(span, time.Hour, "hour") + " ago"
	case days <= 1:
		return "yesterday"
	case days < 7:
		return fmt.Sprintf("%d days ago", days)
	default:
		return Day(t, now)
	}
}

func ahead(t time.Time, span time.Duration, now time.Time) string {
	switch days := daysBetween(now, t); {
	case span < 45*time.Second:
		return "in a moment"
	case span < time.Hour-30*time.Second:
		return "in " + rounded(span, time.Minute, "minute")
	case span < 24*time.Hour:
		return "in " + rounded(span, time.Hour, "hour")
	case days <= 1:
		return "tomorrow"
	case days < 45:
		return fmt.Sprintf("in %d days", days)
	default:
		return "on " + Day(t, now)
	}
}

// Day writes the date of t, without the year when that is the present one.
func Day(t, now time.Time) string {
	if t.Year() == now.In(t.Location()).Year() {
		return t.Format("2 January")
	}
	return t.Format("2 January 2006")
}

// Exact writes t to the minute with its zone, for where a relative time needs
// its precise counterpart.
func Exact(t time.Time) string {
	return t.Format("Monday, 2 January 2006, 15:04 MST")
}

// daysBetween counts the midnights from one time to a later one.
func daysBetween(from, to time.Time) int {
	to = to.In(from.Location())
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(to).Sub(midnight(from)) / (24 * time.Hour))
}

func rounded(span, unit time.Duration, name string) string {
	n := max(1, int(span.Round(unit)/unit))
	if n == 1 {
		return "1 " + name
	}
	return fmt.Sprintf("%d %ss", n, name)
}
