package embed_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/markdown/embed"
)

func TestDataTable(t *testing.T) {
	out := MustRender(t, newWiki(), "{{datatable\n|caption=Python & more\n|perPage=5\n|searchable=no\n| A |\n|---|\n| 1 |\n}}")
	contains(t, out, `<figure class="embed-datatable"`, `data-sortable="true"`, `data-searchable="false"`,
		`data-paging="true"`, `data-fixed-height="true"`, `data-per-page="5"`,
		`<figcaption class="embed-caption">Python &amp; more</figcaption>`, "<table>")
	lacks(t, out, "left out")
}

func TestDataTableLeavesRowsOut(t *testing.T) {
	rows := strings.Repeat("| x |\n", embed.MaxRows+7)
	out := MustRender(t, newWiki(), "{{datatable\n| A |\n|---|\n"+rows+"\nafter\n}}")
	contains(t, out, "first 1000 rows", "7 more are left out", "after")
	if got := strings.Count(out, "| x |"); got != embed.MaxRows {
		t.Errorf("%d rows", got)
	}
}

func TestCSV(t *testing.T) {
	for _, test := range []struct {
		name, file, options string
		want                []string // cells, th before td
	}{
		{name: "semicolons", file: "a;b\n1;2\n", want: []string{"th a", "th b", "td 1", "td 2"}},
		{name: "commas are found", file: "a,b\n1,2\n", want: []string{"th a", "th b", "td 1", "td 2"}},
		{name: "tabs are found", file: "a\tb\n1\t2\n", want: []string{"th a", "th b", "td 1", "td 2"}},
		{name: "byte order mark and returns", file: "\ufeffa;b\r\n1;2\r\n", want: []string{"th a", "th b", "td 1", "td 2"}},
		{name: "quoted", file: "a\n\"x\ny;\"\"z\"\"\"\n", options: "|sep=;", want: []string{"th a", "td x\ny;&#34;z&#34;"}},
		{name: "separator", file: "a:b\n1:2\n", options: "|delimiter=:", want: []string{"th a", "th b", "td 1", "td 2"}},
		{name: "bar", file: "a|b\n1|2\n", options: `|sep=\|`, want: []string{"th a", "th b", "td 1", "td 2"}},
		{name: "tab by name", file: "a;\tb\n1\t2\n", options: `|sep=\t`, want: []string{"th a;", "th b", "td 1", "td 2"}},
		{name: "single quotes", file: "'a;b';c\"\n1;2\n", options: "|sep=;|quotechar='", want: []string{"th a;b", "th c&#34;", "td 1", "td 2"}},
		{name: "no head", file: "1;2\n", options: "|header=false", want: []string{"td 1", "td 2"}},
		{name: "own head", file: "1;2\n", options: "|header=false|headers=x, y", want: []string{"th x", "th y", "td 1", "td 2"}},
		{name: "part of own head", file: "a;b\n1;2\n", options: "|headers=x", want: []string{"th x", "th b", "td 1", "td 2"}},
		{name: "columns by number", file: "a;b;c\n1;2;3\n", options: "|columns=3,1", want: []string{"th c", "th a", "td 3", "td 1"}},
		{name: "columns by name", file: "a;b;c\n1;2;3\n", options: "|columns=b", want: []string{"th b", "td 2"}},
		{name: "a column named twice", file: "a;b\n1;2\n", options: "|columns=2,b,2", want: []string{"th b", "td 2"}},
		{name: "ragged", file: "a;b\n1\n2;3;4\n", want: []string{"th a", "th b", "th ", "td 1", "td ", "td ", "td 2", "td 3", "td 4"}},
		{name: "not UTF-8", file: "a\n\xff\n", want: []string{"th a", "td \ufffd"}},
		{name: "markup", file: "a\n<script>\n", want: []string{"th a", "td &lt;script&gt;"}},
		{name: "empty", file: "", want: nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWiki()
			w.files["Guides/data.csv"] = test.file
			out := MustRender(t, w, "{{DataTable\n|src=data.csv\n"+strings.TrimSuffix(test.options+"\n", "\n")+"\n}}")
			var cells strings.Builder
			for _, cell := range test.want {
				kind, text, _ := strings.Cut(cell, " ")
				if kind == "th" {
					kind = `th scope="col"`
				}
				cells.WriteString("<" + kind + ">" + text + "</" + kind[:2] + ">")
			}
			got := strings.NewReplacer("<tr>", "", "</tr>", "", "<thead>", "", "</thead>", "", "<tbody>", "", "</tbody>", "").Replace(out)
			contains(t, got, "<table>"+cells.String()+"</table>")
		})
	}
}

