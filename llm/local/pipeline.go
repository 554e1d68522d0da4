package local

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// pooling is how the vectors of a text's tokens become one.
type pooling string

const (
	poolMean  pooling = "mean"
	poolFirst pooling = "cls"
	poolMax   pooling = "max"
)

// module is an entry of modules.json: a step between a text and its vector, as
// the library sentence-transformers writes them down.
type module struct {
	Path string `json:"path"`
	Type string `json:"type"`
}

// readModules reads modules.json, where there is one: where the encoder's own
// files are, and where the pooling is described.
func (d *directory) readModules() (poolingFolder string, err error) {
	poolingFolder = "1_Pooling"
	var modules []module
	err = d.readJSONAt("modules.json", &modules)
	if errors.Is(err, fs.ErrNotExist) {
		return poolingFolder, nil
	}
	if err != nil {
		return "", err
	}
	for _, m := range modules {
		// The types are names of Python classes, which moved between versions.
		switch class := m.Type[strings.LastIndex(m.Type, ".")+1:]; class {
		case "Transformer":
			d.folder = path.Clean(m.Path)
		case "Pooling":
			poolingFolder = path.Clean(m.Path)
		case "Normalize": // always done
		default:
			return "", fmt.Errorf("modules.json: %w: the model has a module of the type %.60q", ErrUnsupported, class)
		}
	}
	return poolingFolder, nil
}

// poolingFile is a Pooling module's config.json, of which older versions have a
// field for each mode.
type poolingFile struct {
	Mode          string `json:"pooling_mode"`
	First         bool   `json:"pooling_mode_cls_token"`
	Mean          bool   `json:"pooling_mode_mean_tokens"`
	Max           bool   `json:"pooling_mode_max_tokens"`
	MeanSqrt      bool   `json:"pooling_mode_mean_sqrt_len_tokens"`
	WeightedMean  bool   `json:"pooling_mode_weightedmean_tokens"`
	Last          bool   `json:"pooling_mode_lasttoken"`
	IncludePrompt *bool  `json:"include_prompt"`
}

// readPooling reads how vectors are pooled; families without the file have their
// own default.
func (d *directory) readPooling(folder string, f family) (pooling, error) {
	name := path.Join(folder, "config.json")
	var file poolingFile
	if err := d.readJSONAt(name, &file); errors.Is(err, fs.ErrNotExist) {
		return f.pooling, nil
	} else if err != nil {
		return "", err
	}
	var modes []string
	for _, m := range []struct {
		set  bool
		name string
	}{
		{file.First, "cls"}, {file.Mean, "mean"}, {file.Max, "max"},
		{file.MeanSqrt, "mean_sqrt_len_tokens"}, {file.WeightedMean, "weightedmean"}, {file.Last, "lasttoken"},
		{file.Mode != "", file.Mode},
	} {
		if m.set && !slices.Contains(modes, m.name) {
			modes = append(modes, m.name)
		}
	}
	if len(modes) != 1 || !slices.Contains([]pooling{poolFirst, poolMean, poolMax}, pooling(modes[0])) {
		return "", fmt.Errorf("%s: %w: the pooling is %q, and only one of cls, mean and max is known", name, ErrUnsupported, modes)
	}
	if file.IncludePrompt != nil && !*file.IncludePrompt {
		return "", fmt.Errorf("%s: %w: the pooling leaves the prompt out", name, ErrUnsupported)
	}
	return pooling(modes[0]), nil
}

// readLimit reads the greatest number of tokens of a text: what the model has
// positions for, or the smaller number that it was trained with. lower reports
// whether text is made small before the tokenizer sees it.
func (d *directory) readLimit(a architecture) (limit int, lower bool, err error) {
	const name = "sentence_bert_config.json"
	var file struct {
		Limit *int `json:"max_seq_length"`
		Lower bool `json:"do_lower_case"`
	}
	if err := optional(d.readJSON(name, &file)); err != nil {
		return 0, false, err
	}
	limit = a.Positions
	if file.Limit != nil {
		if *file.Limit < 2 {
			return 0, false, fmt.Errorf("%s: %w: max_seq_length is %d", name, ErrModel, *file.Limit)
		}
		limit = min(limit, *file.Limit)
	}
	return limit, file.Lower, nil
}
