package identity

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

// Bounds of a JWKS and its RSA keys.
const (
	maxKeys    = 100
	minRSABits = 2048
	maxRSABits = 8192
)

// publicKey is a usable key of a JWKS.
type publicKey struct {
	kid string
	alg string
	key any // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey
}

// jwk is a JSON Web Key (RFC 7517, section 4; RFC 7518, section 6; RFC 8037).
type jwk struct {
	Kty    string   `json:"kty"`
	Use    string   `json:"use"`
	KeyOps []string `json:"key_ops"`
	Alg    string   `json:"alg"`
	Kid    string   `json:"kid"`
	Crv    string   `json:"crv"`
	N      string   `json:"n"`
	E      string   `json:"e"`
	X      string   `json:"x"`
	Y      string   `json:"y"`
	D      string   `json:"d"`
}

// parseJWKS returns the keys of a JWKS that verify one of algorithms. Others
// are left out, as the specification wants; a set that has none is an error.
func parseJWKS(raw []byte, algorithms []string) ([]publicKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, fmt.Errorf("read JWKS: %w", err)
	}
	if len(set.Keys) > maxKeys {
		return nil, fmt.Errorf("read JWKS: %d keys, at most %d are read", len(set.Keys), maxKeys)
	}
	var usable []publicKey
	var reasons []error
	for i, raw := range set.Keys {
		key, err := parseJWK(raw)
		if err == nil && !slices.Contains(algorithms, key.alg) {
			err = fmt.Errorf("algorithm %s is not configured", key.alg)
		}
		if err != nil {
			reasons = append(reasons, fmt.Errorf("key %d: %w", i+1, err))
			continue
		}
		usable = append(usable, key)
	}
	if len(usable) == 0 {
		return nil, fmt.Errorf("read JWKS: no usable key: %w", errors.Join(reasons...))
	}
	return usable, nil
}

func parseJWK(raw json.RawMessage) (publicKey, error) {
	var k jwk
	if err := json.Unmarshal(raw, &k); err != nil {
		return publicKey{}, err
	}
	switch {
	case k.Use != "" && k.Use != "sig":
		return publicKey{}, errors.New("not for signatures")
	case len(k.KeyOps) > 0 && !slices.Contains(k.KeyOps, "verify"):
		return publicKey{}, errors.New("not for verifying")
	case k.D != "":
		return publicKey{}, errors.New("a private key; publish the public part only")
	}
	alg, key, err := k.public()
	if err != nil {
		return publicKey{}, err
	}
	if k.Alg != "" && k.Alg != alg {
		return publicKey{}, fmt.Errorf("algorithm %q does not fit", k.Alg)
	}
	return publicKey{kid: k.Kid, alg: alg, key: key}, nil
}

// public returns the key and the only algorithm that it is used with.
func (k jwk) public() (alg string, key any, err error) {
	switch {
	case k.Kty == "RSA":
		key, err = k.rsa()
		return RS256, key, err
	case k.Kty == "EC" && k.Crv == "P-256":
		key, err = k.ecdsa()
		return ES256, key, err
	case k.Kty == "OKP" && k.Crv == "Ed25519":
		key, err = k.ed25519()
		return EdDSA, key, err
	}
	return "", nil, fmt.Errorf("key type %q %q is not supported", k.Kty, k.Crv)
}

func (k jwk) rsa() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(k.N)
	if err != nil {
		return nil, errors.New("malformed modulus")
	}
	e, err := base64.RawURLEncoding.DecodeString(k.E)
	if err != nil || len(e) == 0 || len(e) > 4 {
		return nil, errors.New("malformed exponent")
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits {
		return nil, fmt.Errorf("RSA of %d bits; between %d and %d are accepted", bits, minRSABits, maxRSABits)
	}
	if key.E < 3 || key.E%2 == 0 || key.E > 1<<31-1 {
		return nil, errors.New("bad RSA exponent")
	}
	return key, nil
}

func (k jwk) ecdsa() (*ecdsa.PublicKey, error) {
	const size = 32
	x, errX := base64.RawURLEncoding.DecodeString(k.X)
	y, errY := base64.RawURLEncoding.DecodeString(k.Y)
	if errX != nil || errY != nil || len(x) != size || len(y) != size {
		return nil, errors.New("malformed point")
	}
	const uncompressed = 4 // SEC 1, section 2.3.3
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{uncompressed}, x, y))
}

func (k jwk) ed25519() (ed25519.PublicKey, error) {
	x, err := base64.RawURLEncoding.DecodeString(k.X)
	if err != nil || len(x) != ed25519.PublicKeySize {
		return nil, errors.New("malformed key")
	}
	return ed25519.PublicKey(x), nil
}
