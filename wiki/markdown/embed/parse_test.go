package embed_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/markdown/embed"
)

func TestParseBlock(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       embed.Call // Raw and Form are checked for all
		rest       string
	}{
		{name: "bare", text: "{{PageIndex}}\nnext", rest: "\nnext", want: embed.Call{Name: "PageIndex"}},
		{name: "spaces after", text: "{{PageIndex}}  \nnext", rest: "\nnext", want: embed.Call{Name: "PageIndex"}},
		{name: "carriage returns", text: "{{PageIndex\r\n|toc=true\r\n}}\r\nnext", rest: "\r\nnext",
			want: embed.Call{Name: "PageIndex", Options: []embed.Option{{"toc", "true"}}}},
		{name: "name of two words", text: "{{info box |a=1}}",
			want: embed.Call{Name: "info box", Options: []embed.Option{{"a", "1"}}}},
		{name: "one line", text: "{{Video|width=50%|https://youtu.be/abc?t=1}}",
			want: embed.Call{Name: "Video", Options: []embed.Option{{"width", "50%"}}, Body: "https://youtu.be/abc?t=1"}},
		{name: "options and body", text: "{{InfoBox\n|caption=Some Caption\n|Random Key= Value \nLorem\n\nipsum\n|late=1\n}}",
			want: embed.Call{Name: "InfoBox", Body: "Lorem\n\nipsum",
				Options: []embed.Option{{"caption", "Some Caption"}, {"Random Key", "Value"}, {"late", "1"}}}},
		{name: "two options on a line", text: "{{InfoBox\n|a=1|b=2\n}}",
			want: embed.Call{Name: "InfoBox", Options: []embed.Option{{"a", "1"}, {"b", "2"}}}},
		{name: "escapes", text: "{{InfoBox\n|a\\=b=c\\|d=e\n}}",
			want: embed.Call{Name: "InfoBox", Options: []embed.Option{{"a=b", "c|d=e"}}}},
		{name: "wiki link in a value", text: "{{InfoBox\n|Home=[[Text|Page]]\n}}",
			want: embed.Call{Name: "InfoBox", Options: []embed.Option{{"Home", "[[Text|Page]]"}}}},
		{name: "table whose cells look like options", text: "{{datatable\n|perPage=5\n| A | B |\n|---|---|\n|x=1|y=2\n}}",
			want: embed.Call{Name: "datatable", Options: []embed.Option{{"perPage", "5"}}, Body: "| A | B |\n|---|---|\n|x=1|y=2"}},
		{name: "braces in fenced code", text: "{{InfoBox\n```\n}}\n|a=1\n```\n}}",
			want: embed.Call{Name: "InfoBox", Body: "```\n}}\n|a=1\n```"}},
		{name: "formula", text: "{{InfoBox\n$a^{b^{c}} + 1$\n}}",
			want: embed.Call{Name: "InfoBox", Body: "$a^{b^{c}} + 1$"}},
		{name: "nested", text: "{{InfoBox\n{{Video|src=a.mp4}}\n}}\n",
			rest: "\n", want: embed.Call{Name: "InfoBox", Body: "{{Video|src=a.mp4}}"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			call, n, ok := embed.Parse([]byte(test.text), embed.Block)
			if !ok {
				t.Fatal("not recognised")
			}
			if rest := test.text[n:]; rest != test.rest {
				t.Errorf("left %q, want %q", rest, test.rest)
			}
			if call.Name != test.want.Name || call.Body != test.want.Body || !slices.Equal(call.Options, test.want.Options) {
				t.Errorf("got %q, want %q", call, test.want)
			}
			if raw := strings.TrimRight(test.text[:n], " "); call.Raw != raw || call.Form != embed.Block {
				t.Errorf("raw %q, form %d", call.Raw, call.Form)
			}
		})
	}
}

func TestParseInline(t *testing.T) {
	call, n, ok := embed.Parse([]byte("{{Video|src=a.mp4}} and more }}"), embed.Inline)
	if !ok || n != len("{{Video|src=a.mp4}}") || call.Form != embed.Inline || len(call.Options) != 1 {
		t.Errorf("got %+v, %d, %v", call, n, ok)
	}
	if _, _, ok := embed.Parse([]byte("{{Video\n|src=a.mp4}} x"), embed.Inline); !ok {
		t.Error("an embedding on two lines of a paragraph is not recognised")
	}
	if _, _, ok := embed.Parse([]byte("{{Video\n\n|src=a.mp4}}"), embed.Inline); ok {
		t.Error("an embedding reaches beyond its paragraph")
	}
}

func TestParseLeavesOtherText(t *testing.T) {
	for _, text := range []string{
		"", "{{", "{{}}", "{{ name }}", "{{.Name}}", "{{5}}", "{Video}}", "x{{Video}}",
		"{{Video", "{{Video}", "{{Video} x }}", "{{Video}}.", "{{Video: x}}", "{{Video|src=a\n",
		"{{" + strings.Repeat("a", 33) + "}}",
		"{{InfoBox\n" + strings.Repeat("|a=1\n", 65) + "}}",
		"{{InfoBox\n" + strings.Repeat("x", embed.MaxSource) + "\n}}",
		strings.Repeat("{{A\n", embed.MaxNesting+1) + strings.Repeat("}}\n", embed.MaxNesting+1),
		"{{InfoBox\n```\n}}\n",
		"{{InfoBox|a=\xff}}",
	} {
		if call, n, ok := embed.Parse([]byte(text), embed.Block); ok || n != 0 {
			t.Errorf("Parse(%.40q) = %+v, %d", text, call, n)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"{{Video|src=a.mp4}}", "{{InfoBox\n|a\\=b=c\\|d\nbody\n}}", "{{A{{B}}\n}}", "{{A\n~~~\n}}\n~~~\n}}", "{{A|[[x|y]]|k=v\\}}",
	} {
		f.Add(text, true)
		f.Add(text, false)
	}
	f.Fuzz(func(t *testing.T, text string, block bool) {
		form := embed.Inline
		if block {
			form = embed.Block
		}
		call, n, ok := embed.Parse([]byte(text), form)
		if !ok {
			if n != 0 {
				t.Fatalf("consumed %d bytes of no embedding", n)
			}
			return
		}
		if n > len(text) || n > embed.MaxSource || !strings.HasPrefix(text[:n], call.Raw) || !strings.HasSuffix(call.Raw, "}}") {
			t.Fatalf("consumed %d of %q, raw %q", n, text, call.Raw)
		}
		again, m, ok := embed.Parse([]byte(call.Raw), form)
		if !ok || m != len(call.Raw) || again.Body != call.Body || !slices.Equal(again.Options, call.Options) {
			t.Fatalf("%q reads differently by itself: %+v, then %+v", call.Raw, call, again)
		}
	})
}
