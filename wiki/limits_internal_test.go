package wiki

import (
	"math"
	"testing"
)

// TestLimits_Database leaves the index room beside every repository, also one
// whose limit could not be doubled.
func TestLimits_Database(t *testing.T) {
	for _, bytes := range []int64{0, 1, 12, 100 << 20, math.MaxInt64/2 + 1, math.MaxInt64} {
		got := Limits{Bytes: bytes}.database()
		if (got == 0) != (bytes == 0) || got < 0 || bytes > 0 && got <= min(bytes, math.MaxInt64/4) {
			t.Errorf("%d bytes give a database of %d", bytes, got)
		}
	}
}
