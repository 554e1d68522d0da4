package clean_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/holtdb/holt/library/extract/clean"
)

func TestText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"divided word", "an exam-\nple of it", "an example\nof it"},
		{"divided word ends the paragraph", "an exam-\nple.\n\nNext", "an example.\n\nNext"},
		{"divided over three lines", "in-\nter-\nnational law", "international\nlaw"},
		{"compound of known words", "a well and a known fact, a well-\nknown fact", "a well and a known fact, a well-known\nfact"},
		{"compound the text has elsewhere", "re-sign here, then re-\nsign", "re-sign here, then re-sign"},
		{"whole word the text has elsewhere", "resign now, or re-\nsign", "resign now, or resign"},
		{"compound of several parts", "state-of-the-\nart", "state-of-the-art"},
		{"name", "the Anglo-\nSaxon king", "the Anglo-Saxon\nking"},
		{"years", "in 1990-\n1995 only", "in 1990-1995\nonly"},
		{"dash is no hyphen", "a dash -\nhere", "a dash -\nhere"},
		{"hyphen before a blank line", "end-\n\nnext", "end-\n\nnext"},
		{"soft hyphen at the line end", "well\u00ad\nknown", "wellknown"},
		{"soft hyphen in a line", "ex\u00adam\u00adple", "example"},
		{"mark of PDFium", "exam\u0002\r\nple is", "example\nis"},
		{"noncharacter of PDFium", "exam\ufffe\nple is", "example\nis"},
		{"ligatures", "ﬁnd the oﬃce ﬂoor eﬀect", "find the office floor effect"},
		{"composed", "Cafe\u0301 u\u0308ber", "Café über"},
		{"soft hyphen before an accent", "e\u00ad\u0301", "é"},
		{"soft hyphen alone", "a \u00ad\nb \u00ad c\n\u00ad d", "a\nb c\nd"},
		{"control characters", "a\x00b\x07c\x7f\u0085d", "abc\nd"},
		{"direction and invisible", "a\u202eb\u200bc\ufeffd\u200ee", "abcde"},
		{"joiner stays", "می\u200cخواهم", "می\u200cخواهم"},
		{"superscript stays", "E=mc²", "E=mc²"},
		{"invalid bytes", "a\xffb\xc3", "ab"},
		{"spaces", " a\u00a0\u2009b \t c  ", "a b c"},
		{"paragraphs", "\n\na\n \n\n\nb\r\nc\n\n", "a\n\nb\nc"},
		{"form feed", "a\fb", "a\n\nb"},
		{"empty", "", ""},
		{"only white space", " \n\t\r\n\u3000", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean.Text(tt.in); got != tt.want {
				t.Errorf("Text(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
		})
	}
}

// TestPagesRunningLines gives a book with different headers on left and right
// pages, chapter titles in the right ones, Roman and Arabic page numbers.
func TestPagesRunningLines(t *testing.T) {
	romans := []string{"i", "ii", "iii", "iv", "v", "vi"}
	var raw []string
	body := func(p int) string {
		return fmt.Sprintf("The body of sheet %c begins\nand goes on over\nsome lines with %d apples\nuntil it ends as %c", 'A'+p, 100+7*p%13, 'Z'-p)
	}
	for p := range 26 {
		var page string
		switch {
		case p < 6:
			page = body(p) + "\n\n" + romans[p]
		case p%2 == 0:
			page = fmt.Sprintf("%d   A HISTORY OF OTTERS\n%s\nHolt Press", p-5, body(p))
		default:
			chapter := "Rivers"
			if p > 15 {
				chapter = "The Sea"
			}
			page = fmt.Sprintf("%s   %d\n%s\nHolt Press", chapter, p-5, body(p))
		}
		raw = append(raw, page)
	}
	for i, page := range clean.Pages(raw) {
		if want := clean.Text(body(i)); page != want {
			t.Errorf("page %d\n got %q\nwant %q", i, page, want)
		}
	}
}

func TestPagesKeeps(t *testing.T) {
	repeat := func(n int, page func(i int) string) []string {
		pages := make([]string, n)
		for i := range pages {
			pages[i] = page(i)
		}
		return pages
	}
	tests := []struct {
		name string
		raw  []string
		page int
		want string // which must still be on the page
	}{
		{"chapter title that its header repeats",
			repeat(8, func(i int) string { return fmt.Sprintf("Introduction\nsheet %c", 'a'+i) }), 0, "Introduction"},
		{"line on two pages only",
			[]string{"Same\na\nx", "Same\nb\ny", "c\nd", "e\nf"}, 1, "Same"},
		{"same line far apart",
			repeat(60, func(i int) string {
				if i%20 == 0 {
					return "Exercises\nwords of " + string(rune('a'+i%26))
				}
				return fmt.Sprintf("%c start\nmiddle\n%c end", 'a'+i%26, 'a'+i/26)
			}), 20, "Exercises"},
		{"figures that are no page numbers",
			repeat(8, func(i int) string { return fmt.Sprintf("row %c\n%d", 'a'+i, 1000-37*i*i) }), 5, "75"},
		{"slides that are all alike",
			repeat(8, func(int) string { return "Thank you" }), 3, "Thank you"},
		{"fourth line from the top",
			repeat(8, func(i int) string {
				return fmt.Sprintf("%c\n%[1]c%[1]c\n%[1]c%[1]c%[1]c\nsame line\nx%[1]c\ny%[1]c\nz%[1]c", 'a'+i)
			}), 4, "same line"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean.Pages(tt.raw)[tt.page]; !strings.Contains(got, tt.want) {
				t.Errorf("page %d lost %q: %q", tt.page, tt.want, got)
			}
		})
	}
}

