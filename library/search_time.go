package library

import (
	"context"
	"fmt"
	"time"
)

// searchTime is how long a search, or the marking of its hits, may take.
const searchTime = 10 * time.Second

var errSearchTooSlow = fmt.Errorf("%w: this search takes too long; use fewer words", ErrInvalid)

// limitSearch gives a search its time.
func (l *Library) limitSearch(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, l.searchTime, errSearchTooSlow)
}

// searchError is err, or what a person should know when the time of
// [Library.limitSearch] is over.
func searchError(ctx context.Context, err error) error {
	if err != nil && context.Cause(ctx) == errSearchTooSlow {
		return errSearchTooSlow
	}
	return err
}
