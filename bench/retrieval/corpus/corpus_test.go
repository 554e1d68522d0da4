package corpus_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/bench/retrieval/corpus"
)

const pod = `=head1 NAME

kettle - Questions about kettles

=head1 DESCRIPTION

All about B<kettles>.

=head1 Water

=head2 How do I boil a litre of water?

Fill it to the mark and press the lever; C<< $kettle->boil >> does the
same. It takes four minutes or so. See L<teapot/Leaves>.

    press(lever);

=head2 Legal matters

None are known.

=head2 Why does the lid of mine rattle?

See above.

=cut
`

const page = `<html><head><title>Kettle FAQ</title></head><body>
<div class="toc"><a href="#a">1.1. Where can I buy a kettle?</a></div>
<h1>Kettle FAQ</h1>
<h2>Buying</h2>
<ul><li><a href="#a">Where can I buy a kettle?</a></li></ul>
<section><h3 id="a">1.1. Where can I buy a <b>kettle</b>?</h3>
<p>In any shop for kitchens. The one at the corner of the market has the largest choice.</p></section>
<section><h3>1.2. Is it safe to open one?</h3>
<p>Is it safe to open one? Whoever asks so has not pulled the plug, which comes first of all.</p></section>
</body></html>`

const text = `Contents
1.1: What is the best colour?

Chapter 1: Looks

Some words on looks.

1.1: What is the best colour for one?

Red, as everybody knows who has ever looked for a kettle in a dark kitchen at night.
`

func MustBuild(t *testing.T, files map[string]string, sources []corpus.Source) (corpus.Corpus, string) {
	t.Helper()
	root, work := t.TempDir(), t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := corpus.Build(root, work, sources)
	if err != nil {
		t.Fatal(err)
	}
	return c, corpus.Documents(work)
}

func TestBuild(t *testing.T) {
	c, dir := MustBuild(t, map[string]string{
		"kettle.pod": pod, "kettle.html": page, "kettle.txt": text,
		"index.html":  "<p>How do I boil a litre of water? Where can I buy a kettle? What is the best colour for one?</p>",
		"manual.html": "<p>This manual of a teapot asks: where can I buy a kettle?</p>",
	}, []corpus.Source{
		{Name: "manual", Glob: []string{"*.html"}, Write: corpus.AsHTML},
		{Name: "pod", Glob: []string{"*.pod"}, FAQ: corpus.PodFAQ},
		{Name: "html", Glob: []string{"kettle.html"}, FAQ: corpus.HTMLFAQ},
		{Name: "text", Glob: []string{"*.txt"}, FAQ: corpus.TextFAQ},
	})
	want := []corpus.Pair{
		{Question: "How do I boil a litre of water?", File: "pod-kettle.md", Label: "1", Source: "pod"},
		{Question: "Where can I buy a kettle?", File: "html-kettle.html", Label: "1", Source: "html"},
		{Question: "What is the best colour for one?", File: "text-kettle.txt", Label: "2", Source: "text"},
	}
	if !slices.Equal(c.Pairs, want) {
		t.Errorf("pairs %+v", c.Pairs)
	}
	if want := (corpus.Dropped{Repeated: 1, Short: 1, Lists: 1}); c.Dropped != want {
		t.Errorf("dropped %+v", c.Dropped)
	}
	if want := []string{"pod-kettle.md", "html-kettle.html", "text-kettle.txt", "manual-manual.html"}; !slices.Equal(c.Documents, want) {
		t.Errorf("documents %v", c.Documents)
	}
	for _, p := range c.Pairs {
		data, err := os.ReadFile(filepath.Join(dir, p.File))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), p.Question) {
			t.Errorf("%s has the question %q", p.File, p.Question)
		}
	}
}

func TestPodFAQ(t *testing.T) {
	doc, err := corpus.PodFAQ([]byte(pod))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# kettle - Questions about kettles\n", "All about kettles.", "## 1\n", "$kettle->boil", "See teapot/Leaves.",
		"```\n    press(lever);\n```", "## Legal matters\n"} {
		if !strings.Contains(string(doc.Data), want) {
			t.Errorf("no %q in %s", want, doc.Data)
		}
	}
	if strings.Contains(string(doc.Data), "## Water") {
		t.Error("a heading without text shares the page of the answer after it")
	}
	if strings.Contains(doc.Questions[0].Answer, "None are known") {
		t.Error("an answer goes on below another heading")
	}
}

func TestBuild_NoQuestions(t *testing.T) {
	root := t.TempDir()
	_, err := corpus.Build(root, t.TempDir(), []corpus.Source{{Name: "pod", Glob: []string{"*.pod"}, FAQ: corpus.PodFAQ}})
	if err == nil {
		t.Error("a corpus without questions was made")
	}
}

func TestQuestion(t *testing.T) {
	for heading, want := range map[string]string{
		"7.31 How do I clean  the\nspout?":          "How do I clean the spout?",
		"(4) What datatypes does it support?":       "What datatypes does it support?",
		"G12. Is there a list for exchanging tips?": "Is there a list for exchanging tips?",
		"Why is it so loud (and hot)?":              "Why is it so loud (and hot)?",
		"Why is it so loud? (And hot.)":             "Why is it so loud? (And hot.)",
		"How do I clean the spout?¶":                "How do I clean the spout?",
		"What is it?":                               "",
		"How to clean the spout of it":              "",
	} {
		if got := corpus.QuestionOf(heading); got != want {
			t.Errorf("%q is %q, want %q", heading, got, want)
		}
	}
}
