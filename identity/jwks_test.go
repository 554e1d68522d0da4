package identity_test

import (
	"context"
	"crypto/elliptic"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/holtdb/holt/identity"
)

func p256() elliptic.Curve { return elliptic.P256() }

func TestJWKSAlgorithms(t *testing.T) {
	now := newClock()
	r, e, ed := MustRSA(t, 2048), MustECDSA(t, p256()), MustEd25519(t)
	server := MustServeKeys(t, jwks(t, jwk(t, "r", r, map[string]any{"alg": "RS256"}),
		jwk(t, "e", e, nil), jwk(t, "ed", ed, map[string]any{"key_ops": []string{"verify"}})))
	tokens := map[string]string{
		identity.RS256: sign(t, jwt.SigningMethodRS256, r, "r", valid(now)),
		identity.ES256: sign(t, jwt.SigningMethodES256, e, "e", valid(now)),
		identity.EdDSA: sign(t, jwt.SigningMethodEdDSA, ed, "ed", valid(now)),
		"without kid":  sign(t, jwt.SigningMethodEdDSA, ed, "", valid(now)),
	}
	j := MustJWT(t, identity.JWTConfig{JWKS: server.URL}, now, nil)
	for name, token := range tokens {
		if proof, err := j.Verify(t.Context(), token); err != nil || proof.Subject != "alice" {
			t.Errorf("%s: %+v, %v", name, proof, err)
		}
	}
	for _, only := range []string{identity.RS256, identity.ES256, identity.EdDSA} {
		j := MustJWT(t, identity.JWTConfig{JWKS: server.URL, Algorithms: []string{only}}, now, nil)
		for _, alg := range []string{identity.RS256, identity.ES256, identity.EdDSA} {
			if _, err := j.Verify(t.Context(), tokens[alg]); (err == nil) != (alg == only) {
				t.Errorf("%s where only %s is configured: %v", alg, only, err)
			}
		}
	}
}

