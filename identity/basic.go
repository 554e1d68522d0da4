package identity

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/holtdb/holt/platform"
)

// Passwords checks the password of an account. It counts failures by the
// address of the context's [platform.Actor].
type Passwords interface {
	CheckPassword(ctx context.Context, login, password string) (platform.Account, error)
}

// BasicAccounts is what [Basic] asks of the platform.
type BasicAccounts interface {
	Passwords
	Tokens
	WikiTokens
}

// Basic recognises the name and password that programs such as git send
// ("Authorization: Basic …", RFC 7617): an account's login with its password,
// or any name with an API token or a token of the wiki as the password.
//
// It is for routes that browsers do not use: a browser would send a password
// that it has been told by itself, also for what another site makes it do.
type Basic struct {
	accounts BasicAccounts
	trusted  []netip.Prefix
}

// NewBasic returns the provider of names and passwords. Trusted are the proxies
// that say which address a client has, see [ClientAddr].
func NewBasic(accounts BasicAccounts, trusted []netip.Prefix) *Basic {
	return &Basic{accounts: accounts, trusted: trusted}
}

// For returns the provider for the wiki that is asked. It fails like every
// [Provider], and with [platform.ErrThrottled] after too many wrong passwords.
func (b *Basic) For(slug platform.Slug) Provider { return basic{b, slug} }

type basic struct {
	*Basic
	slug platform.Slug
}

// Authenticate implements [Provider].
func (b basic) Authenticate(r *http.Request) (Caller, error) {
	login, password, err := basicCredentials(r)
	if err != nil {
		return Caller{}, err
	}
	switch {
	case strings.HasPrefix(password, platform.WikiTokenPrefix):
		return wikiTokenCaller(r.Context(), b.accounts, password, b.slug)
	case strings.HasPrefix(password, platform.TokenPrefix):
		return tokenCaller(r.Context(), b.accounts, password)
	}
	ctx := platform.WithActor(r.Context(), platform.Actor{Address: ClientAddr(r, b.trusted)})
	account, err := b.accounts.CheckPassword(ctx, login, password)
	if errors.Is(err, platform.ErrWrongPassword) {
		return Caller{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if err != nil {
		return Caller{}, fmt.Errorf("authenticate by password: %w", err)
	}
	return Caller{Account: account, Provider: ProviderPassword, Scope: platform.ScopeWrite}, nil
}

// basicCredentials returns the name and password of a request: [ErrNone] when
// there is none, [ErrInvalid] when there are several or they cannot be read.
func basicCredentials(r *http.Request) (login, password string, err error) {
	headers := r.Header.Values("Authorization")
	isBasic := func(header string) bool {
		scheme, _, _ := strings.Cut(header, " ")
		return strings.EqualFold(scheme, "Basic")
	}
	switch {
	case len(headers) == 0, len(headers) == 1 && !isBasic(headers[0]):
		return "", "", ErrNone
	case len(headers) > 1:
		return "", "", fmt.Errorf("%w: several Authorization headers", ErrInvalid)
	}
	login, password, ok := r.BasicAuth()
	if !ok {
		return "", "", fmt.Errorf("%w: malformed name and password", ErrInvalid)
	}
	return login, password, nil
}