func TestCSVBounds(t *testing.T) {
	w := newWiki()
	var file strings.Builder
	file.WriteString(strings.Repeat("h;", 99) + "h\n")
	for i := range embed.MaxRows + 3 {
		file.WriteString("row" + strconv.Itoa(i) + "\n")
	}
	w.files["Guides/data.csv"] = file.String()
	out := MustRender(t, w, "{{DataTable|src=data.csv}}")
	contains(t, out, ">row999<", "3 more are left out")
	lacks(t, out, ">row1000<")
	if got := strings.Count(out, "<th "); got != 64 {
		t.Errorf("%d columns", got)
	}
	w.files["Guides/data.csv"] = "a\n" + strings.Repeat("é", 5000)
	if out := MustRender(t, w, "{{DataTable|src=data.csv}}"); strings.Count(out, "é") != 2000 || !strings.Contains(out, "…") {
		t.Error("a long cell is not cut")
	}
	w.files["Guides/data.csv"] = "a;b\nx\"y;1\n"
	contains(t, MustRender(t, w, "{{DataTable|src=data.csv}}"), "embed-error", "line 2 has a quotation mark")
	contains(t, MustRender(t, w, "{{DataTable|src=/Other/more.csv}}"), "<td>2</td>")
}

func TestFrames(t *testing.T) {
	w := newWiki()
	contains(t, MustRender(t, w, "{{ImageFrame\n|caption=An *image*\n![](x.png)\n}}"),
		`<figure class="embed-imageframe embed-right embed-w-30">`, "<p>![](x.png)</p>",
		`<figcaption class="embed-caption">An *image*</figcaption>`)
	contains(t, MustRender(t, w, "{{image frame|src=./plan.png|alt=Plan|float=left|width=200px|align=center|style=color:red}}"),
		`class="embed-imageframe embed-left embed-w-25 embed-text-center"`,
		`<a href="/Guides/plan.png"><img src="/Guides/plan.png" alt="Plan" loading="lazy"></a>`)
	contains(t, MustRender(t, w, "{{Figure|src=/Other/pic.png}}"), `class="embed-figure embed-center"`, `src="/Other/pic.png" alt="pic.png"`)
	contains(t, MustRender(t, w, "{{Figure|src=https://example.org/a.png?x=1&y=2|width=10em}}"),
		`src="https://example.org/a.png?x=1&amp;y=2"`, "embed-w-20")
	for width, class := range map[string]string{"1%": "embed-w-5", "33%": "embed-w-35", "250%": "embed-w-100", "400": "embed-w-50"} {
		contains(t, MustRender(t, w, "{{Figure|src=plan.png|width="+width+"}}"), class+`"`)
	}
}

func TestInfoBox(t *testing.T) {
	out := MustRender(t, newWiki(), "{{InfoBox\n|caption=Otter\n|width=40%\n|Answer=42\n|_width=7 cm\n|A<b>=[x](https://example.org)\nText\n}}")
	contains(t, out, `<aside class="embed-infobox embed-right embed-w-40"><p class="embed-caption">Otter</p>`,
		`<div class="embed-body"><p>Text</p></div>`,
		`<tr><th scope="row">Answer</th><td>42</td></tr><tr><th scope="row">width</th><td>7 cm</td></tr>`,
		`<th scope="row">A&lt;b&gt;</th>`)
	lacks(t, MustRender(t, newWiki(), "{{InfoBox\nText\n}}"), "<table>")
}

