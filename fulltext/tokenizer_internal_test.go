package fulltext

import (
	"database/sql"
	"strings"
	"testing"
	"unicode"

	_ "modernc.org/sqlite"
)

// TestWordsAreThoseOfTheIndex holds what counts as a letter, and what as the
// same letter, against the tokenizer itself: each character of the basic plane
// between two letters.
func TestWordsAreThoseOfTheIndex(t *testing.T) {
	const plane = 0x10000
	db := mustTokens(t, "unicode61 remove_diacritics 2")
	for _, step := range []string{"BEGIN", "END"} {
		if _, err := db.Exec(step); err != nil {
			t.Fatal(err)
		}
		if step == "END" {
			break
		}
		insert, err := db.Prepare("INSERT INTO t (rowid, text) VALUES (?, ?)")
		if err != nil {
			t.Fatal(err)
		}
		for r := rune(1); r < plane; r++ {
			if assigned(r) {
				if _, err := insert.Exec(int(r), "x"+string(r)+"x"); err != nil {
					t.Fatal(err)
				}
			}
		}
		insert.Close()
	}
	rows, err := db.Query("SELECT doc, group_concat(term, '|') FROM (SELECT doc, term FROM v ORDER BY doc, offset) GROUP BY doc")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	differ, all := 0, 0
	for rows.Next() {
		var id int
		var terms string
		if err := rows.Scan(&id, &terms); err != nil {
			t.Fatal(err)
		}
		text := "x" + string(rune(id)) + "x"
		var words []string
		for _, s := range wordSpans(text, nil) {
			words = append(words, fold(text[s.Start:s.End]))
		}
		all++
		if got := strings.Join(words, "|"); got != terms {
			differ++
			if everyday(rune(id)) {
				t.Errorf("U+%04X: %q, the index has %q", id, got, terms)
			}
		}
	}
	if err := rows.Err(); err != nil || all < 50_000 {
		t.Fatalf("%d characters, %v", all, err)
	}
	if differ > 400 {
		t.Errorf("%d of %d characters differ", differ, all)
	}
}

func assigned(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Co) ||
		unicode.Is(unicode.Cf, r)
}

// everyday reports whether r is of a script that many people write today.
func everyday(r rune) bool {
	return r < 0x0250 || r >= 0x1e00 && r < 0x1f00 || Unspaced(r) && unicode.IsLetter(r) ||
		unicode.In(r, unicode.Hangul, unicode.Hebrew) ||
		unicode.In(r, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Devanagari) && unicode.IsLetter(r) && (r < 0x0528 || r > 0x05ff && r < 0xa000) && r != 'Ϳ' // rare: later than the tables of the index
}

func mustTokens(tb testing.TB, tokenizer string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE VIRTUAL TABLE t USING fts5 (text, tokenize = '` + tokenizer + `');
		CREATE VIRTUAL TABLE v USING fts5vocab (t, instance)`); err != nil {
		tb.Fatal(err)
	}
	return db
}
