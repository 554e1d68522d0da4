package identity

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"

	"github.com/holtdb/holt/platform"
)

// ProxyConfig says which proxies authenticate people and how they say whom.
type ProxyConfig struct {
	Trusted    []netip.Prefix // direct peers whose headers count
	UserHeader string         // the caller's stable name, such as "Remote-User"
	NameHeader string         // optional: a name to be shown
	TierHeader string         // optional
}

// Proxy recognises people by the headers of a trusted proxy. Headers of any
// other peer are nothing to it.
type Proxy struct {
	config ProxyConfig
}

// NewProxy refuses a configuration that names no proxy, or everybody.
func NewProxy(config ProxyConfig) (*Proxy, error) {
	if config.UserHeader == "" {
		return nil, errors.New("proxy sign-in: name the header that carries the user")
	}
	if err := checkTrusted(config.Trusted); err != nil {
		return nil, fmt.Errorf("proxy sign-in: %w", err)
	}
	return &Proxy{config: config}, nil
}

// checkTrusted refuses a list that names no proxy, or everybody.
func checkTrusted(trusted []netip.Prefix) error {
	if len(trusted) == 0 {
		return errors.New("name the trusted proxies")
	}
	for _, prefix := range trusted {
		if !prefix.IsValid() || prefix.Bits() == 0 {
			return fmt.Errorf("%v would trust everybody", prefix)
		}
	}
	return nil
}

// Prove implements [Prover].
func (p *Proxy) Prove(r *http.Request) (platform.Proof, error) {
	if !isTrusted(peer(r), p.config.Trusted) {
		return platform.Proof{}, ErrNone
	}
	user, err := single(r.Header, p.config.UserHeader)
	if err != nil {
		return platform.Proof{}, err
	}
	if user == "" {
		return platform.Proof{}, ErrNone
	}
	name, err := single(r.Header, p.config.NameHeader)
	if err != nil {
		return platform.Proof{}, err
	}
	tier, err := single(r.Header, p.config.TierHeader)
	if err != nil {
		return platform.Proof{}, err
	}
	return platform.Proof{Provider: platform.ProviderProxy, Subject: user, Name: name, Tier: tier}, nil
}

// single returns the value of a header that must not be there twice: a proxy
// that adds its header instead of replacing it lets the client choose.
func single(header http.Header, name string) (string, error) {
	if name == "" {
		return "", nil
	}
	values := header.Values(name)
	if len(values) > 1 {
		return "", fmt.Errorf("%w: proxy header %s is there %d times", ErrInvalid, name, len(values))
	}
	return header.Get(name), nil
}
