package retrieve_test

import (
	"strings"
	"testing"

	"github.com/holtdb/holt/library/retrieve"
)

func TestListing(t *testing.T) {
	contents := strings.Repeat("1.1 Imports … 3\n1.2 Exports to text files … 14\n", 6)
	index := strings.Repeat("SPSS, 15, 16\nStata 15, 19\nSQL queries … 18\n", 5)
	prose := strings.Repeat("The function reads what the command has written since 1999\nand returns a list of all variables in it.\n", 8)
	for _, c := range []struct {
		what, text string
		want       bool
	}{
		{"contents", contents, true},
		{"an index", index, true},
		{"prose", prose, false},
		{"prose with a short list", prose + "see page 12\nsee page 14\n", false},
		{"a few entries", "A … 1\nB … 2\nC … 3", false},
		{"a table of numbers", strings.Repeat("12 14 15 18\n", 20), false},
		{"code", strings.Repeat("x <- c(1, 2)\ny1\nz = f(x3)\n", 10), false},
		{"prices", strings.Repeat("Cherry pie 13\nApple pie 11\nCoffee 3\nTea 2\nCake 9\n", 4), false},
		{"contents without dots", "Preface 1\nOtters 4\nRivers 9\nThe bank 12\nThe holt 20\nFish 31\nFrogs 35\nNight 40\nIndex 44\n", true},
		{"nothing", "", false},
	} {
		if got := retrieve.Listing(c.text); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}
