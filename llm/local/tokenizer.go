package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/holtdb/holt/llm/local/wordpiece"
)

// specialToken is a token of tokenizer_config.json: a string, or an object that
// says more about it.
type specialToken string

// UnmarshalJSON reads either form.
func (s *specialToken) UnmarshalJSON(b []byte) error {
	var object struct {
		Content string `json:"content"`
	}
	if len(b) > 0 && b[0] == '{' {
		err := json.Unmarshal(b, &object)
		*s = specialToken(object.Content)
		return err
	}
	return json.Unmarshal(b, (*string)(s))
}

// tokenizerConfig is what counts of tokenizer_config.json.
type tokenizerConfig struct {
	Lower        *bool        `json:"do_lower_case"`
	StripAccents *bool        `json:"strip_accents"`
	SplitChinese *bool        `json:"tokenize_chinese_chars"`
	Start        specialToken `json:"cls_token"`
	End          specialToken `json:"sep_token"`
	Unknown      specialToken `json:"unk_token"`
}

// readTokenizer reads tokenizer.json, or vocab.txt where there is none.
func readTokenizer(d *directory) (*wordpiece.Tokenizer, error) {
	var config tokenizerConfig
	if err := optional(d.readJSON("tokenizer_config.json", &config)); err != nil {
		return nil, err
	}
	special := wordpiece.Specials{Start: string(config.Start), End: string(config.End), Unknown: string(config.Unknown)}

	const whole, list = "tokenizer.json", "vocab.txt"
	content, err := d.readAt(path.Join(d.folder, whole), maxTokenizer)
	if err == nil {
		tokenizer, err := wordpiece.Read(content, special)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", whole, err)
		}
		return tokenizer, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	content, err = d.readAt(path.Join(d.folder, list), maxTokenizer)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: a model needs its tokenizer, %s or %s", err, whole, list)
	}
	if err != nil {
		return nil, err
	}
	tokenizer, err := config.tokenizer(content, special)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", list, err)
	}
	return tokenizer, nil
}

// tokenizer makes a tokenizer of the content of a vocab.txt, with BERT's options
// where the file says nothing else.
func (c tokenizerConfig) tokenizer(content []byte, special wordpiece.Specials) (*wordpiece.Tokenizer, error) {
	vocabulary, err := wordpiece.ReadVocabulary(content)
	if err != nil {
		return nil, err
	}
	o := wordpiece.Uncased()
	o.Specials = special
	if c.Lower != nil {
		o.Lower, o.StripAccents = *c.Lower, *c.Lower
	}
	if c.StripAccents != nil {
		o.StripAccents = *c.StripAccents
	}
	if c.SplitChinese != nil {
		o.SplitChinese = *c.SplitChinese
	}
	return wordpiece.New(vocabulary, o)
}