func TestPagesRemoves(t *testing.T) {
	tests := []struct{ name, first, last string }{
		{"page of pages", "", "Page %d of 12"},
		{"dashes around the number", "", "– %d –"},
		{"seite", "Seite %d von 12", ""},
		{"title with a number", "Annual Report %d", ""},
		{"three lines", "ACME\nReport\n%d", "Confidential\nAll rights reserved\nwww.example.org"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var raw []string
			for i := range 12 {
				number := func(s string) string { return strings.ReplaceAll(s, "%d", fmt.Sprint(i+1)) }
				raw = append(raw, number(tt.first)+fmt.Sprintf("\nalpha %c\nbeta %[1]c\ngamma %[1]c\ndelta %[1]c\n", 'a'+i)+number(tt.last))
			}
			// The first page may keep a header that looks like a title.
			for i, page := range clean.Pages(raw)[1:] {
				want := fmt.Sprintf("alpha %c\nbeta %[1]c\ngamma %[1]c\ndelta %[1]c", 'b'+i)
				if page != want {
					t.Errorf("page %d: got %q, want %q", i+1, page, want)
				}
			}
		})
	}
}

// TestPagesTitleBesideChapter has the title of the book and that of the chapter
// in one line, and chapters so short that their titles hardly come back.
func TestPagesTitleBesideChapter(t *testing.T) {
	chapters := []string{"The animal", "Where otters live", "Reading the signs", "A year on the river"}
	var raw []string
	for i := range 12 {
		body := fmt.Sprintf("alpha %c\nbeta %[1]c\ngamma %[1]c\ndelta %[1]c", 'a'+i)
		if i%3 == 0 { // the first page of a chapter has no header
			raw = append(raw, chapters[i/3]+"\n"+body)
			continue
		}
		raw = append(raw, "A Field Guide to the River Otter "+chapters[i/3]+"\n"+body)
	}
	for i, page := range clean.Pages(raw) {
		if i%3 == 0 != strings.HasPrefix(page, chapters[i/3]) {
			t.Errorf("page %d begins wrongly: %q", i, page)
		}
		if strings.Contains(page, "Field Guide") {
			t.Errorf("page %d kept its header: %q", i, page)
		}
	}
}

func TestPagesShareVocabulary(t *testing.T) {
	got := clean.Pages([]string{"a co-operative one", "the co-\noperative two"})
	if want := "the co-operative\ntwo"; got[1] != want {
		t.Errorf("got %q, want %q", got[1], want)
	}
}

func TestCharsKeepsWhiteSpace(t *testing.T) {
	if got, want := clean.Chars(" a\u00a0\n\tﬁ \u00ad"), " a \n\tfi "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestText_Leaders(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"1 Introduction . . . . . . . . . 3", "1 Introduction … 3"},
		{"Index.........................12", "Index … 12"},
		{"5.2 dBase files (DBF) ·····24", "5.2 dBase files (DBF) … 24"},
		{"wait... and see.", "wait... and see."},
		{"a . b . c . d", "a . b . c . d"},
		{"1.2.3.4", "1.2.3.4"},
	} {
		if got := clean.Text(c.in); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"exam-\nple", "a\u0301\u0327", "\u00ad\n\u00ad\n", "-\n-\n-", "ﬁ\x00\xff\u202e", strings.Repeat("\u0301", 70)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, got := range []string{clean.Text(s), clean.Pages([]string{s, s, s, s})[3]} {
			if !utf8.ValidString(got) || !norm.NFC.IsNormalString(got) {
				t.Errorf("not NFC: %q", got)
			}
			if strings.TrimSpace(got) != got || strings.Contains(got, "\n\n\n") || strings.Contains(got, "  ") {
				t.Errorf("white space left: %q", got)
			}
			if strings.ContainsAny(got, "\x00\r\f\u00ad\u202e\ufeff") {
				t.Errorf("character left: %q", got)
			}
		}
	})
}

func FuzzPages(f *testing.F) {
	f.Add("Head 1\na\n\fHead 2\nb\n\fHead 3\nc\n")
	f.Add("1\f2\f3\fiv\fv")
	f.Fuzz(func(t *testing.T, s string) {
		raw := strings.Split(s, "\f")
		if got := clean.Pages(raw); len(got) != len(raw) {
			t.Errorf("%d pages became %d", len(raw), len(got))
		}
	})
}
