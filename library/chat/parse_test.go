package chat_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/holtdb/holt/library/chat"
)

// park returns the passages of most tests.
func park() []chat.Passage {
	return []chat.Passage{
		{Number: 1, DocumentID: "rules", Title: "Park rules", Page: 4, Text: "Opening hours are from 8 to 20. The dog may run free in the park. Fees of 1.5 euros apply to cyc-\nlists."},
		{Number: 2, DocumentID: "rules", Title: "Park rules", Page: 5, Text: "It’s “well known” that ﬁsh – and the eﬃcient swan-like\nbirds – live here [12]. They do not bite!"},
		{Number: 3, DocumentID: "other", Title: "東京", Page: 4, Text: "東京は日本の首都であり、世界最大の都市の一つ\nである。"},
	}
}

// checkMarkdown fails if a reader of Markdown finds links, images or HTML in an answer.
func checkMarkdown(tb testing.TB, answer string) {
	tb.Helper()
	tree := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList)).Parser().Parse(text.NewReader([]byte(answer)))
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.(type) {
		case *ast.Link, *ast.Image, *ast.AutoLink, *ast.RawHTML, *ast.HTMLBlock, *ast.LinkReferenceDefinition:
			tb.Fatalf("%s in %q", n.Kind(), answer)
		}
		return ast.WalkContinue, nil
	})
}

func numbers(p chat.Parsed) []int {
	var all []int
	for _, c := range p.Citations {
		all = append(all, c.Number)
	}
	return all
}

func TestParseCitations(t *testing.T) {
	tests := []struct {
		answer, want string
		numbers      []int
	}{
		{"A [1]. B [2].", "A [1]. B [2].", []int{1, 2}},
		{"A [2], B [1], C [2].", "A [2], B [1], C [2].", []int{2, 1}},
		{"A [1, 2].", "A [1][2].", []int{1, 2}},
		{"A [1,3; 2].", "A [1][3][2].", []int{1, 3, 2}},
		{"A [1][2].", "A [1][2].", []int{1, 2}},
		{"A [1-3].", "A [1][2][3].", []int{1, 2, 3}},
		{"A [1–2].", "A [1][2].", []int{1, 2}},
		{"A [1 and 2].", "A [1][2].", []int{1, 2}},
		{"A 【1】 b 【2†source】.", "A [1] b [2].", []int{1, 2}},
		{"A [[1]].", "A [1].", []int{1}},
		{"A [^1].", "A [1].", []int{1}},
		{"A [Passage 1].", "A [1].", []int{1}},
		{"A [Source 2, p. 14].", "A [2].", []int{2}},
		{"A [1, p. 2].", "A [1].", []int{1}},
		{"A [99].", "A.", nil},
		{"A [0] b [4].", "A b.", nil},
		{"A [2, 99].", "A [2].", []int{2}},
		{"A [2-99].", "A [2][3].", []int{2, 3}},
		{"A [99][1].", "A[1].", []int{1}},
		{"[1]: A.", "[1] A.", []int{1}},
		{"In [2019] so [1].", "In [2019] so [1].", []int{1}},
		{"`a[1]` and\n\n    b[2]\n", "`a[1]` and\n\n    b[2]", nil},
		{`\[1\] and \[2]`, `\[1\] and \[2]`, nil},
		{"Unfinished [1", "Unfinished [1", nil},
		{"Unfinished [1][", "Unfinished [1][", []int{1}},
		{"<think>So [1] is it.</think>\n\nA [2].", "A [2].", []int{2}},
		{"<think>So [1] is", "", nil},
	}
	for _, tt := range tests {
		p := chat.Parse(tt.answer, park())
		if p.Answer != tt.want || !slices.Equal(numbers(p), tt.numbers) {
			t.Errorf("%q: %q %v, want %q %v", tt.answer, p.Answer, numbers(p), tt.want, tt.numbers)
		}
	}
}

func TestParseNoAnswer(t *testing.T) {
	for answer, want := range map[string]bool{
		chat.NoAnswerText: true,
		"i could not find an answer to that question in your documents":              true,
		"**I couldn't find an answer to this question in your documents.**":          true,
		"Answer: \"I could not find the answer to that question in the documents.\"": true,
		chat.NoAnswerText + " However, Paris is the capital of France.":              true,
		chat.NoAnswerText + " [1]": true,
		chat.NoAnswerText + " But the park's rules say that dogs may run free there [1].": false,
		"I could find an answer to that question in your documents: 5 euros [1].":         false,
		"I could not find an":                           false,
		"The park opens at 8 [1]. " + chat.NoAnswerText: false,
		"": false,
	} {
		p := chat.Parse(answer, park())
		if p.NoAnswer != want {
			t.Errorf("%q: %v", answer, p.NoAnswer)
		}
		if p.NoAnswer && (p.Answer != chat.NoAnswerText || p.Citations != nil || p.Quotes != nil) {
			t.Errorf("%q: %+v", answer, p)
		}
	}
}

