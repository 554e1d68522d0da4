package wordpiece

import (
	"encoding/json"
	"fmt"
	"strings"
)

// ReadVocabulary reads the content of a vocab.txt: a token a line, numbered from
// 0. Errors match ErrVocabulary.
func ReadVocabulary(content []byte) (map[string]int32, error) {
	lines := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	if len(lines) > MaxVocabulary {
		return nil, fmt.Errorf("%w: it has %d lines, more than %d", ErrVocabulary, len(lines), MaxVocabulary)
	}
	vocabulary := make(map[string]int32, len(lines))
	for i, line := range lines {
		vocabulary[strings.TrimSuffix(line, "\r")] = int32(i) // of two equal ones the later counts
	}
	return vocabulary, nil
}

// tokenizerFile is what counts of a tokenizer.json, the format of the Hugging
// Face library "tokenizers".
type tokenizerFile struct {
	Normalizer   *normalizer   `json:"normalizer"`
	PreTokenizer *preTokenizer `json:"pre_tokenizer"`
	Model        struct {
		Type         string          `json:"type"`
		Unknown      string          `json:"unk_token"`
		Continuation string          `json:"continuing_subword_prefix"`
		MaxWord      int             `json:"max_input_chars_per_word"`
		Vocabulary   json.RawMessage `json:"vocab"` // an object for WordPiece, a list for others
	} `json:"model"`
}

type normalizer struct {
	Type         string `json:"type"`
	Clean        bool   `json:"clean_text"`
	SplitChinese bool   `json:"handle_chinese_chars"`
	StripAccents *bool  `json:"strip_accents"` // null: as Lower
	Lower        bool   `json:"lowercase"`
}

type preTokenizer struct {
	Type string `json:"type"`
}

// Read makes a tokenizer of the content of a tokenizer.json. Errors match
// ErrVocabulary; tokenizers other than BERT's WordPiece are refused by name.
func Read(content []byte, special Specials) (*Tokenizer, error) {
	var file tokenizerFile
	if err := json.Unmarshal(content, &file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrVocabulary, err)
	}
	// Old files do not name the type of their model.
	if file.Model.Type != "WordPiece" && (file.Model.Type != "" || file.Model.Continuation == "") {
		return nil, fmt.Errorf("%w: the tokenizer is of the type %.40q, and only WordPiece is known", ErrVocabulary, file.Model.Type)
	}
	if file.Normalizer == nil || file.Normalizer.Type != "BertNormalizer" {
		return nil, fmt.Errorf("%w: the normalizer is not BertNormalizer", ErrVocabulary)
	}
	if file.PreTokenizer == nil || file.PreTokenizer.Type != "BertPreTokenizer" {
		return nil, fmt.Errorf("%w: the pre-tokenizer is not BertPreTokenizer", ErrVocabulary)
	}
	if file.Model.MaxWord < 0 || file.Model.MaxWord > 1<<16 {
		return nil, fmt.Errorf("%w: max_input_chars_per_word is %d", ErrVocabulary, file.Model.MaxWord)
	}
	var vocabulary map[string]int32
	if err := json.Unmarshal(file.Model.Vocabulary, &vocabulary); err != nil {
		return nil, fmt.Errorf("%w: its tokens: %w", ErrVocabulary, err)
	}
	o := Options{
		Clean:        file.Normalizer.Clean,
		SplitChinese: file.Normalizer.SplitChinese,
		StripAccents: file.Normalizer.Lower,
		Lower:        file.Normalizer.Lower,
		MaxWord:      file.Model.MaxWord,
		Continuation: file.Model.Continuation,
		Specials:     special,
	}
	if file.Normalizer.StripAccents != nil {
		o.StripAccents = *file.Normalizer.StripAccents
	}
	if file.Model.Unknown != "" {
		o.Unknown = file.Model.Unknown
	}
	return New(vocabulary, o)
}
