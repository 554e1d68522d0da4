package localtest

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Write writes the model's files into dir, which is made when it is not there.
func (m *Model) Write(dir string) error {
	weights, err := m.weights()
	if err != nil {
		return err
	}
	files := map[string][]byte{"model.safetensors": weights}
	for name, value := range map[string]any{
		"config.json":                       m.config(),
		"tokenizer_config.json":             map[string]any{"do_lower_case": true, "cls_token": "[CLS]"},
		"1_Pooling/config.json":             m.pooling(),
		"config_sentence_transformers.json": map[string]any{"prompts": map[string]string{}},
	} {
		if value == nil {
			continue
		}
		if files[name], err = json.Marshal(value); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	if m.Spec.TokenizerJSON {
		if files["tokenizer.json"], err = json.Marshal(m.tokenizer()); err != nil {
			return fmt.Errorf("write tokenizer.json: %w", err)
		}
	} else {
		files["vocab.txt"] = []byte(strings.Join(m.Vocabulary, "\n") + "\n")
	}
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (m *Model) config() map[string]any {
	return map[string]any{
		"model_type":              "bert",
		"architectures":           []string{"BertModel"},
		"_name_or_path":           m.Spec.Path,
		"hidden_size":             m.Spec.Hidden,
		"num_hidden_layers":       m.Spec.Layers,
		"num_attention_heads":     m.Spec.Heads,
		"intermediate_size":       m.Spec.Intermediate,
		"hidden_act":              m.Spec.Activation,
		"layer_norm_eps":          1e-12,
		"max_position_embeddings": m.Spec.Positions,
		"type_vocab_size":         2,
		"vocab_size":              len(m.Vocabulary),
	}
}

// pooling returns the content of the Pooling module's file, or nil.
func (m *Model) pooling() any {
	if m.Spec.Pooling == "" {
		return nil
	}
	return map[string]any{
		"word_embedding_dimension":          m.Spec.Hidden,
		"pooling_mode_cls_token":            m.Spec.Pooling == "cls",
		"pooling_mode_mean_tokens":          m.Spec.Pooling == "mean",
		"pooling_mode_max_tokens":           m.Spec.Pooling == "max",
		"pooling_mode_mean_sqrt_len_tokens": false,
	}
}

func (m *Model) tokenizer() map[string]any {
	numbers := map[string]int{}
	for i, token := range m.Vocabulary {
		numbers[token] = i
	}
	return map[string]any{
		"version":       "1.0",
		"normalizer":    map[string]any{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": nil, "lowercase": true},
		"pre_tokenizer": map[string]any{"type": "BertPreTokenizer"},
		"model": map[string]any{
			"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": numbers,
		},
	}
}

// weights returns the tensors as a safetensors file. Like those of published
// models it also holds the numbers of positions, which nobody reads.
func (m *Model) weights() ([]byte, error) {
	type entry struct {
		Type    string `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	header := map[string]any{"__metadata__": map[string]string{"format": "pt"}}
	var data []byte
	for _, name := range slices.Sorted(maps.Keys(m.Tensors)) {
		tensor, start := m.Tensors[name], len(data)
		for _, v := range tensor.Values {
			data = appendValue(data, m.Spec.Type, v)
		}
		header[m.Spec.Prefix+name] = entry{m.Spec.Type, tensor.Shape, [2]int{start, len(data)}}
	}
	start := len(data)
	for i := range m.Spec.Positions {
		data = binary.LittleEndian.AppendUint64(data, uint64(i))
	}
	header[m.Spec.Prefix+"embeddings.position_ids"] = entry{"I64", []int{1, m.Spec.Positions}, [2]int{start, len(data)}}

	text, err := json.Marshal(header)
	if err != nil {
		return nil, fmt.Errorf("write model.safetensors: %w", err)
	}
	return slices.Concat(binary.LittleEndian.AppendUint64(nil, uint64(len(text))), text, data), nil
}

// representable cuts a value down to one that the type can hold. Of F16 only
// normal numbers and 0 are used.
func representable(kind string, v float32) float32 {
	bits := math.Float32bits(v)
	switch kind {
	case "F16":
		if exponent := int(bits>>23&0xff) - 127; exponent < -14 || exponent > 15 {
			return 0
		}
		return math.Float32frombits(bits &^ (1<<13 - 1))
	case "BF16":
		return math.Float32frombits(bits &^ (1<<16 - 1))
	}
	return v
}

// appendValue appends a value that the type can hold.
func appendValue(b []byte, kind string, v float32) []byte {
	bits := math.Float32bits(v)
	switch kind {
	case "F16":
		half := bits >> 31 << 15
		if v != 0 {
			half |= (bits>>23&0xff-127+15)<<10 | bits>>13&0x3ff
		}
		return binary.LittleEndian.AppendUint16(b, uint16(half))
	case "BF16":
		return binary.LittleEndian.AppendUint16(b, uint16(bits>>16))
	}
	return binary.LittleEndian.AppendUint32(b, bits)
}
