package local_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/holtdb/holt/llm/local"
	"github.com/holtdb/holt/llm/local/localtest"
	"github.com/holtdb/holt/llm/local/safetensors"
	"github.com/holtdb/holt/llm/local/wordpiece"
)

// write puts a file into a model's directory.
func write(tb testing.TB, dir, name, content string) {
	tb.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		tb.Fatal(err)
	}
}

// changed writes a model with one other file.
func changed(tb testing.TB, s localtest.Spec, name, content string) string {
	tb.Helper()
	dir := localtest.MustWrite(tb, s)
	write(tb, dir, name, content)
	return dir
}

// config writes a model whose config.json has other values for some keys; nil
// takes a key out.
func config(tb testing.TB, change map[string]any) string {
	tb.Helper()
	dir := localtest.MustWrite(tb, localtest.Spec{Words: words})
	content, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if err != nil {
		tb.Fatal(err)
	}
	values := map[string]any{}
	if err := json.Unmarshal(content, &values); err != nil {
		tb.Fatal(err)
	}
	maps.Copy(values, change)
	maps.DeleteFunc(values, func(_ string, v any) bool { return v == nil })
	content, err = json.Marshal(values)
	if err != nil {
		tb.Fatal(err)
	}
	write(tb, dir, "config.json", string(content))
	return dir
}

