package llm

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Pauses between attempts: doubling from the first to the longest, a quarter
// more or less by chance so that many callers do not return together. A server
// that asks for more than maxRetryAfter gets no further attempt; its wish is
// in the error.
const (
	firstPause    = 500 * time.Millisecond
	longestPause  = 15 * time.Second
	maxRetryAfter = time.Minute
)

// repeat calls do until it succeeds, fails for good, or the attempts are used up.
func (c *Client) repeat(ctx context.Context, do func(context.Context) error) error {
	for attempt := 1; ; attempt++ {
		err := do(ctx)
		failed, ok := errors.AsType[*Error](err)
		if !ok || !failed.again || attempt >= c.options.Attempts || failed.RetryAfter > maxRetryAfter {
			return err
		}
		wait := max(pause(attempt), failed.RetryAfter)
		c.options.Logger.LogAttrs(ctx, slog.LevelInfo, "model server: trying again",
			slog.Any("endpoint", failed.Endpoint), slog.String("reason", string(failed.Reason)),
			slog.Int("status", failed.Status), slog.Int("attempt", attempt), slog.Duration("wait", wait))
		if waited := c.options.Wait(ctx, wait); waited != nil {
			return ended(ctx, failed.Endpoint, waited)
		}
	}
}

// pause is how long to wait after the given attempt, counted from 1.
func pause(attempt int) time.Duration {
	d := min(firstPause<<min(attempt-1, 10), longestPause)
	return d - d/4 + rand.N(d/2)
}

// retryAfter reads the header: seconds or a date (RFC 9110, 10.2.3).
func retryAfter(header string) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil {
		return time.Duration(min(max(seconds, 0), int(24*time.Hour/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}

// limitError is the cause of a context that ended by one of our time limits.
type limitError struct{ what string }

func (e *limitError) Error() string { return e.what }

// ended returns what to tell of err once ctx has ended: a time limit of ours
// as [Slow], the caller's cancellation as it is. While ctx goes on, it is err.
func ended(ctx context.Context, e Endpoint, err error) error {
	if ctx.Err() == nil {
		return err
	}
	if limit, ok := errors.AsType[*limitError](context.Cause(ctx)); ok {
		slow := failure(e, Slow, limit.what)
		slow.cause = limit
		return slow
	}
	return ctx.Err()
}
