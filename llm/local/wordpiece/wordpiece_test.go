package wordpiece_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm/local/wordpiece"
)

// tokens is a small vocabulary, each token's number its place.
var tokens = strings.Fields(`[PAD] [UNK] [CLS] [SEP] [MASK] the quick brown fox ##es ##s jump ##ed over un ##aff
	##able ##a a ##b b ##c c ! , . ' - $ [ ] # ## 世 界 hello world naive ##ï na ##ve ÷ résumé resume Hello cafe ²
	« » … 😀 cls sep unk straße стол ελ ##λ ##ας 한국 ##어 ᄒ ##ᅡ ##ᆫ か ##な i ##̇ ## ##. 😀a`)

func vocabulary() map[string]int32 {
	v := map[string]int32{}
	for i, token := range tokens {
		v[token] = int32(i)
	}
	return v
}

func MustNew(tb testing.TB, o wordpiece.Options) *wordpiece.Tokenizer {
	tb.Helper()
	t, err := wordpiece.New(vocabulary(), o)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// spell returns the tokens of numbers without those of the ends.
func spell(tb testing.TB, numbers []int32) string {
	tb.Helper()
	if len(numbers) < 2 || tokens[numbers[0]] != "[CLS]" || tokens[numbers[len(numbers)-1]] != "[SEP]" {
		tb.Fatalf("numbers %v have no start or no end", numbers)
	}
	var words []string
	for _, n := range numbers[1 : len(numbers)-1] {
		words = append(words, tokens[n])
	}
	return strings.Join(words, " ")
}

// TestUncased follows the rules of BERT's tokenizer by hand.
func TestUncased(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"empty", "", ""},
		{"spaces only", " \t\n\r\u00a0\u2003\u3000\u2028 ", ""},
		{"words", "The quick brown fox", "the quick brown fox"},
		{"pieces", "foxes jumped", "fox ##es jump ##ed"},
		{"longest piece first", "unaffable", "un ##aff ##able"},
		{"no way on after the longest piece", "unaffablex", "[UNK]"},
		{"piece only within words", "es", "[UNK]"},
		{"unknown among known", "the zebra fox", "the [UNK] fox"},
		{"capitals", "HELLO World", "hello world"},
		{"accents composed", "naïve café RÉSUMÉ", "naive cafe resume"},
		{"accents apart", "nai\u0308ve cafe\u0301", "naive cafe"},
		{"mark alone", "the \u0301 fox", "the fox"},
		{"dotted capital i", "İ", "i"},
		{"sharp s", "Straße", "straße"},
		{"punctuation", "fox's, over-the!", "fox ' [UNK] , over - the !"},
		{"punctuation of ASCII", "a$b[c]", "a $ b [ c ]"},
		{"punctuation of Unicode", "«the» fox…", "« the » fox …"},
		{"signs that are no punctuation", "a÷b a²", "[UNK] [UNK]"},
		{"sign alone", "÷ ²", "÷ ²"},
		{"Chinese", "hello世界world", "hello 世 界 world"},
		{"unknown Chinese", "世中界", "世 [UNK] 界"},
		{"Chinese beyond 16 bits", "a\U00020000b", "a [UNK] b"},
		{"Kana are words", "かな", "か ##な"},
		{"Hangul is taken apart", "한", "ᄒ ##ᅡ ##ᆫ"},
		{"Cyrillic", "Стол", "стол"},
		{"final sigma is none", "ΕΛΛΑΣ", "[UNK]"},
		{"control characters", "f\x00o\x07x \u200bthe\u200d \u00adfox\ufeff", "fox the fox"},
		{"vertical tab and form feed are dropped", "fo\vx\f", "fox"},
		{"undecodable bytes", "fo\xffx \xc3\x28 \ufffd", "fox [UNK]"},
		{"private and unassigned", "fo\ue000x\U000e0080 fox\u0378", "fox fox"},
		{"emoji", "😀 fox", "😀 fox"},
		{"special tokens are words", "[CLS] [SEP] [UNK]", "[ cls ] [ sep ] [ unk ]"},
		{"the mark of pieces", "## #a", "# # # a"},
		{"mark of pieces does not continue", "fox##s", "fox # # [UNK]"},
		{"word of 100", strings.Repeat("a", 100), "a" + strings.Repeat(" ##a", 99)},
		{"word of 101", strings.Repeat("a", 101), "[UNK]"},
		{"100 characters count, not bytes", strings.Repeat("世", 2) + strings.Repeat("ä", 100), "世 世 a" + strings.Repeat(" ##a", 99)},
	}
	tokenizer := MustNew(t, wordpiece.Uncased())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := spell(t, tokenizer.Encode(c.text, 512)); got != c.want {
				t.Errorf("%q became\n  %s, want\n  %s", c.text, got, c.want)
			}
		})
	}
}

