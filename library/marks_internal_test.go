package library

import (
	"math"
	"strings"
	"testing"

	"github.com/holtdb/holt/fulltext"
)

// placedLine puts the words of a text on a line, each character one point wide.
func placedLine(text string) []PlacedWord {
	var words []PlacedWord
	x := 0.0
	for _, w := range strings.Fields(text) {
		width := float64(len([]rune(w)))
		words = append(words, PlacedWord{Text: w, Box: Box{X: x, Y: 10, W: width, H: 1}})
		x += width + 1
	}
	return words
}

func TestMarkPassage(t *testing.T) {
	for _, c := range []struct{ what, page, passage, want string }{
		{"all in a row", "one two three four five six seven", "two three four five six", "two three four five six"},
		{"case and signs", "One TWO, three-four; “five” six", "two three four five", "TWO, three-four; “five”"},
		{"a divided word", "the quick brown under- stand ing fox jumps over", "quick brown understand ing fox jumps", "quick brown under- stand ing fox jumps"},
		{"a hyphen that stays", "a well- known old otter swims there", "well-known old otter swims", "well- known old otter swims"},
		{"a running head in the midst", "a b c d e 17 Otters of Europe f g h i j", "b c d e f g h i", "b c d e f g h i"},
		{"a word that differs", "a b c d x f g h i j", "a b c d e f g h i", "a b c d x f g h i"},
		{"twice on the page", "a b c d z z a b c d e f g", "a b c d e f", "a b c d e f"},
		{"short", "one two three four", "two three", "two three"},
		{"short, not as a whole", "one two four three", "two three", ""},
		{"one word, the first of two", "otter x otter", "otter", "otter"},
		{"nowhere", "one two three four five", "six seven eight nine ten", ""},
		{"three of a long one", "one two three x y z u v w", "one two three four five six seven", ""},
		{"out of order", "e f g h a b c d", "a b c d e f g h", "a b c d"},
		{"nothing", "one two", "", ""},
		{"no words", "one two", "… – !", ""},
		{"without spaces", "図書館で本を読みます。 カフェもあります。", "で本を読みます。カフェも", "で本を読みます。カフェも"},
	} {
		m := marking{text: c.passage, passage: fulltext.Span{End: len(c.passage)}}
		var got []string
		for _, w := range m.place(placedLine(c.page)) {
			if w.Passage {
				got = append(got, w.Text)
			}
			if w.Hit {
				t.Errorf("%s: %q is a hit", c.what, w.Text)
			}
		}
		between := " "
		if c.what == "without spaces" {
			between = ""
		}
		if strings.Join(got, between) != c.want {
			t.Errorf("%s: marked %q, want %q", c.what, strings.Join(got, between), c.want)
		}
	}
}

// FuzzMarkPassage proves that placing marks loses no text and no area, and that
// a passage that is on the page as it is is marked.
func FuzzMarkPassage(f *testing.F) {
	f.Add("one two three four five six", 4, 18)
	f.Add("図書館で本を読みます。 カフェもあります。 abc", 9, 30)
	f.Add("a- b- c a- b", 0, 9)
	f.Add("น้ำใจ คนไทย", 3, 12)
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		text = strings.ToValidUTF8(text, "")
		if start < 0 || end > len(text) || start >= end {
			return
		}
		words := placedLine(text)
		m := marking{text: text, hits: []fulltext.Span{{Start: start, End: end}}, passage: fulltext.Span{Start: start, End: end}}
		placed := m.place(placedLine(text))
		if got, want := textOf(placed), textOf(words); got != want {
			t.Errorf("%q became %q", want, got)
		}
		if got, want := areaOf(placed), areaOf(words); math.Abs(got-want) > 1e-6*(1+want) {
			t.Errorf("%q: area %v, was %v", text, got, want)
		}
		escaped := m.html()
		plain := strings.NewReplacer(hitMark, "", passageMark, "", markEnd, "").Replace(escaped)
		if strings.ContainsAny(plain, "<>") || strings.Count(escaped, "<mark") != strings.Count(escaped, markEnd) {
			t.Errorf("%q is marked as %q", text, escaped)
		}
	})
}

func textOf(words []PlacedWord) string {
	var b strings.Builder
	for _, w := range words {
		b.WriteString(w.Text)
	}
	return b.String()
}

func areaOf(words []PlacedWord) float64 {
	area := 0.0
	for _, w := range words {
		area += w.W * w.H
	}
	return area
}

