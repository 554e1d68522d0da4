package library

import (
	"context"
	"strings"

	"github.com/holtdb/holt/llm"
)

// Embedder makes embeddings of texts.
type Embedder interface {
	// ID names the model and the way it is used. Embeddings of different ids
	// cannot be compared.
	ID() string
	// Name is for people.
	Name() string
	// Embed returns a vector of length 1 for each text.
	Embed(ctx context.Context, texts []string, query bool) ([][]float32, error)
	// Weight is how much its ranking counts beside that of the words, see
	// [retrieve.Fuse].
	Weight() float64
	// Floor is the cosine from which a passage answers a question though it has
	// none of its words, see [retrieve.Signal].
	Floor() float64
}

// remoteEmbedder is a model behind an endpoint.
type remoteEmbedder struct {
	client   *llm.Client
	endpoint llm.Endpoint
	own      bool
}

// ID leaves the address out: the same model at another is the same.
func (e remoteEmbedder) ID() string { return string(e.endpoint.Protocol) + ":" + e.endpoint.Model }

// Name implements [Embedder].
func (e remoteEmbedder) Name() string { return e.endpoint.Model }

// Weight is that of a model that was made for search.
func (e remoteEmbedder) Weight() float64 { return 1 }

// Floor follows the family: some place all texts close together.
func (e remoteEmbedder) Floor() float64 { return FloorOf(e.endpoint.Model) }

// Embed implements [Embedder].
func (e remoteEmbedder) Embed(ctx context.Context, texts []string, query bool) ([][]float32, error) {
	before := instruction(e.endpoint.Model, query)
	if before != "" {
		prefixed := make([]string, len(texts))
		for i, t := range texts {
			prefixed[i] = before + t
		}
		texts = prefixed
	}
	client := e.client
	if query {
		client = client.Once() // somebody waits for it
	}
	vectors, err := client.Embed(ctx, e.endpoint, texts)
	return vectors, ofModel(err, e.own)
}

// FloorOf is the cosine that texts of different subjects seldom reach with a
// family of models, told by its name.
func FloorOf(model string) float64 {
	const usual = 0.5
	model = strings.ToLower(model)
	for _, family := range []struct {
		name  string
		floor float64
	}{
		{"text-embedding-3", 0.3}, {"text-embedding-ada", 0.8}, {"all-minilm", 0.35}, {"e5-", 0.82}, {"gte-", 0.8},
		{"bge-m3", 0.5}, {"bge-", 0.6}, {"nomic-embed", 0.6}, {"mxbai-embed", 0.55},
	} {
		if strings.Contains(model, family.name) {
			return family.floor
		}
	}
	return usual
}

// instruction is what some families of models want before a text, as the cards
// of nomic-embed-text, E5, BGE, mxbai-embed and snowflake-arctic-embed say.
func instruction(model string, query bool) string {
	const represent = "Represent this sentence for searching relevant passages: "
	model = strings.ToLower(model)
	switch {
	case strings.Contains(model, "nomic-embed") && query:
		return "search_query: "
	case strings.Contains(model, "nomic-embed"):
		return "search_document: "
	case strings.Contains(model, "e5-") && !strings.Contains(model, "instruct") && query:
		return "query: "
	case strings.Contains(model, "e5-") && !strings.Contains(model, "instruct"):
		return "passage: "
	case query && (strings.Contains(model, "mxbai-embed") || strings.Contains(model, "arctic-embed") ||
		strings.Contains(model, "bge-") && !strings.Contains(model, "bge-m3")):
		return represent
	}
	return ""
}

// embedder returns what makes embeddings, nil without a model; problem is a
// sentence about one that there is and cannot be used.
func (l *Library) embedder(ctx context.Context) (e Embedder, problem string, err error) {
	c, err := l.choose(ctx, ForEmbed)
	if err != nil || !c.exists() {
		return nil, c.problem, err
	}
	if c.local != nil {
		return c.local, "", nil
	}
	client, err := l.client(ctx, c)
	if err != nil {
		return nil, "", err
	}
	return remoteEmbedder{client: client, endpoint: c.endpoint, own: c.own}, "", nil
}
