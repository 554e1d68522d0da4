package local_test

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/holtdb/holt/llm/local/localtest"
)

// reference computes a sentence embedding as the papers write it down, in
// float64, one number at a time, with nothing of the package that is tested. The
// words of the text must be whole tokens.
type reference struct {
	model   *localtest.Model
	pooling string
}

// rows is a matrix: a row for each token.
type rows [][]float64

func (r reference) embed(text string, limit int) []float64 {
	var tokens []int
	for _, word := range strings.Fields("[CLS] " + text + " [SEP]") {
		number := slices.Index(r.model.Vocabulary, word)
		if number < 0 {
			panic("no token " + word)
		}
		tokens = append(tokens, number)
	}
	if len(tokens) > limit {
		tokens = append(tokens[:limit-1], tokens[len(tokens)-1])
	}
	x := make(rows, len(tokens))
	for i, token := range tokens {
		for d := range r.model.Spec.Hidden {
			x[i] = append(x[i], r.at("embeddings.word_embeddings.weight", token, d)+
				r.at("embeddings.position_embeddings.weight", i, d)+
				r.at("embeddings.token_type_embeddings.weight", 0, d))
		}
	}
	x = r.norm("embeddings.LayerNorm", x)
	for i := range r.model.Spec.Layers {
		layer := fmt.Sprintf("encoder.layer.%d.", i)
		attended := r.linear(layer+"attention.output.dense", r.attention(layer+"attention.self.", x))
		x = r.norm(layer+"attention.output.LayerNorm", plus(x, attended))
		wide := r.linear(layer+"intermediate.dense", x)
		for _, row := range wide {
			for j, v := range row {
				row[j] = r.activation(v)
			}
		}
		x = r.norm(layer+"output.LayerNorm", plus(x, r.linear(layer+"output.dense", wide)))
	}
	return r.pool(x)
}

// at returns a weight by its row and column.
func (r reference) at(name string, row, column int) float64 {
	t := r.model.Tensors[name]
	return float64(t.Values[row*t.Shape[len(t.Shape)-1]+column])
}

func (r reference) linear(name string, x rows) rows {
	weight, bias := r.model.Tensors[name+".weight"].Values, r.model.Tensors[name+".bias"].Values
	y := make(rows, len(x))
	for i := range x {
		for o := range bias {
			sum := float64(bias[o])
			for k, v := range x[i] {
				sum += v * float64(weight[o*len(x[i])+k])
			}
			y[i] = append(y[i], sum)
		}
	}
	return y
}

func (r reference) norm(name string, x rows) rows {
	y := make(rows, len(x))
	for i, row := range x {
		mean, variance := 0.0, 0.0
		for _, v := range row {
			mean += v / float64(len(row))
		}
		for _, v := range row {
			variance += (v - mean) * (v - mean) / float64(len(row))
		}
		for j, v := range row {
			y[i] = append(y[i], (v-mean)/math.Sqrt(variance+1e-12)*r.at(name+".weight", 0, j)+r.at(name+".bias", 0, j))
		}
	}
	return y
}

func (r reference) attention(name string, x rows) rows {
	queries, keys, values := r.linear(name+"query", x), r.linear(name+"key", x), r.linear(name+"value", x)
	width := r.model.Spec.Hidden / r.model.Spec.Heads
	y := make(rows, len(x))
	for i := range x {
		y[i] = make([]float64, r.model.Spec.Hidden)
		for head := range r.model.Spec.Heads {
			weights, total := make([]float64, len(x)), 0.0
			for j := range x {
				score := 0.0
				for d := head * width; d < (head+1)*width; d++ {
					score += queries[i][d] * keys[j][d]
				}
				weights[j] = math.Exp(score / math.Sqrt(float64(width)))
				total += weights[j]
			}
			for j := range x {
				for d := head * width; d < (head+1)*width; d++ {
					y[i][d] += weights[j] / total * values[j][d]
				}
			}
		}
	}
	return y
}

func (r reference) activation(x float64) float64 {
	switch r.model.Spec.Activation {
	case "gelu":
		return x * 0.5 * (1 + math.Erf(x/math.Sqrt2))
	case "gelu_new":
		return x * 0.5 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(x+0.044715*x*x*x)))
	case "relu":
		return math.Max(x, 0)
	}
	panic("no activation " + r.model.Spec.Activation)
}

func (r reference) pool(x rows) []float64 {
	vector := slices.Clone(x[0])
	for d := range vector {
		for _, row := range x[1:] {
			switch r.pooling {
			case "mean":
				vector[d] += row[d]
			case "max":
				vector[d] = math.Max(vector[d], row[d])
			}
		}
		if r.pooling == "mean" {
			vector[d] /= float64(len(x))
		}
	}
	length := 0.0
	for _, v := range vector {
		length += v * v
	}
	for d := range vector {
		vector[d] /= math.Sqrt(length)
	}
	return vector
}

func plus(x, y rows) rows {
	z := make(rows, len(x))
	for i := range x {
		for j := range x[i] {
			z[i] = append(z[i], x[i][j]+y[i][j])
		}
	}
	return z
}
