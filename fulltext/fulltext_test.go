package fulltext_test

import (
	"database/sql"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	_ "modernc.org/sqlite"

	"github.com/holtdb/holt/fulltext"
)

// MustIndex opens an index in memory with the tokenizer of the library.
func MustIndex(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2');
		CREATE VIRTUAL TABLE v USING fts5vocab (t, instance)`)
	if err != nil {
		tb.Fatal(err)
	}
	return db
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ text, all, byName string }{
		{"otter", `"otter"`, ""},
		{"the river bank", `"river" AND "bank"`, ""},
		{"the of and", `"the" AND "of" AND "and"`, ""},
		{`"the river" x`, `"the river" AND "x"`, ""},
		{"otter otter Otter", `"otter"`, ""},
		{"ott* -badger", `("ott" *) NOT ("badger")`, ""},
		{`a"b`, `"b"`, ""},
		{`say "he said ""no"""`, `"say" AND "he said" AND "no"`, ""},
		{"title:otter river", `"river"`, `"otter"`},
		{`title:"river otter" title:guide`, "", `"river otter" AND "guide"`},
		{"-otter -badger", `"otter" AND "badger"`, ""},
		{"x-ray", `"x-ray"`, ""},
		{"NEAR(a1 b1)", `"NEAR" AND "a1" AND "b1"`, ""},
		{"x OR y1; --", `"x" AND "y1"`, ""},
		{"*", "", ""},
		{"Ünï* 東京", `"Ünï" * AND "東京"`, ""},
	} {
		q := fulltext.Parse(c.text)
		if q.All() != c.all || q.ByName() != c.byName {
			t.Errorf("%q: %s and %s, want %s and %s", c.text, q.All(), q.ByName(), c.all, c.byName)
		}
	}
}

// countWords counts what the index has to look up, also within phrases.
func countWords(q fulltext.Query) int {
	n := 0
	for _, t := range slices.Concat(q.Words, q.Names, q.Excluded) {
		n += len(strings.FieldsFunc(t.Text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }))
	}
	return n
}

// TestParse_Long bounds the words of a query wherever they stand.
func TestParse_Long(t *testing.T) {
	words := func(n int, between string) string { return strings.TrimSuffix(strings.Repeat("a"+between, n), between) }
	for _, c := range []struct {
		what, text string
		words      int
	}{
		{"a phrase", `"` + words(450, " ") + `"`, 16},
		{"a phrase of a name", `title:"` + words(400, " ") + `"`, 16},
		{"joined by hyphens", words(450, "-"), 16},
		{"joined by stars", words(450, "*"), 16},
		{"many phrases", strings.Repeat(`"`+words(20, " ")+` b" -"c `+words(20, " ")+`" "d `+words(20, " ")+`" `, 3), 32},
		{"many words", "x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 " +
			`x21 x22 x23 x24 x25 x26 x27 x28 x29 x30 "` + words(10, " ") + `"`, 32},
		{"short enough", `"` + words(16, " ") + `" b`, 17},
	} {
		if got := countWords(fulltext.Parse(c.text)); got != c.words {
			t.Errorf("%s: %d words, want %d", c.what, got, c.words)
		}
	}
}

// FuzzParse proves that every text is a valid query of every index and that
// what matches is marked in the snippet, which is safe HTML.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"otter", `"a b" -c d*`, `title:x "`, "a\x00b", `""" OR ( NEAR{^+-`, "é e\u0301", "-", "ﬁ²", "图书馆在哪里？-书", "น้ำใจ\xff"} {
		f.Add(s)
	}
	indexes := map[fulltext.Tokenizer]*sql.DB{"": MustIndex(f)}
	for tokenizer, declared := range map[fulltext.Tokenizer]string{
		fulltext.Porter: "porter unicode61 remove_diacritics 2", fulltext.Plain: "unicode61 remove_diacritics 2",
		fulltext.Trigram: "trigram remove_diacritics 1",
	} {
		indexes[tokenizer] = MustIndexBy(f, declared)
	}
	for _, db := range indexes {
		if _, err := db.Exec("INSERT INTO t VALUES ('the river otter and the badger')"); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for tokenizer, db := range indexes {
			q := fulltext.ParseFor(text, tokenizer)
			if n := countWords(q); n > 32 {
				t.Errorf("%d words", n)
			}
			for _, match := range []string{q.All(), q.Any()} {
				checkMatch(t, db, text, match)
			}
			for _, match := range []string{q.ByName(), q.LikeName()} {
				checkMatch(t, indexes[""], text, match)
			}
			snippets := fulltext.NewSnippeter(q)
			snippet := snippets.Snippet(text)
			plain := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(snippet)
			if strings.ContainsAny(plain, "<>") || strings.Count(snippet, "<mark>") != strings.Count(snippet, "</mark>") {
				t.Errorf("snippet %q", snippet)
			}
			checkHits(t, text, snippets.Hits(text))
			if c := snippets.Closeness(text); c.Found < 0 || c.Found > 1 || c.Together < 0 || c.Together > 1 || math.IsNaN(c.Together) {
				t.Errorf("%q by %s: %+v", text, tokenizer, c)
			}
			if tokenizer == fulltext.Trigram {
				fulltext.NewScanner(q, true).Score(text, text)
			}
		}
		fulltext.Detect(text, text)
	})
}