// without writes a model that lacks a file.
func without(tb testing.TB, name string) string {
	tb.Helper()
	dir := localtest.MustWrite(tb, localtest.Spec{})
	if err := os.Remove(filepath.Join(dir, name)); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// weights writes a model of whose tensors some were changed.
func weights(tb testing.TB, change func(map[string]localtest.Tensor)) string {
	tb.Helper()
	m, dir := localtest.New(localtest.Spec{}), tb.TempDir()
	change(m.Tensors)
	if err := m.Write(dir); err != nil {
		tb.Fatal(err)
	}
	return dir
}

// TestUnusableModels are refused with an error that names the file and the fault.
func TestUnusableModels(t *testing.T) {
	small := localtest.Spec{}
	const table = "embeddings.word_embeddings.weight"
	key := "encoder.layer.1.attention.self.key.weight"
	notANumber := func(v float64) func(map[string]localtest.Tensor) {
		return func(tensors map[string]localtest.Tensor) { tensors[key].Values[5] = float32(v) }
	}
	linked := without(t, "config.json")
	if err := os.Symlink(filepath.Join(localtest.MustWrite(t, small), "config.json"), filepath.Join(linked, "config.json")); err != nil {
		t.Fatal(err)
	}
	pipe := without(t, "config.json")
	if err := syscall.Mkfifo(filepath.Join(pipe, "config.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	cut := localtest.MustWrite(t, small)
	if err := os.Truncate(filepath.Join(cut, "model.safetensors"), 20_000); err != nil {
		t.Fatal(err)
	}
	huge := localtest.MustWrite(t, small)
	if err := os.Truncate(filepath.Join(huge, "model.safetensors"), 5<<30); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, dir string
		is        error
		wants     []string // parts of the error
	}{
		{"no directory", filepath.Join(t.TempDir(), "none"), fs.ErrNotExist, []string{"none"}},
		{"no config", without(t, "config.json"), fs.ErrNotExist, []string{"config.json"}},
		{"no weights", without(t, "model.safetensors"), fs.ErrNotExist, []string{"model.safetensors", "one file"}},
		{"no tokenizer", without(t, "vocab.txt"), fs.ErrNotExist, []string{"vocab.txt", "tokenizer.json"}},
		{"config no JSON", changed(t, small, "config.json", "{"), local.ErrModel, []string{"config.json"}},
		{"config too long", changed(t, small, "config.json", strings.Repeat(" ", 2<<20)), local.ErrModel, []string{"config.json", "more than"}},
		{"config behind a link out", linked, local.ErrModel, []string{"config.json", "link out"}},
		{"config a pipe", pipe, local.ErrModel, []string{"config.json", "regular"}},
		{"config of strings", config(t, map[string]any{"hidden_size": "32"}), local.ErrModel, []string{"config.json", "hidden_size"}},
		{"another architecture", config(t, map[string]any{"model_type": "xlm-roberta"}), local.ErrUnsupported, []string{"config.json", "xlm-roberta"}},
		{"no architecture", config(t, map[string]any{"model_type": nil}), local.ErrUnsupported, []string{"config.json", "bert"}},
		{"relative positions", config(t, map[string]any{"position_embedding_type": "relative_key"}), local.ErrUnsupported, []string{"relative_key"}},
		{"activation", config(t, map[string]any{"hidden_act": "swish"}), local.ErrUnsupported, []string{"swish"}},
		{"no size", config(t, map[string]any{"hidden_size": nil}), local.ErrModel, []string{"hidden_size is 0"}},
		{"negative size", config(t, map[string]any{"intermediate_size": -64}), local.ErrModel, []string{"intermediate_size is -64"}},
		{"huge size", config(t, map[string]any{"hidden_size": 1 << 40}), local.ErrModel, []string{"hidden_size"}},
		{"many layers", config(t, map[string]any{"num_hidden_layers": 1 << 30}), local.ErrModel, []string{"num_hidden_layers"}},
		{"more layers than weights", config(t, map[string]any{"num_hidden_layers": 3}), safetensors.ErrMissing, []string{"model.safetensors", "encoder.layer.2."}},
		{"many heads", config(t, map[string]any{"num_attention_heads": 5}), local.ErrModel, []string{"multiple"}},
		{"no positions", config(t, map[string]any{"max_position_embeddings": 1}), local.ErrModel, []string{"max_position_embeddings"}},
		{"epsilon", config(t, map[string]any{"layer_norm_eps": -1}), local.ErrModel, []string{"layer_norm_eps"}},
		{"other size than the weights", config(t, map[string]any{"hidden_size": 64}), local.ErrModel, []string{"model.safetensors", "[130 32]", "wants"}},
		{"other width than the weights", config(t, map[string]any{"intermediate_size": 65}), local.ErrModel, []string{"intermediate.dense"}},
		{"weights cut off", cut, safetensors.ErrFormat, []string{"model.safetensors", "cut off"}},
		{"weights too long", huge, local.ErrModel, []string{"model.safetensors", "more than"}},
		{"weights of nothing", changed(t, small, "model.safetensors", ""), safetensors.ErrFormat, []string{"model.safetensors"}},
		{"weights of another format", changed(t, small, "model.safetensors", "PK\x03\x04 and more than eight bytes"), safetensors.ErrFormat, []string{"model.safetensors"}},
		{"no table of words", weights(t, func(m map[string]localtest.Tensor) { delete(m, table) }), local.ErrModel, []string{table}},
		{"flat table of words", weights(t, func(m map[string]localtest.Tensor) {
			m[table] = localtest.Tensor{Shape: []int{len(m[table].Values)}, Values: m[table].Values}
		}), local.ErrModel, []string{table}},
		{"turned matrix", weights(t, func(m map[string]localtest.Tensor) {
			name := "encoder.layer.0.intermediate.dense.weight"
			m[name] = localtest.Tensor{Shape: []int{32, 64}, Values: m[name].Values}
		}), local.ErrModel, []string{"[32 64]", "[64 32]"}},
		{"no number", weights(t, notANumber(math.NaN())), local.ErrModel, []string{key, "value 5", "NaN"}},
		{"infinite", weights(t, notANumber(math.Inf(-1))), local.ErrModel, []string{key, "-Inf"}},
		{"more tokens than vectors", changed(t, small, "vocab.txt", "[UNK]\n[CLS]\n[SEP]\n"+strings.Repeat("a\n", 200)), local.ErrModel, []string{"203 tokens", "109"}},
		{"vocabulary without ends", changed(t, small, "vocab.txt", "a\nb\n"), wordpiece.ErrVocabulary, []string{"vocab.txt", "[UNK]"}},
		{"tokenizer of another kind", changed(t, small, "tokenizer.json", `{"model": {"type": "Unigram"}}`), wordpiece.ErrVocabulary, []string{"tokenizer.json", "Unigram"}},
		{"tokenizer config", changed(t, small, "tokenizer_config.json", `{"cls_token": 7}`), local.ErrModel, []string{"tokenizer_config.json"}},
		{"special tokens of others", changed(t, small, "tokenizer_config.json", `{"cls_token": {"content": "<s>"}}`), wordpiece.ErrVocabulary, []string{"<s>"}},
		{"pooling by the last", changed(t, small, "1_Pooling/config.json", `{"pooling_mode_lasttoken": true}`), local.ErrUnsupported, []string{"1_Pooling/config.json", "lasttoken"}},
		{"two poolings", changed(t, small, "1_Pooling/config.json", `{"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true}`), local.ErrUnsupported, []string{"mean", "max"}},
		{"no pooling", changed(t, small, "1_Pooling/config.json", `{}`), local.ErrUnsupported, []string{"1_Pooling/config.json"}},
		{"pooling without prompt", changed(t, small, "1_Pooling/config.json", `{"pooling_mode": "mean", "include_prompt": false}`), local.ErrUnsupported, []string{"prompt"}},
		{"further module", changed(t, small, "modules.json", `[{"path": "", "type": "sentence_transformers.models.Transformer"}, {"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]`), local.ErrUnsupported, []string{"modules.json", "Dense"}},
		{"modules elsewhere", changed(t, small, "modules.json", `[{"path": "../other", "type": "x.Transformer"}]`), nil, []string{"../other/config.json", "escapes"}},
		{"limit", changed(t, small, "sentence_bert_config.json", `{"max_seq_length": 1}`), local.ErrModel, []string{"sentence_bert_config.json", "max_seq_length is 1"}},
		{"prompts no object", changed(t, small, "config_sentence_transformers.json", `{"prompts": []}`), local.ErrModel, []string{"config_sentence_transformers.json"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, err := local.Open(c.dir, local.Options{})
			if err == nil {
				m.Close()
				t.Fatal("it was opened")
			}
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("the error %q is not %q", err, c.is)
			}
			for _, want := range c.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error %q does not say %q", err, want)
				}
			}
		})
	}
}

// TestOverflow reports weights that are numbers and make none.
func TestOverflow(t *testing.T) {
	dir := weights(t, func(m map[string]localtest.Tensor) {
		for _, values := range [][]float32{m["encoder.layer.0.output.dense.weight"].Values, m["encoder.layer.0.output.dense.bias"].Values} {
			for i := range values {
				values[i] = math.MaxFloat32
			}
		}
	})
	m := MustOpen(t, dir, local.Options{})
	if v, err := m.Embed(t.Context(), []string{"otter"}, false); !errors.Is(err, local.ErrModel) {
		t.Errorf("vectors %v, error %v", v, err)
	}
}
