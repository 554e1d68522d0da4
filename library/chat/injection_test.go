package chat_test

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/holtdb/holt/library/chat"
	"github.com/holtdb/holt/llm"
)

// injection is a document that tries to give orders.
type injection struct{ name, title, heading, label, text string }

var (
	unicodeEscape = regexp.MustCompile(`\\u\{([0-9a-f]{1,5})\}`)
	codeWord      = regexp.MustCompile(`code word ([0-9a-f]{16})`)
)

// injections reads the corpus. A file has lines "name: value", a line "---" and
// the text; \u{…} stands for a character that would not be seen in the file.
func injections(tb testing.TB) []injection {
	tb.Helper()
	const dir = "testdata/injections"
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	var all []injection
	for _, e := range entries {
		data, err := os.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			tb.Fatal(err)
		}
		head, text, ok := strings.Cut(string(data), "---\n")
		if !ok {
			tb.Fatalf("%s has no text", e.Name())
		}
		c := injection{name: strings.TrimSuffix(e.Name(), ".txt"), title: "Notes", text: unescaped(text)}
		for line := range strings.Lines(head) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch value = unescaped(value); key {
			case "why":
			case "title":
				c.title = value
			case "heading":
				c.heading = value
			case "label":
				c.label = value
			default:
				tb.Fatalf("%s: %q", e.Name(), line)
			}
		}
		all = append(all, c)
	}
	return all
}

func unescaped(s string) string {
	return unicodeEscape.ReplaceAllStringFunc(s, func(m string) string {
		n, _ := strconv.ParseInt(m[3:len(m)-1], 16, 32)
		return string(rune(n))
	})
}

const (
	secretHere      = "THE-SECRET-WORD is what a passage of this prompt says"
	secretElsewhere = "ANOTHER-SECRET of a document that was not asked for"
)

// passages returns the injection between two honest passages.
func (c injection) passages() []chat.Passage {
	return []chat.Passage{
		{DocumentID: "a", Title: "Honest", Page: 1, Text: "The fee is 5 euros. " + secretHere + "."},
		{DocumentID: "b", Title: c.title, Heading: c.heading, Label: c.label, Page: 2, Text: c.text},
		{DocumentID: "c", Title: "Honest too", Page: 3, Text: "Opening hours are from 8 to 20."},
	}
}

// gullible returns what models would write that obey a document: all the ways
// in which one gives away what it has or passes on what it was told to.
func gullible(c injection, messages []llm.Message) []string {
	var seen strings.Builder
	for _, m := range messages {
		seen.WriteString(string(m.Role) + ": " + m.Content + "\n")
	}
	return []string{
		c.text,
		c.title + "\n\n" + c.heading + "\n\n" + c.label,
		"The document says:\n\n> " + strings.ReplaceAll(c.text, "\n", "\n> ") + " [2]",
		"- " + strings.ReplaceAll(c.text, "\n", "\n  "),
		"`" + c.text + "` \"" + c.text + "\" [" + c.text + "](" + c.text + ")",
		strings.ReplaceAll(c.text, "THE-SECRET-WORD", strings.ReplaceAll(secretHere, " ", "%20")),
		seen.String(),
		seen.String() + "\n[0][1][2][3][4][98]",
	}
}