func checkMatch(t *testing.T, db *sql.DB, text, match string) {
	t.Helper()
	if match == "" {
		return
	}
	var n int
	if err := db.QueryRow("SELECT count(*) FROM t WHERE t MATCH ?", match).Scan(&n); err != nil {
		t.Errorf("%q makes %q: %v", text, match, err)
	}
}

// checkHits proves that hits are parts of the text, in order and apart.
func checkHits(t *testing.T, text string, hits []fulltext.Span) {
	t.Helper()
	last := 0
	for _, h := range hits {
		if h.Start < last || h.End <= h.Start || h.End > len(text) {
			t.Errorf("hits %v of %d bytes", hits, len(text))
		}
		last = h.End
	}
}

// The snippet must find what the index finds: for many word forms, the word
// as it stands must be marked exactly when the index says that it matches.
func TestSnippeter_AgreesWithIndex(t *testing.T) {
	db := MustIndex(t)
	var forms []string
	for _, base := range strings.Fields("relat condition valenc hesitanc digitiz conform radic differ vile analog operat feudal " +
		"decis hop call form trip electric good reviv allow infer air gyroscop adjust defens irrit replac depend adopt " +
		"homolog commun activ angular effect bowdler prob rate ceas control roll caress pon ti cat agre plaster motor sing " +
		"fall hiss fizz fail fil happ sk die lie otter hol bad ger studi fly tr cry syzyg apolog geni yield yay") {
		for _, end := range strings.Fields("- s es ed ing ies eed e y ly al ational tional ization izer ation ator alism iveness " +
			"fulness ousness aliti iviti biliti icate ative alize iciti ical ful ness ance ence er able ible ant ement ment ent " +
			"ion sion tion ou ism ate iti ous ive ize ll lled lling sses ss bli logi eli entli ousli") {
			forms = append(forms, base+strings.Trim(end, "-"))
		}
	}
	forms = append(forms, strings.Fields("Café CAFÉ cafe\u0301 naïve Straße STRASSE Łódź 東京 2024 3rd x² ﬁne Ωmega")...)
	insert, err := db.Prepare("INSERT INTO t (rowid, text) VALUES (?, ?)")
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range forms {
		if _, err := insert.Exec(i, w); err != nil {
			t.Fatal(err)
		}
	}
	insert.Close()
	for i := 0; i < len(forms); i += 7 {
		query := forms[i]
		if i%3 == 0 {
			query += "*"
		}
		q := fulltext.Parse(query)
		if q.Empty() {
			continue
		}
		found := map[int]bool{}
		rows, err := db.Query("SELECT rowid FROM t WHERE t MATCH ?", q.All())
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id int
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			found[id] = true
		}
		rows.Close()
		s := fulltext.NewSnippeter(q)
		for j, w := range forms {
			if marked := strings.Contains(s.Snippet(w), "<mark>"); marked != found[j] {
				t.Errorf("%q in %q: marked %v, index %v", query, w, marked, found[j])
			}
		}
	}
}

func TestSnippeter_Snippet(t *testing.T) {
	long := strings.Repeat("filler words go on. ", 40)
	for _, c := range []struct{ query, text, want string }{
		{"otter", "An <otter> & friends.", "An &lt;<mark>otter</mark>&gt; &amp; friends."},
		{`"river bank"`, "A bank, a river; the River\nbanks here", "A bank, a river; the <mark>River banks</mark> here"},
		{"zebra", "No such animal.", "No such animal."},
		{"zebra", "", ""},
		{"ott*", "Ottawa otters", "<mark>Ottawa</mark> <mark>otters</mark>"},
	} {
		if got := fulltext.NewSnippeter(fulltext.Parse(c.query)).Snippet(c.text); got != c.want {
			t.Errorf("%q: %q, want %q", c.query, got, c.want)
		}
	}
	got := fulltext.NewSnippeter(fulltext.Parse("otter badger")).Snippet("otter " + long + "the otter met a badger " + long)
	if !strings.Contains(got, "<mark>otter</mark> met a <mark>badger</mark>") || !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") {
		t.Errorf("window %q", got)
	}
}
