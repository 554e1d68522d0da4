package local

import (
	"slices"
	"strings"
	"unicode"
)

// family is what the authors of a model trained it to expect and did not write
// into its files.
type family struct {
	pooling pooling
	prompts prompts
}

// prompts are put before texts.
type prompts struct{ query, passage string }

// familyOf recognises a family by the words of a model's names. What is not
// known is pooled by the mean, without prompts: MiniLM and GTE want that.
func familyOf(names ...string) family {
	for _, name := range names {
		words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		switch {
		case slices.Contains(words, "e5"):
			// L. Wang et al., "Text Embeddings by Weakly-Supervised Contrastive Pre-training", 2022.
			return family{poolMean, prompts{query: "query: ", passage: "passage: "}}
		case slices.Contains(words, "bge") && slices.Contains(words, "zh"):
			return family{poolFirst, prompts{query: "为这个句子生成表示以用于检索相关文章："}}
		case slices.Contains(words, "bge"):
			// S. Xiao et al., "C-Pack: Packaged Resources To Advance General Chinese Embedding", 2023.
			return family{poolFirst, prompts{query: "Represent this sentence for searching relevant passages: "}}
		}
	}
	return family{pooling: poolMean}
}

// readPrompts reads config_sentence_transformers.json, whose prompts count when
// one of them is not empty: files are also written with empty ones by a library
// that knows of none.
func (d *directory) readPrompts(f family) (prompts, error) {
	var file struct {
		Prompts map[string]string `json:"prompts"`
		Default *string           `json:"default_prompt_name"`
	}
	if err := optional(d.readJSONAt("config_sentence_transformers.json", &file)); err != nil {
		return prompts{}, err
	}
	var found prompts
	if file.Default != nil {
		found = prompts{file.Prompts[*file.Default], file.Prompts[*file.Default]}
	}
	if prompt, ok := file.Prompts["query"]; ok {
		found.query = prompt
	}
	for _, name := range []string{"passage", "document"} {
		if prompt, ok := file.Prompts[name]; ok {
			found.passage = prompt
		}
	}
	if found == (prompts{}) {
		return f.prompts, nil
	}
	return found, nil
}
