package fulltext_test

import (
	"database/sql"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/holtdb/holt/fulltext"
)

// texts are of languages that tokenizers treat differently, with what is hard
// in each: accents of one and two characters, capitals, vowel signs, hyphens.
func texts() []string {
	return []string{
		"The river otter and the badgers were WATCHING the well-known café on 2.5 acres; relational studies of otters.",
		"Der Fischotter lebt am Fluß. Über die Straße, ÄRGER und Ärger; Łódź, e\u0301te\u0301, Müller-Lüdenscheidt.",
		"Ёлка и ёж, ЙОД: Москва – столица. Українська їжа й мова.",
		"Ο ΛΟΓΟΣ και ο λόγος, μῆνιν ἄειδε θεά, ϐίος και φῶς.",
		"هذا كِتَابٌ عن القِطَط، والكتاب الآخر أيضا.",
		"हिन्दी में एक किताब और क़लम; हिन्द महासागर।",
		"東京大学は日本の大学です。がっこうとカフェ、ＡＢＣ。コーヒー café Tokyo 東京。東京都",
		"北京大学的图书馆在哪里？图书馆里有一百万册书，Linux 内核。 北京 大学",
		"ภาษาไทยไม่มีช่องว่างระหว่างคำ น้ำใจคนไทย ABC 123 น้ำ",
		"한국어 대학교에서 공부합니다. 대학교 도서관",
		"Tiếng Việt có nhiều dấu: đường phố, ĐƯỜNG, người.",
		"x² ﬁne Ⅷ 3rd 100₽ 🦊fox a_b a\u00adb \u2066iso\u2069 ½ ₂",
	}
}

// TestFinder_AgreesWithIndex holds what is marked against what the index itself
// highlights, for each tokenizer: parts of texts in all languages, in all of them.
func TestFinder_AgreesWithIndex(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	for tokenizer, declared := range map[fulltext.Tokenizer]string{
		fulltext.Porter:  "porter unicode61 remove_diacritics 2",
		fulltext.Plain:   "unicode61 remove_diacritics 2",
		fulltext.Trigram: "trigram remove_diacritics 1",
	} {
		t.Run(string(tokenizer), func(t *testing.T) {
			db := MustIndexBy(t, declared)
			for i, text := range texts() {
				if _, err := db.Exec("INSERT INTO t (rowid, text) VALUES (?, ?)", i, text); err != nil {
					t.Fatal(err)
				}
			}
			marked := 0
			for range 1500 {
				text := queryFrom(r)
				q := fulltext.ParseFor(text, tokenizer)
				if q.Empty() || q.Scanned() || len(q.Excluded) > 0 {
					continue
				}
				marked += agree(t, db, text, q)
			}
			if marked < 400 {
				t.Errorf("only %d texts were marked", marked)
			}
		})
	}
}

// agree compares one query and returns in how many texts it marks something.
func agree(t *testing.T, db *sql.DB, text string, q fulltext.Query) int {
	t.Helper()
	rows, err := db.Query("SELECT rowid, highlight(t, 0, char(2), char(3)) FROM t WHERE t MATCH ?", q.Any())
	if err != nil {
		t.Fatalf("%q makes %s: %v", text, q.Any(), err)
	}
	defer rows.Close()
	want := map[int]string{}
	for rows.Next() {
		var id int
		var highlighted string
		if err := rows.Scan(&id, &highlighted); err != nil {
			t.Fatal(err)
		}
		want[id] = highlighted
	}
	finder := fulltext.NewFinder(q)
	for i, source := range texts() {
		hits := finder.Hits(source)
		expected, found := want[i]
		if q.Any() != strings.ReplaceAll(q.All(), `" AND "`, `" OR "`) {
			// Parts of a sentence are marked only where it does not stand as a whole:
			// all that is to be compared is whether there is something.
			if (len(hits) > 0) != found {
				t.Errorf("%q in %q: hits %v, index %v", text, source, hits, found)
			}
			continue
		}
		var b strings.Builder
		at := 0
		for _, h := range hits {
			b.WriteString(source[at:h.Start] + "\x02" + source[h.Start:h.End] + "\x03")
			at = h.End
		}
		if !found {
			expected = source
		}
		if got := b.String() + source[at:]; got != expected {
			t.Errorf("%q in %q:\n%q, the index has\n%q", text, source, got, expected)
		}
	}
	return len(want)
}

// queryFrom makes a query of a part of one of the texts: a word, a phrase or a
// prefix, in another case at times.
func queryFrom(r *rand.Rand) string {
	all := texts()
	runes := []rune(all[r.Intn(len(all))])
	from := r.Intn(len(runes))
	part := string(runes[from:min(len(runes), from+1+r.Intn(12))])
	part = strings.ReplaceAll(part, `"`, "")
	switch r.Intn(5) {
	case 0:
		part = strings.ToUpper(part)
	case 1:
		part = `"` + part + `"`
	case 2:
		part = strings.TrimSpace(part) + "*"
	}
	return part
}

