package server

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/library/extract/ocr"
)

// Defaults of `holt serve`.
const (
	DefaultListen    = "127.0.0.1:8521"
	DefaultScanEvery = 10 * time.Minute
)

// ErrConfig means that a server cannot start as it is configured. The error
// that wraps it says what to change.
var ErrConfig = errors.New("configuration")

// Config is everything that `holt serve` can be told.
type Config struct {
	// Data is the data directory, made when it is absent.
	Data string
	// Listen is a TCP address such as DefaultListen. Port 0 takes any free port.
	Listen string
	// TLSCert and TLSKey are PEM files. Both empty means plain HTTP.
	TLSCert, TLSKey string

	// MaxOpen bounds the libraries open at once, and the wikis; 0 follows the
	// limit of open files, see [MaxOpenFor].
	MaxOpen int
	// Idle is how long an unused library stays open; 0 means
	// [tenant.DefaultIdle].
	Idle time.Duration
	// ScanEvery is the pause between two looks at the watched folders of those
	// who were here lately; 0 means that only they themselves start a scan.
	ScanEvery time.Duration

	// TrustedProxies are the proxies whose forwarding headers count.
	TrustedProxies []netip.Prefix
	// JWT switches sign-in by JSON Web Token on.
	JWT *identity.JWTConfig
	// Proxy switches sign-in by the headers of a proxy on. Its trusted ones are
	// TrustedProxies.
	Proxy *identity.ProxyConfig
	// Otter lets the trusted proxies say who comes to wikis and what they may do
	// there, in An Otter Wiki's headers. Its trusted ones are TrustedProxies.
	Otter *identity.OtterConfig
	// WikiDomain gives every wiki a host of its own, {slug}.{WikiDomain}, with
	// the platform at WikiDomain. "" leaves wikis at /w/{slug}/.
	WikiDomain string
	// OpenRegistration changes who may make an account: anybody, or those who
	// are invited. nil leaves what was chosen before.
	OpenRegistration *bool

	// LocalModel is the directory of a sentence model that this process runs
	// itself, see package local; "" for none.
	LocalModel string
	// OCRLanguages are those of scanned pages; none means English.
	OCRLanguages []ocr.Language
	// MeaningBytes bounds the memory for embeddings of all libraries; 0 means
	// DefaultMeaningBytes.
	MeaningBytes int64

	// Logger gets what an operator should know; nil means slog.Default.
	Logger *slog.Logger
}

// check reports what makes no sense by itself.
func (c Config) check() error {
	switch {
	case c.Data == "":
		return fmt.Errorf("%w: the data directory has no name", ErrConfig)
	case c.MaxOpen < 0:
		return fmt.Errorf("%w: %d libraries open at once", ErrConfig, c.MaxOpen)
	case c.MeaningBytes < 0:
		return fmt.Errorf("%w: memory for embeddings of %d bytes", ErrConfig, c.MeaningBytes)
	case c.Idle < 0 || c.ScanEvery < 0:
		return fmt.Errorf("%w: a time is negative", ErrConfig)
	}
	return checkDomain(c.WikiDomain)
}

// checkDomain refuses what cannot be the domain of wikis.
func checkDomain(domain string) error {
	if domain == "" {
		return nil
	}
	for label := range strings.SplitSeq(domain, ".") {
		ok := label != "" && len(label) <= 63 && label[0] != '-' && label[len(label)-1] != '-'
		for _, r := range label {
			ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
		}
		if !ok {
			return fmt.Errorf("%w: %q is no domain in lower case, such as wikis.example.org", ErrConfig, domain)
		}
	}
	return nil
}

// otter returns the provider for Otter's proxy headers, nil without one.
func (c Config) otter() (*identity.Otter, error) {
	if c.Otter == nil {
		return nil, nil
	}
	config := *c.Otter
	config.Trusted = c.TrustedProxies
	provider, err := identity.NewOtter(config)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return provider, nil
}

// certificate loads the TLS files. It returns nil without them.
func (c Config) certificate() (*tls.Config, error) {
	if c.TLSCert == "" && c.TLSKey == "" {
		return nil, nil
	}
	if c.TLSCert == "" || c.TLSKey == "" {
		return nil, fmt.Errorf("%w: TLS needs a certificate and its key", ErrConfig)
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("%w: read TLS certificate: %w", ErrConfig, err)
	}
	return &tls.Config{
		Certificates: []tls.Certificate{pair},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"h2", "http/1.1"},
	}, nil
}

// callers returns the chain of providers. API tokens come first, as programs
// send them with purpose; then sessions, whose stale cookie the server can take
// away; then what others prove.
func (c Config) callers(store accounts) (identity.Chain, *identity.Session, error) {
	session := identity.NewSession(store, c.TrustedProxies)
	chain := identity.Chain{identity.NewToken(store), session}
	if c.JWT != nil {
		config := *c.JWT
		config.Logger = c.Logger
		provider, err := identity.NewJWT(config)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrConfig, err)
		}
		chain = append(chain, identity.Proven(provider, store))
	}
	if c.Proxy != nil {
		config := *c.Proxy
		config.Trusted = c.TrustedProxies
		provider, err := identity.NewProxy(config)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", ErrConfig, err)
		}
		chain = append(chain, identity.Proven(provider, store))
	}
	return chain, session, nil
}

// accounts is what the providers ask of the platform.
type accounts interface {
	identity.Sessions
	identity.Tokens
	identity.Accounts
}