func TestParseQuotes(t *testing.T) {
	tests := []struct {
		name, answer string
		passage      int // 0: not verified
	}{
		{"straight", `"The dog may run free in the park" [1]`, 1},
		{"curly", `“The dog may run free in the park”`, 1},
		{"angled", `«The dog may run free in the park»`, 1},
		{"German", `„The dog may run free in the park“`, 1},
		{"block", "> The dog may run free\n> in the park.", 1},
		{"block with its source", "> The dog may run free in the park.\n> — Park rules, p. 4 [1]", 1},
		{"other case", `"the DOG may run free"`, 1},
		{"citation within", `"The dog may run free [1] in the park [1]"`, 1},
		{"punctuation at the end", `"The dog may run free,"`, 1},
		{"emphasis", `"The **dog** may _run_ free"`, 1},
		{"letter put in", `"[t]he dog may run free"`, 1},
		{"line-end hyphen", `"1.5 euros apply to cyclists"`, 1},
		{"ligatures and dashes", `"fish - and the efficient swan-like birds — live here"`, 2},
		{"mark of the document", `"birds – live here. They do not bite!"`, 2},
		{"inner marks", `“It's 'well known' that fish”`, 2},
		{"ellipsis", `"Opening hours … run free in the park"`, 1},
		{"ellipsis in brackets", `"Opening hours are [...] in the park"`, 1},
		{"unspaced", "「日本の首都であり、世界最大の都市の一つである」", 3},
		{"escaped marks", `\"The dog may run free\"`, 1},
		{"word changed", `"The cat may run free in the park"`, 0},
		{"word put in", `"The dog may not run free in the park"`, 0},
		{"word left out", `"The dog may run in the park"`, 0},
		{"number changed", `"Fees of 15 euros apply to cyclists"`, 0},
		{"decimal comma", `"Fees of 1,5 euros apply to cyclists"`, 0},
		{"part of a word", `"e dog may run free in the par"`, 0},
		{"over two passages", `"apply to cyclists. It’s well known"`, 0},
		{"parts in another order", `"in the park … Opening hours"`, 0},
		{"a single word after the ellipsis", `"The dog may … bite"`, 0},
		{"negation lost", `"They do bite, all of them"`, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := chat.Parse(tt.answer, park())
			if len(p.Quotes) != 1 {
				t.Fatalf("quotations: %+v", p.Quotes)
			}
			if q := p.Quotes[0]; q.Passage != tt.passage || q.Verified != (tt.passage > 0) {
				t.Errorf("%q: %+v", tt.answer, q)
			}
		})
	}
}

func TestParseFindsNoQuotes(t *testing.T) {
	for _, answer := range []string{
		`"three words only"`, `a 5" screen and a 6" screen are big`, "`\"the dog may run free\"`",
		"```\n\"the dog may run free\"\n```", `"The dog may run free`, "> three words only", `«the dog may run free`,
	} {
		if p := chat.Parse(answer, park()); p.Quotes != nil {
			t.Errorf("%q: %+v", answer, p.Quotes)
		}
	}
}

func TestParsePrefersTheCitedPassage(t *testing.T) {
	passages := park()
	passages[2].Text = passages[0].Text
	p := chat.Parse(`"The dog may run free" [3] and "from 8 to 20. The dog" [1].`, passages)
	if len(p.Quotes) != 2 || p.Quotes[0].Passage != 3 || p.Quotes[1].Passage != 1 {
		t.Errorf("quotations: %+v", p.Quotes)
	}
}

func TestParseSnippet(t *testing.T) {
	p := chat.Parse("Dogs: the dog may run free [1]. Birds do not bite [2].", park())
	for i, want := range []string{"The dog may run free in the park.", "They do not bite!"} {
		if got := p.Citations[i].Snippet; !strings.HasPrefix(got, want) {
			t.Errorf("snippet %d: %q", i, got)
		}
	}
}

// Every beginning of an answer is an answer.
func TestParseUnfinished(t *testing.T) {
	whole := "# A\n\nThe [rules](http://a.example) say “The dog may run free in the park” [1, 2].\n\n> 東京は日本の首都 【3】\n\n```\ncode [1]\n```\n| a |\n|---|\n| b ![x](http://y) |"
	for i := range len(whole) {
		if utf8.RuneStart(whole[i]) {
			render(t, whole[:i], park())
		}
		checkMarkdown(t, chat.Parse(whole[:i], park()).Answer)
	}
}

func TestStream(t *testing.T) {
	for answer, want := range map[string]string{
		"Plain 東京 text":                        "Plain 東京 text",
		"<think>a </thin k></think>\n\nAnswer": "Answer",
		"  <thinking>a</thinking> A":           "A",
		"<th is not a mark":                    "<th is not a mark",
		"<think>never ends":                    "",
		"a\u200bb\u202ec \U000E0041d\x1b":      "abc d",
		"a <think> later":                      "a <think> later",
		"<think>a</think><think>b</think>c":    "c",
	} {
		for size := 1; size < 9; size++ {
			var s chat.Stream
			var got strings.Builder
			for part := range slices.Chunk([]byte(answer), size) {
				got.WriteString(s.Add(string(part)))
			}
			if got.String() != want {
				t.Errorf("%q by %d: %q", answer, size, got.String())
			}
		}
	}
}
