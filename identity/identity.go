// Package identity turns a request into a proven caller. Each provider looks
// for credentials of its own: a session cookie, an API token, a JWT, headers
// of a trusted proxy; for one wiki also its own sessions and tokens, and names
// and passwords as git sends them. The first provider that recognises something
// decides; a credential that is wrong is an error, never an anonymous caller.
//
// It decides nothing but who is calling: what a caller may do is the
// application's to say.
package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/holtdb/holt/platform"
)

var (
	// ErrNone means that the request carries nothing that the provider knows.
	ErrNone = errors.New("no credentials")
	// ErrInvalid means that the credentials are wrong or expired: HTTP 401. The
	// error that wraps it has the reason for the log; the person is told
	// [InvalidMessage].
	ErrInvalid = errors.New("invalid credentials")
	// ErrUnavailable means that credentials cannot be checked at the moment,
	// because the identity provider's keys cannot be had: HTTP 503.
	ErrUnavailable = errors.New("credentials cannot be checked now")
)

// InvalidMessage is what a person with invalid credentials is told. The reason
// stays in the log: it would help those who try.
const InvalidMessage = "Your sign-in is not valid or has expired. Please sign in again."

// Names of the providers that have no [platform.Proof].
const (
	ProviderSession     = "session"
	ProviderToken       = "token"
	ProviderPassword    = "password"     // sent with the request itself
	ProviderWikiSession = "wiki session" // at the own origin of a wiki
	ProviderWikiToken   = "wiki token"
)

// Caller is who makes a request, as proven by a provider.
type Caller struct {
	Account   platform.Account
	Provider  string
	Scope     platform.Scope         // none, of the account's own things, for callers who are known to one wiki only
	Session   platform.SessionInfo   // of ProviderSession, or that ProviderWikiSession depends on
	Token     platform.TokenInfo     // of ProviderToken
	WikiToken platform.WikiTokenInfo // of ProviderWikiToken
}

// Provider recognises callers. Authenticate fails with [ErrNone] when the
// request carries nothing of the provider's kind, with [ErrInvalid] when what
// it carries is wrong, with [ErrUnavailable], or with
// [platform.ErrSuspended]; any other error is the server's own.
type Provider interface {
	Authenticate(r *http.Request) (Caller, error)
}

// Prover recognises people from outside. It fails like a [Provider].
type Prover interface {
	Prove(r *http.Request) (platform.Proof, error)
}

// Accounts finds or makes the account of a proven identity.
type Accounts interface {
	Resolve(ctx context.Context, p platform.Proof) (platform.Account, error)
}

// Proven makes a provider of a prover: who is proven gets an account.
func Proven(prover Prover, accounts Accounts) Provider {
	return proven{prover, accounts}
}

type proven struct {
	prover   Prover
	accounts Accounts
}

func (p proven) Authenticate(r *http.Request) (Caller, error) {
	proof, err := p.prover.Prove(r)
	if err != nil {
		return Caller{}, err
	}
	account, err := p.accounts.Resolve(r.Context(), proof)
	if errors.Is(err, platform.ErrInvalidProof) || errors.Is(err, platform.ErrIdentityTaken) {
		return Caller{}, fmt.Errorf("%w: %s: %w", ErrInvalid, proof.Provider, err)
	}
	if err != nil {
		return Caller{}, fmt.Errorf("authenticate by %s: %w", proof.Provider, err)
	}
	return Caller{Account: account, Provider: proof.Provider, Scope: platform.ScopeWrite}, nil
}

// Chain tries providers in order. The usual one is API tokens, which programs
// send with purpose; sessions, whose cookie this server can take away when it
// is stale; JWT, whose cookie it cannot; and proxy headers.
type Chain []Provider

// Authenticate returns the caller of the first provider that recognises its
// credentials, or that provider's error. [ErrNone] means that the request is
// anonymous; a bearer token that no provider knows is [ErrInvalid].
func (c Chain) Authenticate(r *http.Request) (Caller, error) {
	for _, provider := range c {
		caller, err := provider.Authenticate(r)
		if !errors.Is(err, ErrNone) {
			return caller, err
		}
	}
	if _, ok := bearer(r); ok {
		return Caller{}, fmt.Errorf("%w: no provider takes this bearer token", ErrInvalid)
	}
	return Caller{}, ErrNone
}

// bearer returns the token of "Authorization: Bearer token" (RFC 6750). Of
// several such headers, which no honest client sends, nothing is taken as a
// token: the result is empty, which no provider accepts.
func bearer(r *http.Request) (token string, ok bool) {
	for _, header := range r.Header.Values("Authorization") {
		scheme, rest, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			continue
		}
		if ok {
			return "", true
		}
		token, ok = strings.TrimSpace(rest), true
	}
	return token, ok
}
