package llm

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"time"
)

// Defaults of [Options]. Loading a large model from disk may take minutes
// before the first token, hence the long wait for it.
const (
	DefaultConnect       = 10 * time.Second
	DefaultFirstToken    = 3 * time.Minute
	DefaultBetweenTokens = time.Minute
	DefaultWhole         = 15 * time.Minute
	DefaultBatch         = 5 * time.Minute
	DefaultKeepAlive     = 10 * time.Minute
	DefaultAttempts      = 4
)

// Options are the policy of a [Client]. The zero value is the careful one:
// public addresses only, default limits.
type Options struct {
	// AllowPrivate lets the client reach addresses of this machine and of
	// private networks. Without it they are refused, except those in Allow.
	AllowPrivate bool
	// Allow are networks that may be reached although they are private.
	Allow []netip.Prefix
	// Resolver looks up host names; nil is the system's.
	Resolver *net.Resolver

	// Connect bounds making a connection, including the TLS handshake.
	Connect time.Duration
	// FirstToken bounds the wait for the first token, including loading the model.
	FirstToken time.Duration
	// BetweenTokens bounds the silence between two tokens.
	BetweenTokens time.Duration
	// Whole bounds one answer with all its attempts.
	Whole time.Duration
	// Batch bounds one request for embeddings, or for a list of models.
	Batch time.Duration
	// KeepAlive is how long an Ollama server keeps the model loaded afterwards.
	KeepAlive time.Duration

	// Attempts is how often a request is made at most before the first token.
	Attempts int
	// PerMinute bounds the requests for embeddings that the client makes to all
	// servers together; 0 sets no bound. Waiting ends with the context.
	PerMinute int
	// Wait waits between attempts; nil waits by the clock. Tests replace it.
	Wait func(context.Context, time.Duration) error
	// Logger hears of repeated attempts; nil discards. No text, no key.
	Logger *slog.Logger
}

// withDefaults fills what is not set.
func (o Options) withDefaults() Options {
	for _, d := range []struct {
		value *time.Duration
		fall  time.Duration
	}{
		{&o.Connect, DefaultConnect},
		{&o.FirstToken, DefaultFirstToken},
		{&o.BetweenTokens, DefaultBetweenTokens},
		{&o.Whole, DefaultWhole},
		{&o.Batch, DefaultBatch},
		{&o.KeepAlive, DefaultKeepAlive},
	} {
		if *d.value <= 0 {
			*d.value = d.fall
		}
	}
	if o.Attempts <= 0 {
		o.Attempts = DefaultAttempts
	}
	if o.Wait == nil {
		o.Wait = waitByClock
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// waitByClock waits for d or the end of ctx, whichever is first.
func waitByClock(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
