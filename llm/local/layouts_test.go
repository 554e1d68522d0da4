package local_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/llm/local"
	"github.com/holtdb/holt/llm/local/localtest"
)

// TestLayouts reads the forms in which models are published.
func TestLayouts(t *testing.T) {
	spec := localtest.Spec{Words: words, Pooling: "max"}
	texts := sentences(5, 6, 20)
	want := MustEmbed(t, MustOpen(t, localtest.MustWrite(t, spec), local.Options{}), texts, false)
	other := spec
	other.Prefix, other.TokenizerJSON = "bert.", true

	inFolder := t.TempDir()
	if err := localtest.New(spec).Write(filepath.Join(inFolder, "0_BERT")); err != nil {
		t.Fatal(err)
	}
	write(t, inFolder, "modules.json", `[{"idx": 0, "path": "0_BERT", "type": "sentence_transformers.models.BERT.Transformer"},
		{"idx": 1, "path": "pool", "type": "sentence_transformers.models.Pooling"}, {"idx": 2, "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]`)
	write(t, inFolder, "pool/config.json", `{"pooling_mode": "max"}`)

	gamma := localtest.New(spec)
	for _, name := range slices.Collect(maps.Keys(gamma.Tensors)) {
		if old := strings.NewReplacer("LayerNorm.weight", "LayerNorm.gamma", "LayerNorm.bias", "LayerNorm.beta").Replace(name); old != name {
			gamma.Tensors[old] = gamma.Tensors[name]
			delete(gamma.Tensors, name)
		}
	}
	oldNames := t.TempDir()
	if err := gamma.Write(oldNames); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{
		"prefix and tokenizer.json": localtest.MustWrite(t, other),
		"folders":                   inFolder,
		"old names":                 oldNames,
	} {
		for i, got := range MustEmbed(t, MustOpen(t, dir, local.Options{}), texts, false) {
			if !slices.Equal(got, want[i]) {
				t.Errorf("%s: text %d has another vector", name, i)
			}
		}
	}
}

// TestPrompts holds a text with the prompt that belongs to the model against the
// same prompt written out, to a model that knows of none.
func TestPrompts(t *testing.T) {
	const instruction = "Represent this sentence for searching relevant passages: "
	cases := []struct {
		name, path, prompts string
		query, passage      string
		first               bool // pooled by the first token, without a file that says so
	}{
		{"MiniLM", "nreimers/MiniLM-L6-H384-uncased", "", "", "", false},
		{"GTE", "thenlper/gte-small", "", "", "", false},
		{"E5", "intfloat/e5-small-v2", "", "query: ", "passage: ", false},
		{"E5 in capitals", "models/E5_base", "", "query: ", "passage: ", false},
		{"no E5", "some/model-e55", "", "", "", false},
		{"BGE", "/root/.cache/BAAI_bge-small-en/", "", instruction, "", true},
		{"BGE in Chinese", "BAAI/bge-base-zh-v1.5", "", "为这个句子生成表示以用于检索相关文章：", "", true},
		{"from the file", "intfloat/e5-small-v2", `{"prompts": {"query": "otter: ", "document": "holt: "}}`, "otter: ", "holt: ", false},
		{"passage by its other name", "", `{"prompts": {"query": "otter: ", "passage": "holt: "}}`, "otter: ", "holt: ", false},
		{"for queries only", "", `{"prompts": {"query": "otter: ", "passage": ""}}`, "otter: ", "", false},
		{"for all", "", `{"prompts": {"text": "otter: "}, "default_prompt_name": "text"}`, "otter: ", "otter: ", false},
		{"empty ones", "intfloat/e5-small-v2", `{"prompts": {"query": "", "document": ""}, "default_prompt_name": null}`, "query: ", "passage: ", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			spec := localtest.Spec{Words: words, Positions: 128, Path: c.path}
			dir := localtest.MustWrite(t, spec)
			if c.prompts != "" {
				write(t, dir, "config_sentence_transformers.json", c.prompts)
			}
			spec.Path = ""
			if c.first {
				spec.Pooling = "cls"
			}
			plain := MustOpen(t, localtest.MustWrite(t, spec), local.Options{})
			m := MustOpen(t, dir, local.Options{})
			for query, prompt := range map[bool]string{true: c.query, false: c.passage} {
				got, want := MustEmbed(t, m, []string{"the river"}, query), MustEmbed(t, plain, []string{prompt + "the river"}, query)
				if !slices.Equal(got[0], want[0]) {
					t.Errorf("query %v: the prompt is not %q", query, prompt)
				}
			}
		})
	}
	t.Run("by the directory", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "e5-small")
		if err := os.Rename(localtest.MustWrite(t, localtest.Spec{Words: words}), dir); err != nil {
			t.Fatal(err)
		}
		m := MustOpen(t, dir, local.Options{})
		if m.Name() != "e5-small" {
			t.Errorf("the name is %q", m.Name())
		}
		asked, said := MustEmbed(t, m, []string{"river"}, true), MustEmbed(t, m, []string{"river"}, false)
		if slices.Equal(asked[0], said[0]) {
			t.Error("a query has the vector of a passage")
		}
	})
}

// TestLowerCase follows do_lower_case of both files that may have it.
func TestLowerCase(t *testing.T) {
	base := localtest.Spec{Words: words}
	cased := changed(t, base, "tokenizer_config.json", `{"do_lower_case": false}`)
	before := changed(t, base, "tokenizer_config.json", `{"do_lower_case": false}`)
	write(t, before, "sentence_bert_config.json", `{"max_seq_length": null, "do_lower_case": true}`)
	for dir, same := range map[string]bool{localtest.MustWrite(t, base): true, cased: false, before: true} {
		v := MustEmbed(t, MustOpen(t, dir, local.Options{}), []string{"the river", "The RIVER"}, false)
		if slices.Equal(v[0], v[1]) != same {
			t.Errorf("capital letters: the same vector %v, want %v", !same, same)
		}
	}
}