// TestOptions changes one thing at a time.
func TestOptions(t *testing.T) {
	cased := wordpiece.Options{Clean: true, SplitChinese: true}
	keep := wordpiece.Options{Clean: true, SplitChinese: true, Lower: true}
	short := wordpiece.Uncased()
	short.MaxWord = 5
	raw := wordpiece.Uncased()
	raw.Clean = false
	joined := wordpiece.Uncased()
	joined.SplitChinese = false
	other := wordpiece.Uncased()
	other.Unknown = "[MASK]"
	cases := []struct {
		name       string
		o          wordpiece.Options
		text, want string
	}{
		{"cased", cased, "Hello hello The", "Hello hello [UNK]"},
		{"accents kept", keep, "RÉSUMÉ resume naïve Ê", "résumé resume na ##ï ##ve [UNK]"},
		{"short words", short, "hello foxes jumped", "hello fox ##es [UNK]"},
		{"not cleaned", raw, "fo\x07x the\tfox\vfox", "[UNK] the fox fox"},
		{"Chinese not split", joined, "世 世界", "世 [UNK]"},
		{"another token for the unknown", other, "zebra", "[MASK]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := spell(t, MustNew(t, c.o).Encode(c.text, 512)); got != c.want {
				t.Errorf("%q became %s, want %s", c.text, got, c.want)
			}
		})
	}
}

// TestLimit cuts at the limit, within words too, and keeps the end.
func TestLimit(t *testing.T) {
	tokenizer := MustNew(t, wordpiece.Uncased())
	text := "the unaffable fox"
	whole := tokenizer.Encode(text, 512)
	if len(whole) != 7 {
		t.Fatalf("%d tokens", len(whole))
	}
	for limit := -1; limit < 10; limit++ {
		got := tokenizer.Encode(text, limit)
		keep := min(max(limit, 2), 7)
		want := append(slices.Clone(whole[:keep-1]), whole[6])
		if !slices.Equal(got, want) {
			t.Errorf("limit %d: %v, want %v", limit, got, want)
		}
	}
	if got := tokenizer.Encode(strings.Repeat("the fox ", 1<<20), 8); len(got) != 8 {
		t.Errorf("%d tokens of a long text", len(got))
	}
}

// tokenizerJSON returns a tokenizer.json with the test's vocabulary.
func tokenizerJSON(normalizer, model string) string {
	var list strings.Builder
	for i, token := range tokens {
		fmt.Fprintf(&list, "%s%q: %d", map[bool]string{true: "", false: ", "}[i == 0], token, i)
	}
	return `{"version": "1.0", "truncation": null, "normalizer": ` + normalizer + `,
		"pre_tokenizer": {"type": "BertPreTokenizer"},
		"post_processor": {"type": "TemplateProcessing"},
		"model": {` + model + `"vocab": {` + list.String() + `}}}`
}

const (
	bertNormalizer = `{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}`
	wordPieceModel = `"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, `
)

// TestRead reads a tokenizer.json, whose options decide.
func TestRead(t *testing.T) {
	cases := []struct{ name, file, text, want string }{
		{"uncased", tokenizerJSON(bertNormalizer, wordPieceModel), "Naïve 世界 foxes", "naive 世 界 fox ##es"},
		{"old file", tokenizerJSON(bertNormalizer, strings.Replace(wordPieceModel, `"type": "WordPiece", `, "", 1)), "foxes", "fox ##es"},
		{"cased", tokenizerJSON(strings.Replace(bertNormalizer, `"lowercase": true`, `"lowercase": false`, 1), wordPieceModel), "Hello résumé", "Hello résumé"},
		{"accents kept", tokenizerJSON(strings.Replace(bertNormalizer, "null", "false", 1), wordPieceModel), "RÉSUMÉ", "résumé"},
		{"short words", tokenizerJSON(bertNormalizer, strings.Replace(wordPieceModel, "100", "4", 1)), "fox foxes", "fox [UNK]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			tokenizer, err := wordpiece.Read([]byte(c.file), wordpiece.Specials{})
			if err != nil {
				t.Fatal(err)
			}
			if tokenizer.Size() != len(tokens) {
				t.Errorf("size %d, want %d", tokenizer.Size(), len(tokens))
			}
			if got := spell(t, tokenizer.Encode(c.text, 512)); got != c.want {
				t.Errorf("%q became %s, want %s", c.text, got, c.want)
			}
		})
	}
}

