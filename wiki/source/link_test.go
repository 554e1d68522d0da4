package source_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/source"
)

// describe writes links as "kind target#fragment (text)".
func describe(text string, style source.WikilinkStyle) string {
	names := []string{"wiki", "inline", "reference", "image", "auto", "embed"}
	var all []string
	for _, l := range source.Links([]byte(text), style) {
		one := names[l.Kind] + " " + l.Target
		if l.Fragment != "" {
			one += "#" + l.Fragment
		}
		if l.Text != "" {
			one += " (" + l.Text + ")"
		}
		all = append(all, one)
	}
	return strings.Join(all, "; ")
}

func TestLinks(t *testing.T) {
	for text, want := range map[string]string{
		"[[Page]] and [[Some text|A/B#Part]]":                            "wiki Page (Page); wiki A/B#Part (Some text)",
		"| a |\n|---|\n| [[Text\\|Page]] |":                              "wiki Page (Text)",
		"[[ Page ]], [[]], [[|]], [[a]b]], [[a\nb]]":                     "wiki Page (Page)",
		"\\[[Page]] `[[Page]]` ``a ` [[Page]]`` `[[Yes]]":                "wiki Yes (Yes)",
		"```\n[[No]]\n```\n\n    [[No]]\n\n[[Yes]]":                      "wiki Yes (Yes)",
		"<div>\n[[No]]\n</div>\n\n<b>[[Yes]]</b>":                        "wiki Yes (Yes)",
		"a <img alt=\"[[No]]\"> <!-- [[No]] --> b":                       "",
		"$$[[No]]$$ and $5 [[Yes]] $6":                                   "wiki Yes (Yes)",
		"[a](./x.png) ![b](../y%20z#f \"title\")":                        "inline ./x.png (a); image ../y%20z#f (b)",
		"[a](<b c>) [d](e(f)g) [h]( i 'j' ) [k]() [l](#m)":               "inline b c (a); inline e(f)g (d); inline i (h); inline  (k); inline #m (l)",
		"[a](b c) [d](e \"f) [g](h":                                      "",
		"[a](b\\)c&amp;d)":                                               "inline b)c&d (a)",
		"[![i](p.png)](q)":                                               "image p.png (i); inline q (![i](p.png))",
		"[a [b](c) d](e)":                                                "inline c (b)",
		"[ref]: /target#x \"Title\"\n[other]: <a b>\n\n[ref] [x][other]": "reference /target#x (ref); reference a b (other)",
		"<https://a.b/c> <me@host.org> <b>":                              "auto https://a.b/c (https://a.b/c); auto me@host.org (me@host.org)",
		"see https://a.b/c(d). (http://e.f) xhttp://g":                   "auto https://a.b/c(d) (https://a.b/c(d)); auto http://e.f (http://e.f)",
		"[https://a.b](c)":                                               "inline c (https://a.b)",
		"> [[Quoted]] [two\n> lines](target)":                            "wiki Quoted (Quoted); inline target (two\n> lines)",
		"- [[Item]]\n  - [[Deep]]":                                       "wiki Item (Item); wiki Deep (Deep)",
		"# [[Heading]]\nTitle [[Two]]\n---":                              "wiki Heading (Heading); wiki Two (Two)",
		"---\ntitle: \"[[No]]\"\n---\n[[Yes]]":                           "wiki Yes (Yes)",
		"[^1]: [[Note]]\n\ntext[^1](no)":                                 "wiki Note (Note)",
		"{{ImageFrame|src=./a b.png|caption=[[Page]]}} {{x":              "embed ./a b.png; wiki Page (Page)",
		"::: info\n[[Fancy]]\n:::":                                       "wiki Fancy (Fancy)",
		"[x]\n(y) [[a]](b)":                                              "wiki a (a)",
	} {
		want = strings.ReplaceAll(want, "\n> ", "\n")
		if got := describe(text, source.TextFirst); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
	if got := describe("[[Page|Text]] [[Only]]", source.PageFirst); got != "wiki Page (Text); wiki Only (Only)" {
		t.Errorf("page first: %s", got)
	}
}

func TestLinkPlaces(t *testing.T) {
	text := "---\na: b\n---\n> [x](<a b#c>)\r\n> [[ T | P#f ]] [y\n> ](z)\n\n[r]:\n  /q\n"
	want := []string{"a b", "P", "z", "/q"}
	for i, l := range source.Links([]byte(text), source.TextFirst) {
		if got := text[l.Start:l.End]; i >= len(want) || got != want[i] {
			t.Errorf("link %d is at %q", i, got)
		}
	}
	if n := len(source.Links([]byte(text), source.TextFirst)); n != len(want) {
		t.Errorf("%d links", n)
	}
}

func TestRewrite(t *testing.T) {
	for _, c := range []struct{ text, target, want string }{
		{"[[Old]] `[[Old]]` [[T|Old#f]]", "New", "[[New]] `[[Old]]` [[T|New#f]]"},
		{"[[ Old ]]", "New", "[[ New ]]"},
		{"[[Old]] [a](Old)", "a]b", "[[Old]] [a](a%5Db)"},
		{"[a](Old 'Old') ![b](Old)", "a b(c)", "[a](a%20b%28c%29 'Old') ![b](a%20b%28c%29)"},
		{"[a](<Old>)", "a b>c", "[a](<a b%3Ec>)"},
		{"[a](Old#f)", "x#y", "[a](x%23y#f)"},
		{"[a](Old#f) [b](Old)", "", "[a](#f) [b](Old)"},
		{"[r]: Old\n\n[r]", "/New/Page", "[r]: /New/Page\n\n[r]"},
		{"{{Video|src=Old}}", "a|b c", "{{Video|src=a%7Cb c}}"},
	} {
		got := source.Rewrite([]byte(c.text), source.TextFirst, func(l source.Link) (string, bool) {
			return c.target, l.Target == "Old"
		})
		if string(got) != c.want {
			t.Errorf("%q to %q: %q, want %q", c.text, c.target, got, c.want)
		}
	}
}

// checkLinks holds what is true of the links of any text.
func checkLinks(t *testing.T, text []byte, style source.WikilinkStyle) {
	t.Helper()
	links := source.Links(text, style)
	last := 0
	for _, l := range links {
		if l.Start < 0 || l.End < l.Start || l.End > len(text) || l.Start < last {
			t.Fatalf("%q: %+v", text, l)
		}
		last = l.Start
		if l.Kind == source.Wiki && string(text[l.Start:l.End]) != l.Target {
			t.Fatalf("%q: %q stands where %q should", text, text[l.Start:l.End], l.Target)
		}
	}
	same := source.Rewrite(text, style, func(l source.Link) (string, bool) { return l.Target, true })
	none := source.Rewrite(text, style, func(source.Link) (string, bool) { return "other", false })
	if !bytes.Equal(same, text) || !bytes.Equal(none, text) {
		t.Fatalf("%q became %q and %q", text, same, none)
	}
	i := 0
	var want []byte
	done := 0
	got := source.Rewrite(text, style, func(l source.Link) (string, bool) {
		target := fmt.Sprintf("New%d", i)
		i++
		if l.Start >= done {
			want = append(append(want, text[done:l.Start]...), target...)
			done = l.End
		}
		return target, true
	})
	if want = append(want, text[done:]...); !bytes.Equal(got, want) {
		t.Fatalf("%q: rewritten to %q, want %q", text, got, want)
	}
}

func TestLinksOfSamples(t *testing.T) {
	for _, text := range samples() {
		checkLinks(t, []byte(text), source.TextFirst)
		checkSections(t, []byte(text))
	}
}

func FuzzLinks(f *testing.F) {
	for _, text := range samples() {
		f.Add([]byte(text), false)
	}
	f.Add([]byte("[[a|b#c]] [x](<y z> 't') ![i](j(k)) <http://l> {{M|src=n}} `o` $$p$$ <q r=\"s\">"), true)
	f.Add([]byte("> [a\n> ](b)\n\n[c]: d\n  'e'\n\n[^f]: [[g]]\n"), false)
	f.Fuzz(func(t *testing.T, text []byte, pageFirst bool) {
		style := source.TextFirst
		if pageFirst {
			style = source.PageFirst
		}
		checkLinks(t, text, style)
	})
}