func TestPlace_DividesWhereMarksAre(t *testing.T) {
	text := "北京大学的图书馆在Beijing里"
	for _, c := range []struct{ query, want string }{
		{"图书", "北京大学的 [图书] 馆在Beijing里"},
		{"北京大学", "[北京大学] 的图书馆在Beijing里"},
		{"beijing", "北京大学的图书馆在 [Beijing] 里"},
		{"里", "北京大学的图书馆在Beijing [里]"},
		{"zebra", "北京大学的图书馆在Beijing里"},
	} {
		finder := fulltext.NewFinder(fulltext.ParseFor(c.query, fulltext.Trigram))
		m := marking{text: text, hits: finder.Hits(text)}
		var got []string
		x := 0.0
		for _, w := range m.place(placedLine(text)) {
			if math.Abs(w.X-x) > 1e-9 || w.W <= 0 {
				t.Errorf("%s: %q stands at %v, want %v", c.query, w.Text, w.X, x)
			}
			x = w.X + w.W
			if w.Hit {
				w.Text = "[" + w.Text + "]"
			}
			got = append(got, w.Text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.query, got, c.want)
		}
	}
	upright := PlacedWord{Text: "北京", Box: Box{X: 5, Y: 10, W: 2, H: 8}}.cells()
	if len(upright) != 2 || upright[1].Box != (Box{X: 5, Y: 14, W: 2, H: 4}) {
		t.Errorf("written downwards: %+v", upright)
	}
}

func TestMarking_HTML(t *testing.T) {
	const text = "a <b> river & bank, end"
	span := func(s string) fulltext.Span {
		i := strings.Index(text, s)
		return fulltext.Span{Start: i, End: i + len(s)}
	}
	for _, c := range []struct {
		what    string
		hits    []fulltext.Span
		passage fulltext.Span
		want    string
	}{
		{"nothing", nil, fulltext.Span{}, "a &lt;b&gt; river &amp; bank, end"},
		{"hits", []fulltext.Span{span("river"), span("end")}, fulltext.Span{}, "a &lt;b&gt; <mark>river</mark> &amp; bank, <mark>end</mark>"},
		{"a passage", nil, span("river & bank"), `a &lt;b&gt; <mark class="passage">river &amp; bank</mark>, end`},
		{"hits in a passage", []fulltext.Span{span("river"), span("bank")}, span("river & bank"),
			`a &lt;b&gt; <mark class="passage"><mark>river</mark> &amp; <mark>bank</mark></mark>, end`},
		{"a hit over its border", []fulltext.Span{span("river & bank")}, span("& bank, end"),
			`a &lt;b&gt; <mark>river </mark><mark class="passage"><mark>&amp; bank</mark>, end</mark>`},
		{"all of it", []fulltext.Span{{Start: 0, End: len(text)}}, fulltext.Span{End: len(text)},
			`<mark class="passage"><mark>a &lt;b&gt; river &amp; bank, end</mark></mark>`},
	} {
		if got := (marking{text: text, hits: c.hits, passage: c.passage}).html(); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestMarking_InHTML(t *testing.T) {
	const text = "The otter dives.\n\nIt finds a fish in the cold river and eats it by the bank. 图书馆在北京"
	const page = "<p>The <b>otter</b> dives.</p><p>It finds a fish in the cold <i>riv</i>er and eats it by the bank. 图书馆在北京</p>"
	passage := fulltext.Span{Start: strings.Index(text, "It finds"), End: strings.Index(text, " 图")}
	hit := strings.Index(text, "fish")
	m := marking{text: text, hits: []fulltext.Span{{Start: hit, End: hit + 4}}, passage: passage}
	want := `<p>The <b>otter</b> dives.</p><p><mark class="passage">It finds a <mark>fish</mark> in the cold</mark> <i>` +
		`<mark class="passage">riv</mark></i><mark class="passage">er and eats it by the bank</mark>. 图书馆在北京</p>`
	if got := m.inHTML(page); got != want {
		t.Errorf("%s", got)
	}
	m = marking{text: text, hits: fulltext.NewFinder(fulltext.ParseFor("书馆", fulltext.Trigram)).Hits(text)}
	if got := m.inHTML(page); !strings.Contains(got, "图<mark>书馆</mark>在北京") {
		t.Errorf("%s", got)
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"北京\n大学":         "北京大学",
		"北京\n大\n学":       "北京大学",
		"北京\n\n大学":       "北京\n\n大学", // a paragraph
		"北京\nBeijing":    "北京\nBeijing",
		"one\ntwo":       "one\ntwo",
		"\n北京\n":         "\n北京\n",
		"カフェー\nー":        "カフェーー",
		"ภาษา\nไทย ภาษา": "ภาษาไทย ภาษา",
		"":               "",
	} {
		if got := plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
