package markup_test

import (
	"strings"
	"testing"

	"github.com/holtdb/holt/library/extract/markup"
)

func TestMark(t *testing.T) {
	tests := []struct {
		name, source string
		terms        []string
		want         string
	}{
		{"word", "<p>An otter and otters</p>", []string{"otter"}, "<p>An <mark>otter</mark> and otters</p>"},
		{"case and accents", "<p>CAFÉ cafe\u0301</p>", []string{"Cafe"}, "<p><mark>CAFÉ</mark> <mark>cafe\u0301</mark></p>"},
		{"term with accents", "<p>uber</p>", []string{"Über"}, "<p><mark>uber</mark></p>"},
		{"phrase", "<p>New York, new\nyork; york new</p>", []string{"new york"}, "<p><mark>New York</mark>, <mark>new\nyork</mark>; york new</p>"},
		{"phrase over punctuation", "<p>don't stop</p>", []string{"don't"}, "<p><mark>don't</mark> stop</p>"},
		{"longest term", "<p>a b c</p>", []string{"a", "a b c", "b"}, "<p><mark>a b c</mark></p>"},
		{"prefix of a longer term", "<p>a b d</p>", []string{"a", "a b c"}, "<p><mark>a</mark> b d</p>"},
		{"across elements", "<p>the <b>red</b> fox</p>", []string{"red fox"}, "<p>the <b><mark>red</mark></b> <mark>fox</mark></p>"},
		{"word divided by an element", "<p>H<sub>2</sub>O</p>", []string{"h2o"}, "<p><mark>H</mark><sub><mark>2</mark></sub><mark>O</mark></p>"},
		{"words of two blocks", "<p>a</p><p>b</p>", []string{"ab"}, "<p>a</p><p>b</p>"},
		{"line break divides words", "a<br>b", []string{"ab"}, "a<br>b"},
		{"attributes and tags", `<p id="p"><a href="http://p.example/p">p</a>`, []string{"p", "href", "a"}, `<p id="p"><a href="http://p.example/p"><mark>p</mark></a>`},
		{"references", "<p>R&amp;D caf&eacute; &lt;amp&gt;</p>", []string{"amp", "café", "lt"}, "<p>R&amp;D <mark>caf&eacute;</mark> &lt;<mark>amp</mark>&gt;</p>"},
		{"phrase over a reference", "<p>R&amp;D</p>", []string{"r&d"}, "<p><mark>R&amp;D</mark></p>"},
		{"script", "<script>a</script><p>a</p>", []string{"a"}, "<script>a</script><p><mark>a</mark></p>"},
		{"no terms", "<p>a</p>", nil, "<p>a</p>"},
		{"terms without words", "<p>a</p>", []string{"", "--", "\u0301"}, "<p>a</p>"},
		{"broken tag at the end", "a <b", []string{"a"}, "<mark>a</mark> <b"},
		{"Greek and Cyrillic", "<p>ΛΌΓΟΣ Ёж</p>", []string{"λογοσ", "еж"}, "<p><mark>ΛΌΓΟΣ</mark> <mark>Ёж</mark></p>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := markup.Mark(tt.source, tt.terms); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func FuzzMark(f *testing.F) {
	f.Add("<p>An <b>ot</b>ter &amp; caf&eacute; <!-- otter --></p>", "otter cafe")
	f.Add("<script>a</script><a href='a'>a", "a")
	f.Add("&amp;&#x61;&NotEqualTilde;a\x00b", "a")
	f.Fuzz(func(t *testing.T, source, terms string) {
		source = strings.NewReplacer("<mark>", "", "</mark>", "").Replace(source)
		marked := markup.Mark(source, append(strings.Fields(terms), terms))
		if got := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(marked); got != source {
			t.Errorf("without marks\n got %q\nwant %q", got, source)
		}
		if strings.Count(marked, "<mark>") != strings.Count(marked, "</mark>") {
			t.Errorf("unbalanced: %q", marked)
		}
	})
}

// FuzzMarkSafe marks what the reader makes: it must still be safe.
func FuzzMarkSafe(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack, "script alert x evil example")
	}
	f.Fuzz(func(t *testing.T, source, terms string) {
		_, safe, _ := MustParse(t, source, markup.Options{})
		requireSafe(t, markup.Mark(safe, strings.Fields(terms)))
	})
}
