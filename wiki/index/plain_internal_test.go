package index

import "testing"

func TestReadable(t *testing.T) {
	for text, want := range map[string]string{
		"---\ntags: [a]\n---\n# The *beds*\n":             "The beds\n",
		"See [[the plan|Garden/Beds]] and [[Home]].":      "See the plan and Home.",
		"A [link](https://example.org) and ![p](./p.png)": "A link and !p",
		"| a | b |\n|---|---|\n| 1 | 2 |\n":               "a   b  \n\n1   2  \n",
		"> quoted ==marked== `code` a = b, x~y {z}":       "quoted marked code a = b, x~y {z}",
		"- [ ] a task\n1. one":                            "  a task\n1. one",
		"[[never closed":                                  "never closed",
		"](also never":                                    "(also never",
		"":                                                "",
	} {
		if got := readable(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
