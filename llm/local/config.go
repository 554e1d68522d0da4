package local

import (
	"fmt"
	"math"

	"github.com/holtdb/holt/llm/local/activation"
)

// architecture is what counts of a model's config.json.
type architecture struct {
	Type         string  `json:"model_type"`
	Hidden       int     `json:"hidden_size"`
	Layers       int     `json:"num_hidden_layers"`
	Heads        int     `json:"num_attention_heads"`
	Intermediate int     `json:"intermediate_size"`
	Activation   string  `json:"hidden_act"`
	Epsilon      float64 `json:"layer_norm_eps"`
	Positions    int     `json:"max_position_embeddings"`
	Types        int     `json:"type_vocab_size"`
	Vocabulary   int     `json:"vocab_size"`
	PositionKind string  `json:"position_embedding_type"`
	Path         string  `json:"_name_or_path"`
}

// Greatest dimensions of a model. BERT-large, which is more than a server
// without a graphics card wants to compute, has 1024, 24, 16, 4096 and 512.
const (
	maxHidden       = 2048
	maxLayers       = 48
	maxHeads        = 64
	maxIntermediate = 8192
	maxPositions    = 8192
)

// readArchitecture reads config.json, with BERT's defaults for what is missing.
func readArchitecture(d *directory) (architecture, error) {
	a := architecture{Activation: "gelu", Epsilon: 1e-12, Types: 2, PositionKind: "absolute"}
	if err := d.readJSON("config.json", &a); err != nil {
		return a, err
	}
	if err := a.check(); err != nil {
		return a, fmt.Errorf("config.json: %w", err)
	}
	return a, nil
}

// check holds the architecture against what the encoder can compute.
func (a architecture) check() error {
	if a.Type != "bert" {
		return fmt.Errorf("%w: the model is of the type %.40q, and only \"bert\" is known", ErrUnsupported, a.Type)
	}
	if a.PositionKind != "absolute" {
		return fmt.Errorf("%w: position_embedding_type is %.40q, and only \"absolute\" is known", ErrUnsupported, a.PositionKind)
	}
	if activationOf(a.Activation) == nil {
		return fmt.Errorf("%w: hidden_act is %.40q, and only gelu, gelu_new and relu are known", ErrUnsupported, a.Activation)
	}
	for _, d := range []struct {
		name         string
		value, limit int
	}{
		{"hidden_size", a.Hidden, maxHidden},
		{"num_hidden_layers", a.Layers, maxLayers},
		{"num_attention_heads", a.Heads, maxHeads},
		{"intermediate_size", a.Intermediate, maxIntermediate},
		{"max_position_embeddings", a.Positions, maxPositions},
		{"type_vocab_size", a.Types, 16},
	} {
		if d.value < 1 || d.value > d.limit {
			return fmt.Errorf("%w: %s is %d, not between 1 and %d", ErrModel, d.name, d.value, d.limit)
		}
	}
	if a.Positions < 2 {
		return fmt.Errorf("%w: max_position_embeddings is %d, too little for any text", ErrModel, a.Positions)
	}
	if a.Hidden%a.Heads != 0 {
		return fmt.Errorf("%w: hidden_size %d is no multiple of num_attention_heads %d", ErrModel, a.Hidden, a.Heads)
	}
	if !(a.Epsilon > 0) || math.IsInf(a.Epsilon, 0) {
		return fmt.Errorf("%w: layer_norm_eps is %g", ErrModel, a.Epsilon)
	}
	return nil
}

// activationOf returns the function that hidden_act names, or nil.
func activationOf(name string) func([]float32) {
	switch name {
	case "gelu":
		return activation.GELU
	case "gelu_new", "gelu_pytorch_tanh":
		return activation.GELUTanh
	case "relu":
		return activation.ReLU
	}
	return nil
}
