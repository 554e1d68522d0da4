package library

import "testing"

func TestLocate(t *testing.T) {
	const text = "Otters live here. They eat\nfish, frogs and “crayfish” at night. Badgers do not. They eat worms."
	for _, c := range []struct {
		snippet, want string
		from, to      int
	}{
		{"They eat fish, frogs and crayfish at night.", "They eat\nfish, frogs and “crayfish” at night.", 0, len(text)},
		{"They eat worms.", "They eat worms.", 0, len(text)},
		{"Badgers do not. They eat…", "Badgers do not. They eat", 0, len(text)},
		{"They eat fish", "", 30, len(text)},
		{"Stoats eat mice", "", 0, len(text)},
		{"", "", 0, len(text)},
		{"…", "", 0, len(text)},
		{"They eat worms.", "", 0, len(text) + 1},
		{"They eat worms.", "", -1, 3},
	} {
		got := ""
		if span, found := locate(text, c.from, c.to, c.snippet); found {
			got = text[span.Start:span.End]
		}
		if got != c.want {
			t.Errorf("%q: %q, want %q", c.snippet, got, c.want)
		}
	}
}
