package embed_test

import (
	"context"
	"errors"
	"html"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/markdown/embed"
)

// attacks are texts that must never leave an option as markup.
var attacks = []string{
	`<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onmouseover='alert(1)`,
	`" autofocus onfocus="alert(1)`,
	`javascript:alert(1)`,
	`JaVaScRiPt://%0aalert(1)`,
	`java` + "\t" + `script:alert(1)`,
	`data:text/html;base64,PHNjcmlwdD4=`,
	`vbscript:x`,
	`//evil.example/x.png`,
	`/\evil.example/x.png`,
	`https://user:pass@evil.example/`,
	`https:///x`,
	`https://youtube.com.evil.example/watch?v="><script>`,
	`https://youtu.be/"><script>alert(1)</script>`,
	`../../etc/passwd`,
	`/../../etc/passwd`,
	`..`,
	`file:///etc/passwd`,
	`100%;background:url(//evil.example)`,
	`expression(alert(1))`,
	`</figure></div><script>`,
	"\x00\x01<b>",
	`&lt;b&gt;&quot;`,
	`{{InfoBox}}`,
	strings.Repeat("9", 400),
	strings.Repeat("é", 3000),
}

// options lists every option of every embedding, with one that none knows.
var options = map[string][]string{
	"DataTable": {"caption", "perPage", "searchable", "sortable", "paging", "fixedHeight", "src", "delimiter", "sep",
		"separator", "quotechar", "header", "columns", "headers"},
	"ImageFrame":     {"caption", "src", "alt", "content", "width", "position", "pos", "float", "text-align", "align", "style"},
	"InfoBox":        {"caption", "width", "position", "pos", "float", "text-align", "align", "style", "Any Key", "_width"},
	"Video":          {"src", "caption", "width", "controls", "autoplay", "muted", "loop"},
	"AttachmentList": {"caption", "filter", "format", "fmt", "icons"},
	"PageIndex":      {"src", "style", "toc", "toggle"},
	"Figure":         {"caption", "src", "alt", "width", "position", "pos", "float", "text-align", "align", "style"},
}

func TestEveryOptionIsHarmless(t *testing.T) {
	bodies := map[string]string{
		"DataTable": "| a |\n|---|\n| 1 |", "ImageFrame": "text", "Figure": "text", "Video": "clip.mp4",
	}
	for _, name := range embed.Names() {
		if len(options[name]) == 0 {
			t.Fatalf("no options listed for %s", name)
		}
		for _, key := range append(options[name], "unknown", `"><script>`) {
			for _, attack := range attacks {
				for _, form := range []embed.Form{embed.Block, embed.Inline} {
					call := embed.Call{Name: name, Body: bodies[name], Raw: "{{" + attack + "}}", Form: form,
						Options: []embed.Option{{Key: key, Value: attack}}}
					out, err := embed.NewRenderer(newWiki(), mark).Render(context.Background(), call)
					if err != nil {
						t.Fatalf("%s %s=%q: %v", name, key, attack, err)
					}
					checkSafe(t, out)
				}
			}
		}
	}
}

func TestBodyOfVideoIsHarmless(t *testing.T) {
	for _, attack := range attacks {
		call := embed.Call{Name: "Video", Body: attack, Raw: "{{Video}}"}
		out, err := embed.NewRenderer(newWiki(), mark).Render(context.Background(), call)
		if err != nil {
			t.Fatal(err)
		}
		checkSafe(t, out)
	}
}

