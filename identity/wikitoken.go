package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/holtdb/holt/platform"
)

// WikiTokens finds the account of a token for one wiki.
type WikiTokens interface {
	WikiToken(ctx context.Context, secret string) (platform.Account, platform.WikiTokenInfo, error)
}

// WikiToken recognises the tokens of a wiki in "Authorization: Bearer holtw_…".
// In the name and password of git they are recognised by [Basic].
type WikiToken struct {
	tokens WikiTokens
}

// NewWikiToken returns the provider of wiki tokens.
func NewWikiToken(tokens WikiTokens) *WikiToken { return &WikiToken{tokens: tokens} }

// For returns the provider for the wiki that is asked. The token of another
// wiki is [ErrInvalid] there, like one that never was.
func (t *WikiToken) For(slug platform.Slug) Provider { return wikiToken{t, slug} }

type wikiToken struct {
	*WikiToken
	slug platform.Slug
}

// Authenticate implements [Provider].
func (t wikiToken) Authenticate(r *http.Request) (Caller, error) {
	secret, ok := bearer(r)
	if !ok || !strings.HasPrefix(secret, platform.WikiTokenPrefix) {
		return Caller{}, ErrNone
	}
	return wikiTokenCaller(r.Context(), t.tokens, secret, t.slug)
}

// wikiTokenCaller returns who calls a wiki with one of its tokens.
func wikiTokenCaller(ctx context.Context, tokens WikiTokens, secret string, slug platform.Slug) (Caller, error) {
	account, info, err := tokens.WikiToken(ctx, secret)
	if errors.Is(err, platform.ErrInvalidToken) {
		return Caller{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err != nil {
		return Caller{}, fmt.Errorf("authenticate by wiki token: %w", err)
	}
	if slug.IsZero() || info.Slug != slug {
		return Caller{}, fmt.Errorf("%w: token %s of another wiki", ErrInvalid, info.ID)
	}
	return Caller{Account: account, Provider: ProviderWikiToken, WikiToken: info}, nil
}
