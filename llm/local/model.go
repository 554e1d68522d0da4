// Package local computes sentence embeddings in this process, from a directory
// with a model of the BERT family as its authors publish it: MiniLM, BGE, E5,
// GTE and others of the same architecture. Nothing is downloaded.
//
// The directory holds config.json, model.safetensors, and tokenizer.json or
// vocab.txt. Read where they are there: modules.json, 1_Pooling/config.json,
// sentence_bert_config.json, tokenizer_config.json, and
// config_sentence_transformers.json, which may name the prompts for queries and
// passages. Links that lead out of the directory are not followed.
package local

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/holtdb/holt/llm/local/safetensors"
	"github.com/holtdb/holt/llm/local/wordpiece"
)

// Errors that callers tell apart.
var (
	// ErrModel means that a file of the model is damaged, or that the files do not
	// belong together.
	ErrModel = errors.New("not a usable model")
	// ErrUnsupported means that the model is of a kind that this package does not
	// compute.
	ErrUnsupported = errors.New("not a supported model")
	// ErrClosed means that the model was closed.
	ErrClosed = errors.New("the model is closed")
)

// Options say how a model is run.
type Options struct {
	// Threads is the number of goroutines that compute at once for passages, of
	// all calls together, and as many again for queries. 0 means half of
	// GOMAXPROCS, at least 1, which leaves processors to serve requests with.
	Threads int
}

// Model is a loaded model. It may be used by several goroutines.
type Model struct {
	id, name  string
	net       atomic.Pointer[network] // nil once closed
	tokenizer *wordpiece.Tokenizer
	prompts   prompts
	lower     bool // texts are made small before the tokenizer sees them
	limit     int  // tokens of a text, with those of its ends
	dim       int
	threads   int
	// Scratch memory by which the goroutines that compute are counted. Queries
	// have their own: somebody waits for them.
	forPassages, forQueries chan *scratch
}

// Open loads the model in dir. Errors name the file that is wrong; they match
// fs.ErrNotExist when it is missing, ErrModel or one of package safetensors or
// wordpiece when it is damaged, and ErrUnsupported when it describes a model of
// another kind.
func Open(dir string, o Options) (*Model, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open model: %w", err)
	}
	defer root.Close()
	m, err := load(newDirectory(root), filepath.Base(dir))
	if err != nil {
		return nil, fmt.Errorf("open model %s: %w", dir, err)
	}
	m.threads = o.Threads
	if m.threads <= 0 {
		m.threads = max(1, runtime.GOMAXPROCS(0)/2)
	}
	m.forPassages, m.forQueries = newScratches(m.threads), newScratches(m.threads)
	return m, nil
}

// load reads the files of a model.
func load(d *directory, name string) (*Model, error) {
	poolingFolder, err := d.readModules()
	if err != nil {
		return nil, err
	}
	a, err := readArchitecture(d)
	if err != nil {
		return nil, err
	}
	known := familyOf(name, a.Path)
	m := &Model{name: name, dim: a.Hidden}
	pool, err := d.readPooling(poolingFolder, known)
	if err != nil {
		return nil, err
	}
	if m.limit, m.lower, err = d.readLimit(a); err != nil {
		return nil, err
	}
	if m.prompts, err = d.readPrompts(known); err != nil {
		return nil, err
	}
	if m.tokenizer, err = readTokenizer(d); err != nil {
		return nil, err
	}
	var net *network
	err = d.withWeights(func(f *safetensors.File) error {
		net, err = readNetwork(f, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	if m.tokenizer.Size() > net.vocabulary() {
		return nil, fmt.Errorf("%w: the tokenizer knows %d tokens, and the weights have vectors for %d", ErrModel, m.tokenizer.Size(), net.vocabulary())
	}
	net.pooling = pool
	m.net.Store(net)

	// What follows from the names and not from the files counts as well.
	d.note(string(pool), 0)
	d.note(m.prompts.query, 0)
	d.note(m.prompts.passage, 0)
	m.id = "local:" + hex.EncodeToString(d.digest.Sum(nil)[:8])
	return m, nil
}

// ID identifies the model by the content of its files: vectors of models with
// different IDs must not be compared.
func (m *Model) ID() string { return m.id }

// Name returns the name of the model's directory.
func (m *Model) Name() string { return m.name }

// Dim returns the number of values of a vector.
func (m *Model) Dim() int { return m.dim }

// Limit returns the number of tokens, with two for the ends, after which a text
// is cut off.
func (m *Model) Limit() int { return m.limit }

// Close lets go of the weights. Calls of Embed that run are finished.
func (m *Model) Close() error {
	m.net.Store(nil)
	return nil
}

// Embed returns a vector of length 1 for each text, in their order. query says
// whether the texts are questions or what is searched; some models want to be
// told. Text after the limit of the model counts nothing. It fails with the
// error of ctx, soon after ctx ends, or with ErrClosed.
func (m *Model) Embed(ctx context.Context, texts []string, query bool) ([][]float32, error) {
	net := m.net.Load()
	if net == nil {
		return nil, ErrClosed
	}
	prompt, slots := m.prompts.passage, m.forPassages
	if query {
		prompt, slots = m.prompts.query, m.forQueries
	}
	sequences := make([][]int32, len(texts))
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		text = prompt + text
		if m.lower {
			text = strings.ToLower(text)
		}
		sequences[i] = m.tokenizer.Encode(text, m.limit)
	}
	return embedAll(ctx, net, sequences, m.threads, slots)
}
