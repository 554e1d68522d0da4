package llm

import (
	"context"
	"slices"
)

// Models lists the names of the models that a server has, sorted. The
// endpoint needs no model of its own.
func (c *Client) Models(ctx context.Context, e Endpoint) ([]string, error) {
	if _, err := e.base(); err != nil {
		return nil, err
	}
	var names []string
	err := c.repeat(ctx, func(ctx context.Context) error {
		content, err := c.fetch(ctx, e, c.options.Batch, e.wire().list(), nil)
		if err != nil {
			return err
		}
		if names, err = e.wire().models(content); err != nil {
			f := failure(e, Unintelligible, "it gives no list of models")
			f.cause = err
			return f
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool {
		return name == "" || len(name) > MaxModel || !plain(name)
	})
	slices.Sort(names)
	return slices.Compact(names), nil
}

// TestChat tries out an endpoint for chat, once and without repeating: nil, or
// an error that says exactly what is wrong.
func (c *Client) TestChat(ctx context.Context, e Endpoint) error {
	answer, err := c.Once().Chat(ctx, e, Request{
		Messages:  []Message{{Role: User, Content: "Answer with one word: ready"}},
		MaxTokens: 16,
	}, nil)
	if err != nil {
		return err
	}
	// A model that reasons may use up 16 tokens before its first word.
	if answer.Text == "" && answer.Finish != FinishLength {
		return failure(e, Unintelligible, "the model answered with no text")
	}
	return nil
}

// TestEmbed tries out an endpoint for embeddings, once and without repeating,
// and returns the dimension of its vectors.
func (c *Client) TestEmbed(ctx context.Context, e Endpoint) (dim int, err error) {
	vectors, err := c.Once().Embed(ctx, e, []string{"The otter sleeps in its holt."})
	if err != nil {
		return 0, err
	}
	return len(vectors[0]), nil
}

// Once returns the same client with a single attempt, for calls that somebody
// waits for.
func (c *Client) Once() *Client {
	single := *c
	single.options.Attempts = 1
	return &single
}