// TestUnusable are refused with a reason.
func TestUnusable(t *testing.T) {
	cases := []struct{ name, file, want string }{
		{"no JSON", "x", "invalid"},
		{"empty", "{}", "only WordPiece"},
		{"SentencePiece", `{"model": {"type": "Unigram", "vocab": [["<s>", 0.0]]}}`, `"Unigram"`},
		{"byte pairs", `{"model": {"type": "BPE", "vocab": {}}}`, `"BPE"`},
		{"another normalizer", tokenizerJSON(`{"type": "NFKC"}`, wordPieceModel), "BertNormalizer"},
		{"no normalizer", tokenizerJSON(`null`, wordPieceModel), "BertNormalizer"},
		{"another pre-tokenizer", strings.Replace(tokenizerJSON(bertNormalizer, wordPieceModel), "BertPreTokenizer", "Whitespace", 1), "BertPreTokenizer"},
		{"negative length", tokenizerJSON(bertNormalizer, strings.Replace(wordPieceModel, "100", "-1", 1)), "max_input"},
		{"negative number", strings.Replace(tokenizerJSON(bertNormalizer, wordPieceModel), `"[MASK]": 4`, `"[MASK]": -4`, 1), "number -4"},
		{"huge number", strings.Replace(tokenizerJSON(bertNormalizer, wordPieceModel), `"[MASK]": 4`, `"[MASK]": 2000000000`, 1), "number 2000000000"},
		{"beyond 32 bits", strings.Replace(tokenizerJSON(bertNormalizer, wordPieceModel), `"[MASK]": 4`, `"[MASK]": 4294967298`, 1), "its tokens"},
		{"list of tokens", `{"model": {"type": "WordPiece", "vocab": []}, "normalizer": ` + bertNormalizer + `, "pre_tokenizer": {"type": "BertPreTokenizer"}}`, "its tokens"},
		{"no end", strings.Replace(tokenizerJSON(bertNormalizer, wordPieceModel), `"[SEP]"`, `"[END]"`, 1), "[SEP]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := wordpiece.Read([]byte(c.file), wordpiece.Specials{})
			if !errors.Is(err, wordpiece.ErrVocabulary) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// TestReadVocabulary numbers lines from 0, also those of files from Windows.
func TestReadVocabulary(t *testing.T) {
	for _, content := range []string{"[UNK]\n[CLS]\n[SEP]\na", "[UNK]\n[CLS]\n[SEP]\na\n", "[UNK]\r\n[CLS]\r\n[SEP]\r\na\r\n"} {
		v, err := wordpiece.ReadVocabulary([]byte(content))
		if err != nil || len(v) != 4 || v["[UNK]"] != 0 || v["[SEP]"] != 2 || v["a"] != 3 {
			t.Errorf("%q became %v, %v", content, v, err)
		}
	}
	if _, err := wordpiece.ReadVocabulary([]byte(strings.Repeat("\n", wordpiece.MaxVocabulary+2))); !errors.Is(err, wordpiece.ErrVocabulary) {
		t.Errorf("too many lines: %v", err)
	}
}

// FuzzEncode looks for text that breaks the promises of Encode.
func FuzzEncode(f *testing.F) {
	for _, text := range []string{"", "The foxes", "naïve 世界 \xff", strings.Repeat("a", 120), "İ\u0301[SEP]\u200d한"} {
		f.Add(text, 16)
	}
	uncased := MustNew(f, wordpiece.Uncased())
	var plain wordpiece.Options
	raw := MustNew(f, plain)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = 2 + (limit&0xff+0x100)%0x100
		for _, tokenizer := range []*wordpiece.Tokenizer{uncased, raw} {
			numbers := tokenizer.Encode(text, limit)
			spell(t, numbers) // panics for a number that no token has
			if len(numbers) > limit {
				t.Errorf("%d tokens, the limit is %d", len(numbers), limit)
			}
			for _, n := range numbers[1 : len(numbers)-1] {
				if token := tokens[n]; token == "[CLS]" || token == "[SEP]" {
					t.Errorf("the text %q made %s", text, token)
				}
			}
			longer := tokenizer.Encode(text, limit+1)
			if !slices.Equal(numbers[:len(numbers)-1], longer[:len(numbers)-1]) {
				t.Errorf("a greater limit changed the tokens %v to %v", numbers, longer)
			}
		}
	})
}

// FuzzRead looks for a tokenizer.json that is taken and then fails.
func FuzzRead(f *testing.F) {
	f.Add([]byte(tokenizerJSON(bertNormalizer, wordPieceModel)))
	f.Add([]byte(`{"normalizer": {"type": "BertNormalizer"}, "pre_tokenizer": {"type": "BertPreTokenizer"},
		"model": {"continuing_subword_prefix": "#", "vocab": {"[UNK]": 0, "[CLS]": 9, "[SEP]": 0, "#": 3, "": 4, "##": 5}}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		tokenizer, err := wordpiece.Read(content, wordpiece.Specials{})
		if err != nil {
			return
		}
		for _, n := range tokenizer.Encode("The # foxes [UNK] 世界", 32) {
			if n < 0 || int(n) >= tokenizer.Size() {
				t.Errorf("token %d of %d", n, tokenizer.Size())
			}
		}
	})
}

// BenchmarkEncode measures English text, of which Encode sees most.
func BenchmarkEncode(b *testing.B) {
	tokenizer := MustNew(b, wordpiece.Uncased())
	text := strings.Repeat("The quick brown foxes jumped over the unaffable fox, hello world. ", 20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		tokenizer.Encode(text, 512)
	}
}