func TestMistakesAreShown(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"{{Nonsense|a=<b>}}", "there is no embedding of this name"},
		{"{{Video|colour=red}}", "there is no option &#34;colour&#34;"},
		{"{{Video}}", "no video named"},
		{"{{Video|src=clip.exe}}", "no video or sound"},
		{"{{Video|src=gone.mp4}}", "no attachment &#34;gone.mp4&#34;"},
		{"{{Video|autoplay=true|muted=false|src=clip.mp4}}", "must be muted"},
		{"{{Video|loop=maybe|src=clip.mp4}}", "must be true or false"},
		{"{{Video\nclip.mp4\nhttps://youtu.be/dQw4w9WgXcQ\n}}", "cannot be mixed"},
		{"{{Video|src=clip.mp4|width=red}}", "must be a number with"},
		{"{{ImageFrame|src=evil.png}}", "no address that can be shown"},
		{"{{ImageFrame|src=../plan.png}}", "is no attachment"},
		{"{{ImageFrame|src=ftp://example.org/a.png}}", "no address that can be shown"},
		{"{{Figure|caption=alone}}", "nothing to show"},
		{"{{InfoBox|position=under}}", "must be one of left, right, center"},
		{"{{DataTable\nno table\n}}", "there is no table"},
		{"{{DataTable|perPage=0}}", "a number from 1"},
		{"{{DataTable|src=https://example.org/a.csv}}", "name of an attachment"},
		{"{{DataTable|src=gone.csv}}", "no attachment &#34;gone.csv&#34;"},
		{"{{DataTable|src=data.csv|columns=Name,Nope}}", "no such column"},
		{"{{DataTable|src=data.csv|sep=ab}}", "must be one character"},
		{"{{DataTable|src=data.csv|sep=;|quotechar=;}}", "must differ"},
		{"{{AttachmentList|format=all}}", "must be one of full, details, minimal"},
		{"{{AttachmentList|filter=" + strings.Repeat("*a", 40) + "}}", "too long"},
		{"{{PageIndex|style=round}}", "must be one of letters, list, tree"},
	} {
		out := MustRender(t, newWiki(), test.text)
		contains(t, out, `class="embed-error"`, test.want, "<code>"+html.EscapeString(test.text[:9]))
	}
}

func TestFailuresOfTheWikiAreErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, text := range []string{"{{AttachmentList}}", "{{PageIndex}}", "{{DataTable|src=data.csv}}", "{{Figure|src=plan.png}}"} {
		w := newWiki()
		w.fail = broken
		if out, err := embed.NewRenderer(w, mark).Render(context.Background(), MustParse(t, text)); !errors.Is(err, broken) {
			t.Errorf("%s: %q, %v", text, out, err)
		}
	}
	failing := func(context.Context, string, embed.Form) (string, error) { return "", broken }
	if _, err := embed.NewRenderer(newWiki(), failing).Render(context.Background(), MustParse(t, "{{InfoBox|a=b}}")); !errors.Is(err, broken) {
		t.Errorf("Markdown's error became %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := embed.NewRenderer(newWiki(), mark).Render(ended, MustParse(t, "{{InfoBox|a=b}}")); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context gave %v", err)
	}
}

