package identity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/holtdb/holt/platform"
)

// Signature algorithms (RFC 7518, RFC 8037).
const (
	HS256 = "HS256"
	RS256 = "RS256"
	ES256 = "ES256"
	EdDSA = "EdDSA"
)

const (
	// MinSecret is the least length of an HS256 secret in bytes: that of the
	// hash (RFC 7518, section 3.2).
	MinSecret = 32
	// maxJWT bounds a token in bytes.
	maxJWT = 8 << 10
)

// JWTConfig says which tokens are accepted. Either Secret or JWKS is set.
type JWTConfig struct {
	// Secret is shared with the identity provider, for HS256.
	Secret []byte
	// JWKS is where the provider's public keys are (RFC 7517): a file, or an
	// https URL (http on this machine only).
	JWKS string
	// Algorithms fixes what a token may be signed with. Empty means HS256 with a
	// secret, RS256, ES256 and EdDSA with a JWKS.
	Algorithms []string
	// Issuer and Audience are required of every token when set.
	Issuer, Audience string
	// UserClaim holds the user id. Empty means "id", as Directus has it, or
	// "sub" in a token without one.
	UserClaim string
	// TierClaim holds the tier; empty means that tokens carry none.
	TierClaim string
	// Leeway is how far the clocks may differ.
	Leeway time.Duration

	Client *http.Client     // fetches the JWKS; nil means one with a time limit
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil means slog.Default
}

// JWT recognises JSON Web Tokens.
type JWT struct {
	config JWTConfig
	parser *jwt.Parser
	keys   keySource
}

// keySource finds the key that a token names. A nil kid means that it names none.
type keySource interface {
	find(ctx context.Context, kid *string, alg string) (any, error)
}

// NewJWT checks the configuration: what would accept forged tokens is refused.
// A JWKS file must be readable now; a URL is fetched with the first token.
func NewJWT(config JWTConfig) (*JWT, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	if err := config.checkKeys(); err != nil {
		return nil, fmt.Errorf("JWT sign-in: %w", err)
	}
	if err := config.checkAlgorithms(); err != nil {
		return nil, fmt.Errorf("JWT sign-in: %w", err)
	}
	j := &JWT{config: config, parser: config.parser(), keys: secretKey(bytes.Clone(config.Secret))}
	if config.JWKS != "" {
		keys, err := newKeySet(config)
		if err != nil {
			return nil, fmt.Errorf("JWT sign-in: %w", err)
		}
		j.keys = keys
	}
	return j, nil
}

func (c *JWTConfig) checkKeys() error {
	switch {
	case c.JWKS == "" && len(c.Secret) == 0:
		return errors.New("the secret is empty and no JWKS is named")
	case c.JWKS != "" && len(c.Secret) > 0:
		return errors.New("set either a secret or a JWKS: with both, a public key could pass for the secret")
	case c.JWKS == "" && len(c.Secret) < MinSecret:
		return fmt.Errorf("the secret has %d bytes; %d is the least", len(c.Secret), MinSecret)
	case bytes.Contains(c.Secret, []byte("-----BEGIN ")) || bytes.Contains(c.Secret, []byte(`"kty"`)):
		return errors.New("the secret is a key file; name it as a JWKS instead")
	}
	return nil
}

func (c *JWTConfig) checkAlgorithms() error {
	possible := []string{RS256, ES256, EdDSA}
	if c.JWKS == "" {
		possible = []string{HS256}
	}
	if len(c.Algorithms) == 0 {
		c.Algorithms = possible
	}
	for _, alg := range c.Algorithms {
		if !slices.Contains(possible, alg) {
			return fmt.Errorf("algorithm %q cannot be used here; possible: %s", alg, strings.Join(possible, ", "))
		}
	}
	return nil
}

func (c *JWTConfig) parser() *jwt.Parser {
	options := []jwt.ParserOption{
		jwt.WithValidMethods(c.Algorithms),
		jwt.WithExpirationRequired(),
		jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(c.Now),
		jwt.WithLeeway(c.Leeway),
	}
	if c.Issuer != "" {
		options = append(options, jwt.WithIssuer(c.Issuer))
	}
	if c.Audience != "" {
		options = append(options, jwt.WithAudience(c.Audience))
	}
	return jwt.NewParser(options...)
}

// secretKey is the key of every HS256 token.
type secretKey []byte

func (k secretKey) find(context.Context, *string, string) (any, error) { return []byte(k), nil }

// Prove implements [Prover].
func (j *JWT) Prove(r *http.Request) (platform.Proof, error) {
	token, err := findJWT(r)
	if err != nil {
		return platform.Proof{}, err
	}
	return j.Verify(r.Context(), token)
}

// Verify returns what a token proves, or an error that is [ErrInvalid] or
// [ErrUnavailable].
func (j *JWT) Verify(ctx context.Context, token string) (platform.Proof, error) {
	proof, err := j.verify(ctx, token)
	if err == nil || errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
		return proof, err
	}
	return platform.Proof{}, fmt.Errorf("%w: jwt: %w", ErrInvalid, err)
}

func (j *JWT) verify(ctx context.Context, token string) (platform.Proof, error) {
	if len(token) > maxJWT {
		return platform.Proof{}, fmt.Errorf("longer than %d bytes", maxJWT)
	}
	if err := checkSegments(token); err != nil {
		return platform.Proof{}, err
	}
	claims := jwt.MapClaims{}
	_, err := j.parser.ParseWithClaims(token, claims, func(t *jwt.Token) (any, error) {
		if _, ok := t.Header["crit"]; ok {
			return nil, errors.New("critical header that is not understood") // RFC 7515, section 4.1.11
		}
		kid, err := keyID(t.Header)
		if err != nil {
			return nil, err
		}
		return j.keys.find(ctx, kid, t.Method.Alg())
	})
	if err != nil {
		return platform.Proof{}, err
	}
	return j.config.proof(claims)
}

func keyID(header map[string]any) (*string, error) {
	value, ok := header["kid"]
	if !ok {
		return nil, nil
	}
	kid, ok := value.(string)
	if !ok {
		return nil, errors.New("kid is not a string")
	}
	return &kid, nil
}
