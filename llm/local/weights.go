package local

import (
	"fmt"
	"math"
	"slices"

	"github.com/holtdb/holt/llm/local/gemm"
	"github.com/holtdb/holt/llm/local/safetensors"
)

// network is the weights of an encoder, ready to be computed with.
type network struct {
	hidden, heads, intermediate int
	epsilon                     float32
	activation                  func([]float32)
	pooling                     pooling
	words                       []float32 // a row for each token
	positions                   []float32 // a row for each position, with the vector of the first segment added
	norm                        norm
	layers                      []layer
}

// layer is one block of the encoder: attention and two linear layers, each with
// what goes in added to what comes out, and normalised.
type layer struct {
	project    linear // to queries, keys and values side by side
	join       linear // from what the heads found
	joinNorm   norm
	widen      linear
	narrow     linear
	narrowNorm norm
}

// linear is y = xW + b.
type linear struct {
	weight gemm.Matrix
	bias   []float32
}

// norm is the scale and shift after a row was normalised.
type norm struct{ scale, shift []float32 }

// vocabulary returns the number of tokens that have a vector.
func (n *network) vocabulary() int { return len(n.words) / n.hidden }

// reader reads the tensors of one encoder. After an error it reads nothing more
// and keeps the error.
type reader struct {
	file   *safetensors.File
	prefix string // before all names
	err    error
}

// readNetwork reads the weights of an encoder of the architecture a.
func readNetwork(file *safetensors.File, a architecture) (*network, error) {
	const wordTable = "embeddings.word_embeddings.weight"
	r := &reader{file: file}
	if _, ok := file.Tensor(wordTable); !ok {
		r.prefix = "bert."
	}
	table, ok := file.Tensor(r.prefix + wordTable)
	if !ok {
		return nil, fmt.Errorf("%w: it has no tensor %q", ErrModel, wordTable)
	}
	if len(table.Shape) != 2 || table.Shape[0] < 1 {
		return nil, fmt.Errorf("%w: tensor %q has the shape %v", ErrModel, wordTable, table.Shape)
	}
	n := &network{
		hidden:       a.Hidden,
		heads:        a.Heads,
		intermediate: a.Intermediate,
		epsilon:      float32(a.Epsilon),
		activation:   activationOf(a.Activation),
		words:        r.tensor(wordTable, table.Shape[0], a.Hidden),
		positions:    r.tensor("embeddings.position_embeddings.weight", a.Positions, a.Hidden),
		norm:         r.norm("embeddings.LayerNorm", a.Hidden),
	}
	if segments := r.tensor("embeddings.token_type_embeddings.weight", a.Types, a.Hidden); r.err == nil {
		for at := 0; at < len(n.positions); at += a.Hidden {
			add(n.positions[at:at+a.Hidden], segments[:a.Hidden])
		}
	}
	for i := 0; i < a.Layers && r.err == nil; i++ {
		n.layers = append(n.layers, r.layer(fmt.Sprintf("encoder.layer.%d.", i), a))
	}
	if r.err != nil {
		return nil, r.err
	}
	return n, nil
}

// layer reads a block.
func (r *reader) layer(prefix string, a architecture) layer {
	attention := prefix + "attention.self."
	query := r.scaledQuery(attention+"query", a)
	return layer{
		project:    query.beside(r.affine(attention+"key", a.Hidden, a.Hidden), r.affine(attention+"value", a.Hidden, a.Hidden)).pack(),
		join:       r.affine(prefix+"attention.output.dense", a.Hidden, a.Hidden).pack(),
		joinNorm:   r.norm(prefix+"attention.output.LayerNorm", a.Hidden),
		widen:      r.affine(prefix+"intermediate.dense", a.Hidden, a.Intermediate).pack(),
		narrow:     r.affine(prefix+"output.dense", a.Intermediate, a.Hidden).pack(),
		narrowNorm: r.norm(prefix+"output.LayerNorm", a.Hidden),
	}
}

// affine is a linear layer as the file has it: a row of weights for each output.
type affine struct {
	in      int
	weights []float32
	bias    []float32
}

// affine reads a linear layer.
func (r *reader) affine(name string, in, out int) affine {
	return affine{in, r.tensor(name+".weight", out, in), r.tensor(name+".bias", out)}
}

// scaledQuery reads the layer that makes queries, divided by the root of the
// size of a head: attention divides its scores by that, once for each pair of
// tokens, where here it is done once.
func (r *reader) scaledQuery(name string, a architecture) affine {
	q := r.affine(name, a.Hidden, a.Hidden)
	scale := float32(1 / math.Sqrt(float64(a.Hidden/a.Heads)))
	for i := range q.weights {
		q.weights[i] *= scale
	}
	for i := range q.bias {
		q.bias[i] *= scale
	}
	return q
}

// beside joins layers with the same input: their outputs follow one another.
func (l affine) beside(others ...affine) affine {
	for _, o := range others {
		l.weights = slices.Concat(l.weights, o.weights)
		l.bias = slices.Concat(l.bias, o.bias)
	}
	return l
}

// pack brings the weights into the order in which they are multiplied.
func (l affine) pack() linear {
	packed := linear{bias: l.bias}
	if len(l.weights) > 0 { // it was read
		packed.weight.PackTransposed(l.weights, len(l.bias), l.in, l.in)
	}
	return packed
}

// norm reads the parameters of a normalisation, which old files name otherwise.
func (r *reader) norm(name string, size int) norm {
	scale, shift := name+".weight", name+".bias"
	if _, ok := r.file.Tensor(r.prefix + scale); !ok {
		if _, ok := r.file.Tensor(r.prefix + name + ".gamma"); ok {
			scale, shift = name+".gamma", name+".beta"
		}
	}
	return norm{r.tensor(scale, size), r.tensor(shift, size)}
}

// tensor reads a tensor, which must have the shape that is wanted and hold
// numbers only.
func (r *reader) tensor(name string, shape ...int) []float32 {
	if r.err != nil {
		return nil
	}
	name = r.prefix + name
	if t, ok := r.file.Tensor(name); ok && !slices.Equal(t.Shape, shape) {
		r.err = fmt.Errorf("%w: tensor %q has the shape %v, and config.json wants %v", ErrModel, name, t.Shape, shape)
		return nil
	}
	values, err := r.file.Float32s(name)
	if err != nil {
		r.err = fmt.Errorf("%w: %w", ErrModel, err)
		return nil
	}
	for i, v := range values {
		if v-v != 0 { // not a number, or infinite
			r.err = fmt.Errorf("%w: value %d of tensor %q is %g", ErrModel, i, name, v)
			return nil
		}
	}
	return values
}
