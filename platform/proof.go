package platform

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/holtdb/holt/tenant"
)

// Providers of identities.
const (
	ProviderJWT   = "jwt"
	ProviderProxy = "proxy"
	ProviderLocal = "local" // built-in accounts; they are proven by a password, never by a Proof
)

// maxTierName bounds the name of a tier, in bytes.
const maxTierName = 64

// Proof is what an identity provider has proven of a caller.
type Proof struct {
	Provider string // ProviderJWT or ProviderProxy
	Subject  string // the provider's stable name of the caller, compared byte by byte
	Name     string // to be shown; may be empty
	Tier     string // empty when the provider does not say
}

// tenantID names the library of a proven identity. The user id of a JWT names
// it alone, as the layout users/{user id} has it. All others carry their
// provider's prefix, which a JWT's user id must not have: so two providers
// never name the same library.
func (p Proof) tenantID() (tenant.ID, error) {
	if p.Subject == "" {
		return tenant.ID{}, fmt.Errorf("%w: empty subject", ErrInvalidProof)
	}
	if !validTierName(p.Tier) && p.Tier != "" {
		return tenant.ID{}, fmt.Errorf("%w: bad tier name", ErrInvalidProof)
	}
	name := p.Subject
	switch p.Provider {
	case ProviderJWT:
		provider, _, prefixed := strings.Cut(name, ":")
		if prefixed && (strings.EqualFold(provider, ProviderProxy) || strings.EqualFold(provider, ProviderLocal)) {
			return tenant.ID{}, fmt.Errorf("%w: subject has another provider's prefix", ErrInvalidProof)
		}
	case ProviderProxy:
		name = ProviderProxy + ":" + name
	default:
		return tenant.ID{}, fmt.Errorf("%w: unknown provider", ErrInvalidProof)
	}
	id, err := tenant.ParseID(name)
	if err != nil {
		return tenant.ID{}, fmt.Errorf("%w: %w", ErrInvalidProof, err)
	}
	return id, nil
}

// displayName makes a name from outside safe to show; it falls back on other.
func displayName(name, other string) string {
	if clean, err := cleanName(name); err == nil && clean != "" {
		return clean
	}
	return other
}

func validTierName(name string) bool {
	return name != "" && len(name) <= maxTierName && printable(name)
}

// printable reports whether text is UTF-8 of one line without invisible characters.
func printable(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}