func MustIndexBy(tb testing.TB, tokenizer string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = '" + tokenizer + "')"); err != nil {
		tb.Fatal(err)
	}
	return db
}

func TestScanner(t *testing.T) {
	const page, heading = "北京大学的图书馆在 Beijing，café 里有 AI 书。图书馆很大。", "校园"
	for _, c := range []struct {
		query string
		all   bool
		found bool
	}{
		{"北京", true, true},
		{"北京 图书馆", true, true},
		{"北京 上海", true, false},
		{"北京 上海", false, true},
		{"校园", true, true}, // in the heading
		{"ai", true, true}, // in another case
		{"fé", true, true},
		{"Fe", true, true}, // accents
		{"京北", true, false},
		{"书 -上海", true, true},
		{"书 -北京", true, false},
		{"书 -ai", true, false},
		{"书 -校园", true, false},
		{"书 图书馆在哪里呢", true, false},
		{"水 图书馆在哪里呢", false, true}, // a part of the sentence
		{"水 火车站在哪里呢", false, false},
	} {
		q := fulltext.ParseFor(c.query, fulltext.Trigram)
		if !q.Scanned() {
			t.Errorf("%q is not looked for in the pages", c.query)
		}
		if score := fulltext.NewScanner(q, c.all).Score(page, heading); (score > 0) != c.found {
			t.Errorf("%q, all %v: score %v", c.query, c.all, score)
		}
	}
	score := func(text string) float64 {
		return fulltext.NewScanner(fulltext.ParseFor("图书", fulltext.Trigram), true).Score(text, "")
	}
	filler := strings.Repeat("山", 500)
	if a, b := score("图书图书"+filler), score("图书"+filler); a <= b {
		t.Errorf("twice %v, once %v", a, b)
	}
	if a, b := score("图书"), score("图书"+filler); a <= b {
		t.Errorf("on a short page %v, on a long one %v", a, b)
	}
}

func TestFinder_Closeness(t *testing.T) {
	for _, c := range []struct {
		query, text string
		tokenizer   fulltext.Tokenizer
		found       float64
		inOrder     bool
		together    string
	}{
		{"river bank", "the river bank", fulltext.Porter, 1, true, "1.00"},
		{"river bank", "the bank of the river", fulltext.Porter, 1, false, "0.50"},
		{"river of the bank", "by the rivers at banks", fulltext.Porter, 1, true, "0.67"},
		{"river bank", "river a b c d e f g h bank", fulltext.Porter, 1, false, "0.20"},
		{"river bank", "river then far a b c d e f g river bank", fulltext.Porter, 1, true, "1.00"},
		{"river bank otter", "river bank", fulltext.Porter, 2.0 / 3, false, "1.00"},
		{"river", "river river", fulltext.Porter, 1, false, "0.00"},
		{`"river bank" otter`, "otter river bank", fulltext.Porter, 1, false, "1.00"},
		{`"river bank" otter`, "river bank otter", fulltext.Plain, 1, true, "1.00"},
		{"zebra yak", "river", fulltext.Plain, 0, false, "0.00"},
		{"北京 大学", "北京大学", fulltext.Trigram, 1, true, "1.00"},
		{"大学 北京", "北京大学", fulltext.Trigram, 1, false, "1.00"},
		{"图书馆在哪里", "图书馆在北京", fulltext.Trigram, 0.5, false, "0.00"},
		{"图书馆在哪里", "请问图书馆在哪里", fulltext.Trigram, 1, false, "0.00"},
	} {
		got := fulltext.NewFinder(fulltext.ParseFor(c.query, c.tokenizer)).Closeness(c.text)
		if fmt.Sprintf("%.3f", got.Found) != fmt.Sprintf("%.3f", c.found) || got.InOrder != c.inOrder || fmt.Sprintf("%.2f", got.Together) != c.together {
			t.Errorf("%s in %q: %+v, want %v %v %s", c.query, c.text, got, c.found, c.inOrder, c.together)
		}
	}
}

func TestSnippeter_Unspaced(t *testing.T) {
	long := strings.Repeat("山高水长。", 60)
	s := fulltext.NewSnippeter(fulltext.ParseFor("北京 图书馆", fulltext.Trigram))
	got := s.Snippet(long + "北京的<图书馆>在这里。" + long)
	if !strings.Contains(got, "<mark>北京</mark>的&lt;<mark>图书馆</mark>&gt;在这里。") || !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") {
		t.Errorf("snippet %q", got)
	}
	if n := len([]rune(got)); n > 120 {
		t.Errorf("%d characters", n)
	}
	text := "one two. The otter dives here. three four"
	part := fulltext.Span{Start: strings.Index(text, "The"), End: strings.Index(text, " three")}
	if got := fulltext.NewSnippeter(fulltext.Parse("otter")).SnippetOf(text, part); got != "…The <mark>otter</mark> dives here.…" {
		t.Errorf("of a part: %q", got)
	}
	if got := fulltext.NewSnippeter(fulltext.Parse("zebra")).SnippetOf(text, fulltext.Span{End: len(text)}); got != text {
		t.Errorf("of all: %q", got)
	}
}