func TestVideo(t *testing.T) {
	out := MustRender(t, newWiki(), "{{Video\n|width=50%\n|src=clip.mp4\n}}")
	contains(t, out, `<figure class="embed-video embed-w-50">`, `controls=""`, `muted=""`, `loop=""`, `preload="metadata"`,
		`<source src="/Guides/clip.mp4" type="video/mp4">`)
	lacks(t, out, "autoplay")
	contains(t, MustRender(t, newWiki(), "{{Video|controls=false|src=clip.mp4}}"), `controls=""`)
	out = MustRender(t, newWiki(), "{{Video|controls=false|autoplay=on|loop=off|src=clip.mp4}}")
	contains(t, out, `autoplay=""`)
	lacks(t, out, "controls", "loop")
}

func TestTypesOfFiles(t *testing.T) {
	for name, want := range map[string]struct{ media, icon string }{
		"a.mp4": {"video/mp4", "video"}, "a.M4V": {"video/mp4", "video"}, "a.webm": {"video/webm", "video"},
		"a.ogg": {"video/ogg", "video"}, "a.mov": {"video/quicktime", "video"}, "a.mp3": {"audio/mpeg", "audio"},
		"a.m4a": {"audio/mp4", "audio"}, "a.opus": {"audio/ogg", "audio"}, "a.wav": {"audio/wav", "audio"},
		"a.flac": {"audio/flac", "audio"}, "a.jpg": {"", "image"}, "a.pdf": {"", "pdf"}, "a.tar": {"", "archive"},
		"a.csv": {"", "text"}, "a": {"", "file"},
	} {
		w := newWiki()
		w.attachments["Guides"] = []embed.Attachment{{Name: name, URL: "/Guides/" + name}}
		contains(t, MustRender(t, w, "{{Attachments}}"), `class="embed-icon embed-icon-`+want.icon+`"`)
		out := MustRender(t, w, "{{Video|src="+name+"}}")
		if want.media == "" {
			contains(t, out, "embed-error")
		} else {
			contains(t, out, `type="`+want.media+`"`)
		}
	}
}

func TestLongHeadingsAreBounded(t *testing.T) {
	w := newWiki()
	long := strings.Repeat("x", 1<<20)
	headings := make([]embed.Heading, 50)
	for i := range headings {
		headings[i] = embed.Heading{Text: long, URL: "/Guides/Setup#" + long}
	}
	w.pages = []embed.Page{{Path: "Guides/Setup", URL: "/Guides/Setup", Headings: headings}}
	out := MustRender(t, w, "{{PageIndex|toc=true}}")
	contains(t, out, "too large together")
	if len(out) > 1000 {
		t.Errorf("%d bytes", len(out))
	}
}

func TestVideoElsewhereIsOnlyLinked(t *testing.T) {
	const watch = `href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"`
	for _, address := range []string{
		"https://www.youtube.com/watch?v=dQw4w9WgXcQ", "http://youtube.com/watch?list=x&v=dQw4w9WgXcQ",
		"https://youtu.be/dQw4w9WgXcQ?t=5", "https://m.youtube.com/shorts/dQw4w9WgXcQ",
		"https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0",
	} {
		for _, text := range []string{"{{Video|src=" + address + "}}", "{{Video|" + address + "}}", "{{Video\n|muted=true\n" + address + "\n}}"} {
			out := MustRender(t, newWiki(), text)
			contains(t, out, watch, `class="embed-card"`, `rel="noopener noreferrer nofollow"`, "on YouTube")
			lacks(t, out, "<video", "<img", "iframe")
		}
	}
	out := MustRender(t, newWiki(), "{{Video|src=https://example.org/a.mp4?youtube.com/watch}}")
	contains(t, out, `href="https://example.org/a.mp4?youtube.com/watch"`, "example.org</span>")
	lacks(t, out, "YouTube", "<video")
	lacks(t, MustRender(t, newWiki(), "{{Video|src=https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ}}"), "YouTube")
}