func TestJWKSKeysThatAreLeftOut(t *testing.T) {
	now := newClock()
	good := MustEd25519(t)
	weak, strong, curve := MustRSA(t, 1024), MustRSA(t, 2048), MustECDSA(t, elliptic.P384())
	p := MustECDSA(t, p256())
	for name, test := range map[string]struct {
		key    map[string]any
		method jwt.SigningMethod
		signer any
	}{
		"RSA of 1024 bits":     {jwk(t, "k", weak, nil), jwt.SigningMethodRS256, weak},
		"RSA for encryption":   {jwk(t, "k", strong, map[string]any{"use": "enc"}), jwt.SigningMethodRS256, strong},
		"RSA for RS512":        {jwk(t, "k", strong, map[string]any{"alg": "RS512"}), jwt.SigningMethodRS256, strong},
		"RSA called ES256":     {jwk(t, "k", strong, map[string]any{"alg": "ES256"}), jwt.SigningMethodRS256, strong},
		"RSA with exponent 1":  {jwk(t, "k", strong, map[string]any{"e": "AQ"}), jwt.SigningMethodRS256, strong},
		"RSA, huge exponent":   {jwk(t, "k", strong, map[string]any{"e": strings.Repeat("A", 100)}), jwt.SigningMethodRS256, strong},
		"key for signing only": {jwk(t, "k", p, map[string]any{"key_ops": []string{"sign"}}), jwt.SigningMethodES256, p},
		"private key":          {jwk(t, "k", p, map[string]any{"d": "AAAA"}), jwt.SigningMethodES256, p},
		"point off the curve":  {jwk(t, "k", p, map[string]any{"x": strings.Repeat("A", 43)}), jwt.SigningMethodES256, p},
		"P-384":                {jwk(t, "k", curve, nil), jwt.SigningMethodES384, curve},
		"shared secret":        {map[string]any{"kty": "oct", "kid": "k", "k": "AAAA"}, jwt.SigningMethodHS256, []byte{0, 0, 0}},
		"kid as number":        {jwk(t, "k", p, map[string]any{"kid": 7}), jwt.SigningMethodES256, p},
	} {
		server := MustServeKeys(t, jwks(t, test.key, jwk(t, "good", good, nil)))
		j := MustJWT(t, identity.JWTConfig{JWKS: server.URL}, now, nil)
		if _, err := j.Verify(t.Context(), sign(t, jwt.SigningMethodEdDSA, good, "good", valid(now))); err != nil {
			t.Errorf("%s: the good key beside it is lost: %v", name, err)
		}
		if _, err := j.Verify(t.Context(), sign(t, test.method, test.signer, "k", valid(now))); !errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
}

func TestJWKSUnknownKey(t *testing.T) {
	now := newClock()
	one, two, other := MustEd25519(t), MustEd25519(t), MustEd25519(t)
	server := MustServeKeys(t, jwks(t, jwk(t, "one", one, nil), jwk(t, "two", two, nil)))
	j := MustJWT(t, identity.JWTConfig{JWKS: server.URL + "/jwks"}, now, nil)
	for name, token := range map[string]string{
		"unknown":             sign(t, jwt.SigningMethodEdDSA, other, "three", valid(now)),
		"path":                sign(t, jwt.SigningMethodEdDSA, other, "../../../../dev/null", valid(now)),
		"URL":                 sign(t, jwt.SigningMethodEdDSA, other, server.URL+"/evil", valid(now)),
		"query":               sign(t, jwt.SigningMethodEdDSA, other, "x' UNION SELECT 'key", valid(now)),
		"another's":           sign(t, jwt.SigningMethodEdDSA, one, "two", valid(now)),
		"none where two are":  sign(t, jwt.SigningMethodEdDSA, one, "", valid(now)),
		"right name, not key": sign(t, jwt.SigningMethodEdDSA, other, "one", valid(now)),
	} {
		if _, err := j.Verify(t.Context(), token); !errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	forged := jwt.NewWithClaims(jwt.SigningMethodEdDSA, valid(now))
	forged.Header["jku"], forged.Header["kid"] = server.URL+"/evil", "evil"
	forged.Header["jwk"] = jwk(t, "evil", other, nil)
	token, err := forged.SignedString(other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Verify(t.Context(), token); !errors.Is(err, identity.ErrInvalid) {
		t.Errorf("a token that brings its own key: %v", err)
	}
	if got := server.Requests(); !slices.Equal(got, []string{"/jwks"}) {
		t.Errorf("fetched %v", got)
	}
}

func TestJWKSRotation(t *testing.T) {
	now := newClock()
	old, fresh := MustEd25519(t), MustEd25519(t)
	server := MustServeKeys(t, jwks(t, jwk(t, "old", old, nil)))
	j := MustJWT(t, identity.JWTConfig{JWKS: server.URL}, now, nil)
	verify := func(key any, kid string) error {
		_, err := j.Verify(t.Context(), sign(t, jwt.SigningMethodEdDSA, key, kid, valid(now)))
		return err
	}
	if err := verify(old, "old"); err != nil {
		t.Fatal(err)
	}
	server.Serve(http.StatusOK, jwks(t, jwk(t, "fresh", fresh, nil)))
	if err := verify(fresh, "fresh"); !errors.Is(err, identity.ErrInvalid) {
		t.Errorf("fetched again at once: %v", err)
	}
	now.Add(10 * time.Second)
	if err := verify(fresh, "fresh"); err != nil {
		t.Errorf("the new key is not found: %v", err)
	}
	if err := verify(old, "old"); !errors.Is(err, identity.ErrInvalid) {
		t.Errorf("the withdrawn key still holds: %v", err)
	}
	if n := len(server.Requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

func TestJWKSOutage(t *testing.T) {
	now := newClock()
	key := MustEd25519(t)
	set := jwks(t, jwk(t, "k", key, nil))
	server := MustServeKeys(t, nil)
	log := &buffer{}
	j := MustJWT(t, identity.JWTConfig{JWKS: server.URL}, now, log)
	verify := func(kid string) error {
		_, err := j.Verify(t.Context(), sign(t, jwt.SigningMethodEdDSA, key, kid, valid(now)))
		return err
	}
	for name, answer := range map[string]struct {
		status int
		body   []byte
	}{
		"error":       {http.StatusInternalServerError, set},
		"redirect":    {http.StatusFound, set},
		"no content":  {http.StatusOK, nil},
		"a page":      {http.StatusOK, []byte("<html>")},
		"no keys":     {http.StatusOK, []byte(`{"keys":[]}`)},
		"101 keys":    {http.StatusOK, jwks(t, slices.Repeat([]map[string]any{jwk(t, "k", key, nil)}, 101)...)},
		"over 1 MiB":  {http.StatusOK, slices.Concat(set, []byte(strings.Repeat(" ", 1<<20)))},
		"wrong shape": {http.StatusOK, []byte(`{"keys":{"k":1}}`)},
	} {
		server.Serve(answer.status, answer.body)
		now.Add(10 * time.Second)
		if err := verify("k"); !errors.Is(err, identity.ErrUnavailable) || errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%s at the start: %v, want ErrUnavailable", name, err)
		}
	}
	if err := verify("k"); !errors.Is(err, identity.ErrUnavailable) {
		t.Errorf("between two attempts: %v, want ErrUnavailable", err)
	}
	if !strings.Contains(log.String(), "load JWKS") {
		t.Error("the outage is not in the log")
	}

	server.Serve(http.StatusOK, set)
	now.Add(10 * time.Second)
	if err := verify("k"); err != nil {
		t.Fatalf("after the outage: %v", err)
	}
	server.Serve(http.StatusInternalServerError, nil)
	now.Add(23 * time.Hour)
	if err := verify("k"); err != nil {
		t.Errorf("a known key in an outage of 23 hours: %v", err)
	}
	now.Add(2 * time.Hour)
	if err := verify("k"); !errors.Is(err, identity.ErrUnavailable) {
		t.Errorf("a known key in an outage of 25 hours: %v, want ErrUnavailable", err)
	}
	server.Serve(http.StatusOK, set)
	now.Add(10 * time.Second)
	if err := verify("k"); err != nil {
		t.Errorf("after the long outage: %v", err)
	}
}

// TestJWKSHammering sends many tokens with unknown keys at once: the identity
// provider is asked once.
func TestJWKSHammering(t *testing.T) {
	now := newClock()
	key := MustEd25519(t)
	server := MustServeKeys(t, jwks(t, jwk(t, "k", key, nil)))
	server.hold = make(chan struct{})
	j := MustJWT(t, identity.JWTConfig{JWKS: server.URL}, now, nil)
	token := func(kid string) string { return sign(t, jwt.SigningMethodEdDSA, key, kid, valid(now)) }
	good := token("k")

	// Who gives up does not stop the fetch that others wait for.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Verify(ctx, good); !errors.Is(err, context.Canceled) || errors.Is(err, identity.ErrInvalid) {
		t.Errorf("a request that ended: %v", err)
	}
	var running sync.WaitGroup
	for i := range 50 {
		running.Go(func() {
			if _, err := j.Verify(t.Context(), good); err != nil {
				t.Errorf("known key: %v", err)
			}
		})
		unknown := token(fmt.Sprint("unknown", i))
		running.Go(func() {
			if _, err := j.Verify(t.Context(), unknown); !errors.Is(err, identity.ErrInvalid) {
				t.Errorf("unknown key: %v", err)
			}
		})
	}
	close(server.hold)
	running.Wait()
	if n := len(server.Requests()); n != 1 {
		t.Errorf("100 tokens made %d requests", n)
	}
	for i := range 30 {
		now.Add(time.Second)
		if _, err := j.Verify(t.Context(), token(fmt.Sprint("later", i))); !errors.Is(err, identity.ErrInvalid) {
			t.Errorf("unknown key: %v", err)
		}
	}
	if n := len(server.Requests()); n != 4 {
		t.Errorf("%d requests after 30 seconds of hammering, want 4", n)
	}
}

func TestJWKSFile(t *testing.T) {
	now := newClock()
	one, two := MustECDSA(t, p256()), MustECDSA(t, p256())
	path := filepath.Join(t.TempDir(), "keys.json")
	write := func(raw []byte) {
		t.Helper()
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write([]byte("{}"))
	if _, err := identity.NewJWT(identity.JWTConfig{JWKS: path, Logger: (&buffer{}).Logger()}); err == nil {
		t.Error("a file without keys was accepted")
	}
	write(jwks(t, jwk(t, "one", one, nil)))
	j := MustJWT(t, identity.JWTConfig{JWKS: path}, now, nil)
	if _, err := j.Verify(t.Context(), sign(t, jwt.SigningMethodES256, one, "one", valid(now))); err != nil {
		t.Error(err)
	}
	write(jwks(t, jwk(t, "one", one, nil), jwk(t, "two", two, nil)))
	now.Add(10 * time.Second)
	if _, err := j.Verify(t.Context(), sign(t, jwt.SigningMethodES256, two, "two", valid(now))); err != nil {
		t.Errorf("a key that was added to the file: %v", err)
	}
}