func TestWithoutWiki(t *testing.T) {
	for _, text := range []string{"{{AttachmentList}}", "{{PageIndex}}", "{{DataTable|src=a.csv}}", "{{Video|src=a.mp4}}"} {
		out, err := embed.NewRenderer(nil, mark).Render(context.Background(), MustParse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		contains(t, out, "embed-error", "saved page")
	}
}

// nesting renders the embeddings in a text as wiki/markdown does.
func nesting(renderer **embed.Renderer) embed.Markdown {
	return func(ctx context.Context, text string, form embed.Form) (string, error) {
		if call, _, ok := embed.Parse([]byte(text), embed.Block); ok {
			return (*renderer).Render(ctx, call)
		}
		return mark(ctx, text, form)
	}
}

func TestDepthIsBounded(t *testing.T) {
	var renderer *embed.Renderer
	renderer = embed.NewRenderer(newWiki(), nesting(&renderer))
	text := "innermost"
	for range embed.MaxDepth + 1 {
		text = "{{InfoBox\n" + text + "\n}}"
	}
	out, err := renderer.Render(context.Background(), MustParse(t, text))
	if err != nil {
		t.Fatal(err)
	}
	checkSafe(t, out)
	contains(t, out, "at most 3 deep")
	if got := strings.Count(out, "<aside"); got != embed.MaxDepth {
		t.Errorf("%d boxes in each other, want %d", got, embed.MaxDepth)
	}
	out, err = renderer.Render(context.Background(), MustParse(t, "{{InfoBox\nnext\n}}"))
	if err != nil || strings.Contains(out, "embed-error") {
		t.Errorf("the depth is still counted afterwards: %q, %v", out, err)
	}
}

func TestCountsAreBounded(t *testing.T) {
	render := func(n int, text string) []string {
		renderer, call := embed.NewRenderer(newWiki(), mark), MustParse(t, text)
		var outs []string
		for range n {
			out, err := renderer.Render(context.Background(), call)
			if err != nil {
				t.Fatal(err)
			}
			checkSafe(t, out)
			outs = append(outs, out)
		}
		return outs
	}
	outs := render(embed.MaxCalls+2, "{{InfoBox|a=<b>}}")
	contains(t, outs[embed.MaxCalls-1], "<aside")
	contains(t, outs[embed.MaxCalls], "embed-error")
	if want := "<p>{{InfoBox|a=&lt;b&gt;}}</p>"; outs[embed.MaxCalls+1] != want {
		t.Errorf("beyond the limit: %q, want %q", outs[embed.MaxCalls+1], want)
	}
	outs = render(embed.MaxLists+1, "{{PageIndex}}")
	lacks(t, outs[embed.MaxLists-1], "embed-error")
	contains(t, outs[embed.MaxLists], "at most 20 lists")
}

func TestOutputAndReadingAreBounded(t *testing.T) {
	w := newWiki()
	w.files["Guides/big.csv"] = strings.Repeat("&;&;&;&\n", 1+embed.MaxCSV/8)
	w.files["Guides/wide.csv"] = strings.Repeat(strings.Repeat("&", 1000)+"\n", 1000)
	contains(t, MustRender(t, w, "{{DataTable|src=big.csv}}"), "too large to be shown")
	renderer, call := embed.NewRenderer(w, mark), MustParse(t, "{{DataTable|src=wide.csv}}")
	var written, refused int
	for range 20 {
		out, err := renderer.Render(context.Background(), call)
		if err != nil {
			t.Fatal(err)
		}
		written += len(out)
		if strings.Contains(out, "embed-error") {
			refused++
		}
	}
	if refused == 0 || written > embed.MaxOutput+20*1024 {
		t.Errorf("%d bytes written, %d refused", written, refused)
	}
}

func TestDynamic(t *testing.T) {
	for text, want := range map[string]bool{
		"{{AttachmentList}}": true, "{{PageIndex}}": true, "{{DataTable|src=data.csv}}": true, "{{DataTable|src=gone.csv}}": true,
		"{{Figure|src=plan.png}}": true, "{{Video|src=clip.mp4}}": true, "{{Figure|src=https://example.org/a.png}}": false,
		"{{Video|src=https://youtu.be/dQw4w9WgXcQ}}": false, "{{InfoBox|a=b}}": false, "{{Nonsense}}": false,
	} {
		renderer := embed.NewRenderer(newWiki(), mark)
		if _, err := renderer.Render(context.Background(), MustParse(t, text)); err != nil {
			t.Fatal(err)
		}
		if renderer.Dynamic() != want {
			t.Errorf("Dynamic after %s is %v", text, !want)
		}
		if tables := text == "{{DataTable|src=data.csv}}"; renderer.NeedsTables() != tables {
			t.Errorf("NeedsTables after %s is %v", text, !tables)
		}
	}
}

func FuzzRender(f *testing.F) {
	for _, name := range embed.Names() {
		for _, key := range options[name] {
			f.Add(name, key, attacks[0], "clip.mp4", "a;b\n\"c\";d")
		}
	}
	f.Fuzz(func(t *testing.T, name, key, value, body, file string) {
		w := newWiki()
		w.files["Guides/data.csv"] = file
		renderer := embed.NewRenderer(w, mark)
		for _, options := range [][]embed.Option{{{key, value}}, {{"src", "data.csv"}, {key, value}}} {
			out, err := renderer.Render(context.Background(), embed.Call{Name: name, Options: options, Body: body, Raw: "{{" + body})
			if err != nil {
				t.Fatal(err)
			}
			checkSafe(t, out)
		}
	})
}
