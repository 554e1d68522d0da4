package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/holtdb/holt/platform"
)

// Tokens finds the account of an API token.
type Tokens interface {
	Token(ctx context.Context, secret string) (platform.Account, platform.TokenInfo, error)
}

// Token recognises API tokens in "Authorization: Bearer holt_…".
type Token struct {
	tokens Tokens
}

// NewToken returns the provider of API tokens.
func NewToken(tokens Tokens) *Token { return &Token{tokens: tokens} }

// Authenticate implements [Provider].
func (t *Token) Authenticate(r *http.Request) (Caller, error) {
	secret, ok := bearer(r)
	if !ok || !strings.HasPrefix(secret, platform.TokenPrefix) {
		return Caller{}, ErrNone
	}
	return tokenCaller(r.Context(), t.tokens, secret)
}

// tokenCaller returns who calls with an API token.
func tokenCaller(ctx context.Context, tokens Tokens, secret string) (Caller, error) {
	account, info, err := tokens.Token(ctx, secret)
	if errors.Is(err, platform.ErrInvalidToken) {
		return Caller{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err != nil {
		return Caller{}, fmt.Errorf("authenticate by token: %w", err)
	}
	return Caller{Account: account, Provider: ProviderToken, Scope: info.Scope, Token: info}, nil
}