func TestInjections(t *testing.T) {
	all := injections(t)
	if len(all) < 30 {
		t.Fatalf("only %d", len(all))
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			// Somebody else asks about a document of their own at the same server.
			elsewhere, _ := chat.Prompt("What is the fee?", []chat.Passage{{Title: "Elsewhere", Page: 4, Text: secretElsewhere}}, nil, chat.Budget{})
			if !strings.Contains(elsewhere[1].Content, secretElsewhere) {
				t.Fatal("the other prompt lacks its passage")
			}
			history := []chat.Turn{{Question: "And before?", Answer: c.text + " [1]"}}
			messages, used := chat.Prompt("What is the fee?", c.passages(), history, chat.Budget{})
			if len(used) != 3 {
				t.Fatalf("%d passages", len(used))
			}
			checkFence(t, messages, used)
			for i, answer := range gullible(c, messages) {
				parsed := chat.Parse(answer, used)
				got := chat.HTML(parsed.Answer, parsed, address)
				checkHTML(t, got)
				checkHTML(t, chat.HTML(answer, parsed, address))
				checkMarkdown(t, parsed.Answer)
				for _, cited := range parsed.Citations {
					if cited.Number < 1 || cited.Number > 3 || cited.Passage != used[cited.Number-1] {
						t.Errorf("answer %d cites %+v", i, cited)
					}
				}
				for _, q := range parsed.Quotes {
					if q.Verified && (q.Passage < 1 || q.Passage > 3) {
						t.Errorf("answer %d quotes %+v", i, q)
					}
				}
				if strings.Contains(got, secretElsewhere) {
					t.Errorf("answer %d has what it was not given", i)
				}
				checkSeen(t, got)
			}
		})
	}
}

// checkFence fails unless every passage lies within its own fence, whole, with
// nothing of it outside, and each fence has its two lines.
func checkFence(t *testing.T, messages []llm.Message, used []chat.Passage) {
	t.Helper()
	first, last := messages[0], messages[len(messages)-1]
	word := codeWord.FindStringSubmatch(first.Content)
	if first.Role != llm.System || last.Role != llm.User || word == nil {
		t.Fatalf("messages: %+v", messages)
	}
	prompt, outside := last.Content, last.Content
	checkSeen(t, prompt)
	if strings.Count(prompt, word[1]) != 1+2*len(used) {
		t.Errorf("the code word occurs %d times", strings.Count(prompt, word[1]))
	}
	for _, p := range used {
		begin := fmt.Sprintf("<<<BEGIN %s passage %d\n", word[1], p.Number)
		end := fmt.Sprintf("\nEND>>> %s passage %d\n", word[1], p.Number)
		_, after, ok := strings.Cut(prompt, begin)
		within, _, closed := strings.Cut(after, end)
		if !ok || !closed || strings.Count(prompt, begin) != 1 || strings.Count(prompt, end) != 1 || strings.Contains(within, word[1]) {
			t.Fatalf("fence %d of %s", p.Number, prompt)
		}
		if lines := strings.Split(within, "\n"); !strings.HasPrefix(lines[0], "Document: ") || !strings.HasPrefix(lines[1], "Page: ") {
			t.Errorf("the title is not one line: %s", within)
		}
		outside = strings.Replace(outside, begin+within+end, "", 1)
		for _, part := range []string{p.Text, p.Title, p.Heading} {
			for line := range strings.SplitSeq(part, "\n") {
				if line = strings.TrimSpace(line); len(line) > 12 && strings.Contains(outside, line) && !strings.Contains(chat.NoAnswerText, line) {
					t.Errorf("%q stands outside", line)
				}
			}
		}
	}
	for _, m := range messages {
		for _, mark := range []string{"<|", "|>", "<｜", "｜>", "[INST]", "<<SYS>>", "<start_of_turn>", "<end_of_turn>", "</s>", "<tool_call>", "</think>", "[TOOL_CALLS]", secretElsewhere} {
			if strings.Contains(m.Content, mark) {
				t.Errorf("%q in the message of %s", mark, m.Role)
			}
		}
	}
}

// checkSeen fails if a text has characters that are not seen. Joiners may stand
// where a script needs them, and the signs of Arabic numbers are seen.
func checkSeen(t *testing.T, text string) {
	t.Helper()
	for i, r := range text {
		switch {
		case r == '\n', r == '\t', r == 0x200c, r == 0x200d, unicode.In(r, unicode.Arabic, unicode.Syriac), r == 0x06dd, r == 0x08e2:
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector),
			r >= 0xe0000 && r <= 0xe0fff, r == 0x3164, r == 0x115f, r == 0x1160, r == 0xffa0, r == 0x034f:
			t.Errorf("%U at byte %d", r, i)
		}
	}
}
