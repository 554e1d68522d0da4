package local

import (
	"context"
	"math"

	"github.com/holtdb/holt/llm/local/activation"
	"github.com/holtdb/holt/llm/local/gemm"
)

// scratch is the memory of one computation, used again by the next.
type scratch struct {
	rows          []float32 // the vectors of all tokens
	residual      []float32 // the same after attention
	projected     []float32 // queries, keys and values of all tokens
	joined        []float32 // what the heads found
	wide          []float32
	scores        []float32 // of one head: a row for each token of a text
	keys, values  gemm.Matrix
	starts, sizes []int // of the texts' rows
}

// newScratches returns n scratches to take turns with.
func newScratches(n int) chan *scratch {
	c := make(chan *scratch, n)
	for range n {
		c <- new(scratch)
	}
	return c
}

// grown returns a slice of n values in the memory of s, if that has room. The
// values are whatever was there.
func grown(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

// encode computes the vectors of some texts at once: the rows of all their
// tokens go through each multiplication together, one text after another without
// padding; only attention looks at each text alone. The steps are those of
// J. Devlin et al., "BERT", 2019, after A. Vaswani et al., "Attention Is All You
// Need", 2017. The context is looked at between layers.
func (n *network) encode(ctx context.Context, s *scratch, sequences [][]int32, out [][]float32) error {
	s.starts, s.sizes = s.starts[:0], s.sizes[:0]
	total := 0
	for _, sequence := range sequences {
		s.starts, s.sizes = append(s.starts, total), append(s.sizes, len(sequence))
		total += len(sequence)
	}
	s.rows, s.residual = grown(s.rows, total*n.hidden), grown(s.residual, total*n.hidden)
	s.projected, s.joined = grown(s.projected, total*3*n.hidden), grown(s.joined, total*n.hidden)
	s.wide = grown(s.wide, total*n.intermediate)

	at := 0
	for _, sequence := range sequences {
		for position, token := range sequence {
			row := s.rows[at : at+n.hidden]
			copy(row, n.words[int(token)*n.hidden:])
			add(row, n.positions[position*n.hidden:][:n.hidden])
			at += n.hidden
		}
	}
	n.norm.apply(s.rows, n.epsilon)

	for i := range n.layers {
		if err := ctx.Err(); err != nil {
			return err
		}
		l := &n.layers[i]
		l.project.apply(s.projected, s.rows, nil)
		clear(s.joined)
		for t := range sequences {
			n.attend(s, s.starts[t], s.sizes[t])
		}
		l.join.apply(s.residual, s.joined, s.rows)
		l.joinNorm.apply(s.residual, n.epsilon)
		l.widen.apply(s.wide, s.residual, nil)
		n.activation(s.wide)
		l.narrow.apply(s.rows, s.wide, s.residual)
		l.narrowNorm.apply(s.rows, n.epsilon)
	}
	for t := range sequences {
		out[t] = n.pool(s.rows[s.starts[t]*n.hidden:][:s.sizes[t]*n.hidden])
	}
	return nil
}

// attend computes the attention of all heads within the text whose rows start at
// start: each token's row of joined becomes the mean of the text's values,
// weighted by the softmax of its query's products with the keys.
func (n *network) attend(s *scratch, start, size int) {
	stride, width := 3*n.hidden, n.hidden/n.heads
	s.scores = grown(s.scores, size*size)
	rows := s.projected[start*stride:]
	for head := range n.heads {
		from := head * width
		s.keys.PackTransposed(rows[n.hidden+from:], size, width, stride)
		s.values.Pack(rows[2*n.hidden+from:], size, width, stride)
		clear(s.scores)
		gemm.MultiplyAdd(s.scores, size, rows[from:], stride, size, &s.keys)
		for at := 0; at < len(s.scores); at += size {
			activation.Softmax(s.scores[at : at+size])
		}
		gemm.MultiplyAdd(s.joined[start*n.hidden+from:], n.hidden, s.scores, size, size, &s.values)
	}
}

// apply computes dst = x·W + b, and adds plus, if there is one.
func (l *linear) apply(dst, x, plus []float32) {
	in, out := l.weight.Inner(), l.weight.Columns()
	rows := len(dst) / out
	if plus == nil {
		for at := 0; at < len(dst); at += out {
			copy(dst[at:at+out], l.bias)
		}
	} else {
		copy(dst, plus)
		for at := 0; at < len(dst); at += out {
			add(dst[at:at+out], l.bias)
		}
	}
	gemm.MultiplyAdd(dst, out, x, in, rows, &l.weight)
}

// apply brings each row to mean 0 and variance 1, then scales and shifts it
// (J. L. Ba et al., "Layer Normalization", 2016).
func (n norm) apply(rows []float32, epsilon float32) {
	size := len(n.scale)
	for at := 0; at < len(rows); at += size {
		row := rows[at : at+size]
		mean := sum(row) / float32(size)
		for i := range row {
			row[i] -= mean
		}
		factor := 1 / float32(math.Sqrt(float64(dot(row, row)/float32(size)+epsilon)))
		scale, shift := n.scale[:len(row)], n.shift[:len(row)]
		for i := range row {
			row[i] = row[i]*factor*scale[i] + shift[i]
		}
	}
}

// pool makes one vector of those of a text's tokens.
func (n *network) pool(rows []float32) []float32 {
	vector := make([]float32, n.hidden)
	copy(vector, rows)
	if n.pooling == poolFirst {
		return vector
	}
	for at := n.hidden; at < len(rows); at += n.hidden {
		row := rows[at : at+n.hidden]
		if n.pooling == poolMean { // the length is brought to 1 later: a sum is enough
			add(vector, row)
			continue
		}
		for i, v := range row {
			if v > vector[i] || v != v {
				vector[i] = v
			}
		}
	}
	return vector
}