func TestAttachmentList(t *testing.T) {
	out := MustRender(t, newWiki(), "{{AttachmentList\n|caption=Files\n}}")
	contains(t, out, `<a href="/Guides/plan.pdf">plan.pdf</a>`, `<span class="embed-size">2.0 KB</span>`, "5.0 MB", "100 bytes",
		`<time datetime="2026-03-08T11:26:00Z">2026-03-08 11:26</time>`, "Ada &lt;script&gt;", "<td>first</td>",
		"embed-icon-pdf", "embed-icon-video", "a&#34;onx=1&lt;b&gt;.png", "</span> evil.png</td>")
	out = MustRender(t, newWiki(), "{{Attachments|filter=PLAN.*|format=details}}")
	contains(t, out, "plan.pdf", "plan.png", "Size")
	lacks(t, out, "clip.mp4", "Author", "Comment")
	out = MustRender(t, newWiki(), "{{attachment list|fmt=minimal}}")
	contains(t, out, "clip.mp4")
	lacks(t, out, "Size", "embed-icon")
	contains(t, MustRender(t, newWiki(), "{{AttachmentList|filter=*.zip}}"), "There are no attachments.")

	many := newWiki()
	for range embed.MaxListed {
		many.attachments["Guides"] = append(many.attachments["Guides"], embed.Attachment{Name: "x", URL: "/x"})
	}
	contains(t, MustRender(t, many, "{{AttachmentList}}"), "5 more are left out.")
}

func TestPageIndex(t *testing.T) {
	out := MustRender(t, newWiki(), "{{PageIndex}}")
	contains(t, out, `<p class="embed-pageindex-letter">A</p><ul><li>API</li></ul><p class="embed-pageindex-letter">S</p>`,
		`<a href="/Guides/Setup">Setup</a>`, "Second &lt;b&gt;")
	lacks(t, out, "Elsewhere", "Start")

	out = MustRender(t, newWiki(), "{{PageIndex|style=tree}}")
	contains(t, out, `<li><a href="/Guides/Setup">Setup</a><ul><li><a href="/Guides/Setup/Linux">Linux</a></li></ul></li>`+
		`<li><a href="/Guides/Setup%20Two">`)

	out = MustRender(t, newWiki(), "{{PageIndex|style=list|toc=true|src=set*}}")
	contains(t, out, `<div class="embed-pageindex-headings"><ul><li><a href="/Guides/Setup#start">&lt;i&gt;Start&lt;/i&gt;</a>`)
	lacks(t, out, "API", "<details", "embed-pageindex-letter")
	contains(t, MustRender(t, newWiki(), "{{PageIndex|toggle=true}}"), `<details class="embed-pageindex-headings"><summary>`)
	contains(t, MustRender(t, newWiki(), "{{PageIndex|toc=true|toggle=true}}"), `<details class="embed-pageindex-headings" open="">`)
	contains(t, MustRender(t, newWiki(), "{{PageIndex|src=nothing}}"), "There are no pages here.")
	contains(t, MustRender(t, newWiki(), "{{PageIndex|src=?nux}}"), "There are no pages here.")
	contains(t, MustRender(t, newWiki(), "{{PageIndex|src=*/linux}}"), "Linux")

	root := newWiki()
	root.page = ""
	contains(t, MustRender(t, root, "{{PageIndex|style=tree}}"), "Elsewhere", "Linux")
}

func TestTreeIsBounded(t *testing.T) {
	w := newWiki()
	w.pages = nil
	path := "Guides"
	for range 50 {
		path += "/a"
		w.pages = append(w.pages, embed.Page{Path: path, URL: "/" + path})
	}
	out := MustRender(t, w, "{{PageIndex|style=tree}}")
	if got := strings.Count(out, "<ul>"); got != 9 {
		t.Errorf("%d levels", got)
	}
	if got := strings.Count(out, "<li>"); got != 50 {
		t.Errorf("%d pages", got)
	}
}

func TestTheWikiIsAskedOnce(t *testing.T) {
	w := newWiki()
	var renderer *embed.Renderer
	renderer = embed.NewRenderer(w, nesting(&renderer))
	for _, text := range []string{"{{AttachmentList}}", "{{Figure|src=plan.png}}", "{{Attachments}}", "{{PageIndex}}", "{{PageIndex}}"} {
		if _, err := renderer.Render(t.Context(), MustParse(t, text)); err != nil {
			t.Fatal(err)
		}
	}
	if w.lists != 2 {
		t.Errorf("the wiki was asked %d times for two lists", w.lists)
	}
}
