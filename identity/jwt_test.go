package identity_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
)

func TestNewJWTRefuses(t *testing.T) {
	public, err := x509.MarshalPKIXPublicKey(MustRSA(t, 2048).Public())
	if err != nil {
		t.Fatal(err)
	}
	good := []byte(secret)
	for name, config := range map[string]identity.JWTConfig{
		"nothing":                {},
		"empty secret":           {Secret: []byte{}},
		"31 bytes":               {Secret: []byte(strings.Repeat("x", 31))},
		"secret and JWKS":        {Secret: good, JWKS: "https://id.example/jwks"},
		"none":                   {Secret: good, Algorithms: []string{"none"}},
		"HS256 and none":         {Secret: good, Algorithms: []string{identity.HS256, "none"}},
		"secret for RS256":       {Secret: good, Algorithms: []string{identity.RS256}},
		"HS256 by JWKS":          {JWKS: "https://id.example/jwks", Algorithms: []string{identity.HS256}},
		"HS256 mixed":            {JWKS: "https://id.example/jwks", Algorithms: []string{identity.RS256, identity.HS256}},
		"unknown algorithm":      {Secret: good, Algorithms: []string{"HS512"}},
		"algorithm in lower":     {Secret: good, Algorithms: []string{"hs256"}},
		"public key as secret":   {Secret: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})},
		"JWKS as secret":         {Secret: jwks(t, jwk(t, "a", MustEd25519(t), nil))},
		"missing JWKS file":      {JWKS: t.TempDir() + "/missing.json"},
		"directory as JWKS file": {JWKS: t.TempDir()},
		"JWKS without TLS":       {JWKS: "http://id.example/jwks"},
		"JWKS by ftp":            {JWKS: "ftp://id.example/jwks"},
		"JWKS by file URL":       {JWKS: "file:///etc/keys.json"},
		"JWKS without host":      {JWKS: "https:///jwks"},
	} {
		if _, err := identity.NewJWT(config); err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error tells the secret: %v", name, err)
		}
	}
}

func TestJWTClaims(t *testing.T) {
	now := newClock()
	in := func(d time.Duration) int64 { return now.Now().Add(d).Unix() }
	config := identity.JWTConfig{
		Secret: []byte(secret), Issuer: "https://id.example", Audience: "holt", TierClaim: "tier",
	}
	j := MustJWT(t, config, now, nil)
	for name, test := range map[string]struct {
		changes jwt.MapClaims
		want    platform.Proof // zero: refused
	}{
		"id":                 {nil, platform.Proof{Subject: "alice"}},
		"id before sub":      {jwt.MapClaims{"sub": "bob"}, platform.Proof{Subject: "alice"}},
		"sub without id":     {jwt.MapClaims{"id": nil, "sub": "bob"}, platform.Proof{Subject: "bob"}},
		"audience as string": {jwt.MapClaims{"aud": "holt"}, platform.Proof{Subject: "alice"}},
		"name and tier":      {jwt.MapClaims{"name": "Alice", "tier": "paid"}, platform.Proof{Subject: "alice", Name: "Alice", Tier: "paid"}},
		"not before, passed": {jwt.MapClaims{"nbf": in(0)}, platform.Proof{Subject: "alice"}},

		"expired":                {changes: jwt.MapClaims{"exp": in(0)}},
		"expired a second ago":   {changes: jwt.MapClaims{"exp": in(-time.Second)}},
		"no expiry":              {changes: jwt.MapClaims{"exp": nil}},
		"expiry of 0":            {changes: jwt.MapClaims{"exp": 0}},
		"expiry as string":       {changes: jwt.MapClaims{"exp": fmt.Sprint(in(time.Minute))}},
		"not yet valid":          {changes: jwt.MapClaims{"nbf": in(time.Second)}},
		"not before as string":   {changes: jwt.MapClaims{"nbf": "now"}},
		"wrong issuer":           {changes: jwt.MapClaims{"iss": "https://id.example.evil"}},
		"no issuer":              {changes: jwt.MapClaims{"iss": nil}},
		"issuer as list":         {changes: jwt.MapClaims{"iss": []string{"https://id.example"}}},
		"wrong audience":         {changes: jwt.MapClaims{"aud": "other"}},
		"no audience":            {changes: jwt.MapClaims{"aud": nil}},
		"empty audience":         {changes: jwt.MapClaims{"aud": []string{}}},
		"audience of numbers":    {changes: jwt.MapClaims{"aud": []int{1}}},
		"no id":                  {changes: jwt.MapClaims{"id": nil}},
		"empty id":               {changes: jwt.MapClaims{"id": "", "sub": "bob"}},
		"id null":                {changes: jwt.MapClaims{"id": []string(nil), "sub": "bob"}},
		"id as number":           {changes: jwt.MapClaims{"id": 7, "sub": "bob"}},
		"id as list":             {changes: jwt.MapClaims{"id": []string{"bob"}}},
		"id with a replacement":  {changes: jwt.MapClaims{"id": "bob\ufffd"}},
		"id in another case":     {changes: jwt.MapClaims{"id": nil, "ID": "bob"}},
		"expiry in another case": {changes: jwt.MapClaims{"exp": nil, "Exp": in(time.Minute)}},
		"tier as number":         {changes: jwt.MapClaims{"tier": 3}},
	} {
		proof, err := j.Verify(t.Context(), sign(t, jwt.SigningMethodHS256, []byte(secret), "", with(valid(now), test.changes)))
		if test.want == (platform.Proof{}) {
			if !errors.Is(err, identity.ErrInvalid) || proof != (platform.Proof{}) {
				t.Errorf("%s: %+v, %v; want ErrInvalid", name, proof, err)
			}
			continue
		}
		test.want.Provider = platform.ProviderJWT
		if err != nil || proof != test.want {
			t.Errorf("%s: %+v, %v; want %+v", name, proof, err, test.want)
		}
	}

	config.UserClaim = "sub"
	j = MustJWT(t, config, now, nil)
	token := sign(t, jwt.SigningMethodHS256, []byte(secret), "", valid(now))
	if _, err := j.Verify(t.Context(), token); !errors.Is(err, identity.ErrInvalid) {
		t.Errorf("with the claim sub configured, id decides: %v", err)
	}
}

func TestJWTForgeries(t *testing.T) {
	now := newClock()
	j := MustJWT(t, identity.JWTConfig{Secret: []byte(secret)}, now, nil)
	good := sign(t, jwt.SigningMethodHS256, []byte(secret), "", valid(now))
	if _, err := j.Verify(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	const header = `{"alg":"HS256","typ":"JWT"}`
	exp := fmt.Sprintf(`"exp":%d`, now.Now().Add(time.Minute).Unix())
	claims := `{"id":"alice",` + exp + `}`
	parts := strings.Split(good, ".")
	for name, token := range map[string]string{
		"empty":                   "",
		"text":                    "let me in",
		"dots":                    "..",
		"many dots":               strings.Repeat(".", 8000),
		"alg none":                sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "", valid(now)),
		"alg none, signed":        signRaw(t, `{"alg":"none"}`, claims),
		"alg None":                signRaw(t, `{"alg":"None"}`, claims),
		"no alg":                  signRaw(t, `{"typ":"JWT"}`, claims),
		"alg as list":             signRaw(t, `{"alg":["HS256"]}`, claims),
		"alg hs256":               signRaw(t, `{"alg":"hs256"}`, claims),
		"HS512":                   sign(t, jwt.SigningMethodHS512, []byte(secret), "", valid(now)),
		"RS256":                   sign(t, jwt.SigningMethodRS256, MustRSA(t, 2048), "", valid(now)),
		"EdDSA":                   sign(t, jwt.SigningMethodEdDSA, MustEd25519(t), "", valid(now)),
		"other secret":            sign(t, jwt.SigningMethodHS256, []byte(secret+"x"), "", valid(now)),
		"empty secret":            sign(t, jwt.SigningMethodHS256, []byte{}, "", valid(now)),
		"no signature":            parts[0] + "." + parts[1] + ".",
		"two segments":            parts[0] + "." + parts[1],
		"four segments":           good + "." + parts[2],
		"shortened signature":     good[:len(good)-4],
		"padded":                  good + "=",
		"line end":                good + "\n",
		"space":                   " " + good,
		"other claims":            parts[0] + "." + strings.Split(signRaw(t, header, `{"id":"bob",`+exp+`}`), ".")[1] + "." + parts[2],
		"duplicate id":            signRaw(t, header, `{"id":"alice","id":"bob",`+exp+`}`),
		"duplicate id, escaped":   signRaw(t, header, `{"id":"alice","\u0069d":"bob",`+exp+`}`),
		"duplicate expiry":        signRaw(t, header, `{"id":"alice","exp":1,`+exp+`}`),
		"duplicate in an object":  signRaw(t, header, `{"id":"alice","a":[{"b":1,"b":2}],`+exp+`}`),
		"duplicate alg":           signRaw(t, `{"alg":"none","alg":"HS256"}`, claims),
		"duplicate kid":           signRaw(t, `{"alg":"HS256","kid":"a","kid":"b"}`, claims),
		"critical header":         signRaw(t, `{"alg":"HS256","crit":["b64"],"b64":false}`, claims),
		"kid as number":           signRaw(t, `{"alg":"HS256","kid":1}`, claims),
		"claims as list":          signRaw(t, header, `["alice"]`),
		"claims as null":          signRaw(t, header, `null`),
		"two objects":             signRaw(t, header, claims+claims),
		"text behind":             signRaw(t, header, claims+"x"),
		"unfinished":              signRaw(t, header, claims[:len(claims)-1]),
		"nested deep":             signRaw(t, header, `{"id":"alice",`+exp+`,"a":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`}`),
		"id not UTF-8":            signRaw(t, header, "{\"id\":\"alice\xff\","+exp+`}`),
		"id with half a pair":     signRaw(t, header, `{"id":"alice\ud800",`+exp+`}`),
		"over 8 KiB":              signRaw(t, header, `{"id":"alice",`+exp+`,"pad":"`+strings.Repeat("x", 8<<10)+`"}`),
		"10 MB":                   strings.Repeat("A", 10<<20),
		"compressed claims":       signRaw(t, `{"alg":"HS256","zip":"DEF","crit":["zip"]}`, claims),
		"token inside of a token": signRaw(t, `{"alg":"HS256","cty":"JWT"}`, `"`+good+`"`),
	} {
		proof, err := j.Verify(t.Context(), token)
		if !errors.Is(err, identity.ErrInvalid) || proof != (platform.Proof{}) {
			t.Errorf("%s: %+v, %v; want ErrInvalid", name, proof, err)
		}
		if err != nil && (strings.Contains(err.Error(), secret) || len(err.Error()) > 300 ||
			len(token) > 100 && strings.Contains(err.Error(), token[:100])) {
			t.Errorf("%s: the error for the log tells too much: %.400s", name, err.Error())
		}
	}
}

// TestJWTAlgorithmConfusion signs with what is public as if it were the secret.
func TestJWTAlgorithmConfusion(t *testing.T) {
	now := newClock()
	key := MustRSA(t, 2048)
	set := jwks(t, jwk(t, "rsa", key, nil))
	server := MustServeKeys(t, set)
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	for _, algorithms := range [][]string{nil, {identity.RS256}, {identity.RS256, identity.ES256}} {
		j := MustJWT(t, identity.JWTConfig{JWKS: server.URL + "/jwks", Algorithms: algorithms}, now, nil)
		if _, err := j.Verify(t.Context(), sign(t, jwt.SigningMethodRS256, key, "rsa", valid(now))); err != nil {
			t.Fatal(err)
		}
		for name, forged := range map[string][]byte{
			"PEM": block, "PEM without the last line end": block[:len(block)-1], "DER": der,
			"modulus": key.N.Bytes(), "JWKS": set, "nothing": {},
		} {
			_, err := j.Verify(t.Context(), sign(t, jwt.SigningMethodHS256, forged, "rsa", valid(now)))
			if !errors.Is(err, identity.ErrInvalid) {
				t.Errorf("%v: HS256 with the %s of the public key: %v", algorithms, name, err)
			}
		}
		for name, method := range map[string]jwt.SigningMethod{"PS256": jwt.SigningMethodPS256, "RS512": jwt.SigningMethodRS512} {
			if _, err := j.Verify(t.Context(), sign(t, method, key, "rsa", valid(now))); !errors.Is(err, identity.ErrInvalid) {
				t.Errorf("%v: %s with the key of RS256: %v", algorithms, name, err)
			}
		}
		token := sign(t, jwt.SigningMethodES256, MustECDSA(t, p256()), "rsa", valid(now))
		if _, err := j.Verify(t.Context(), token); !errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%v: ES256 that names an RSA key: %v", algorithms, err)
		}
	}
}

// TestJWTUserIDs follows ids that attackers would choose to the account.
func TestJWTUserIDs(t *testing.T) {
	store, now := MustOpenStore(t)
	j := MustJWT(t, identity.JWTConfig{Secret: []byte(secret)}, now, nil)
	provider := identity.Proven(j, store)
	authenticate := func(id string) (identity.Caller, error) {
		token := sign(t, jwt.SigningMethodHS256, []byte(secret), "", with(valid(now), jwt.MapClaims{"id": id}))
		return provider.Authenticate(request(t, bearer(token)))
	}
	folders := make(map[string]string)
	for _, id := range []string{
		"bob", "BOB", "Bob", "b\u043eb", "\uff42ob", "b\u00f3b", "bo\u0301b", "bob\u200b", "../bob", "/bob", "bob/../alice",
		"..", ".", "bob.", "bob ", "con", "users/bob", `..\bob`, "bob%00", "=2E=2E", "did:plc:bob",
	} {
		caller, err := authenticate(id)
		if err != nil {
			t.Errorf("%q: %v", id, err)
			continue
		}
		if caller.Account.Tenant.String() != id || caller.Provider != platform.ProviderJWT || !caller.Scope.Allows(platform.ScopeWrite) {
			t.Errorf("%q: %+v", id, caller)
		}
		folder := strings.ToLower(caller.Account.Tenant.Dir())
		if other, taken := folders[folder]; taken {
			t.Errorf("%q and %q share the folder %s", id, other, folder)
		}
		if strings.ContainsAny(folder, `./\ %`) {
			t.Errorf("%q has the folder %q", id, folder)
		}
		folders[folder] = id
	}
	for name, id := range map[string]string{
		"empty": "", "5 kB": strings.Repeat("x", 5_000), "10 kB": strings.Repeat("x", 10_000), "NUL": "bob\x00",
		"line end": "bob\n", "control": "bob\u0085", "proxy": "proxy:bob", "local": "local:bob", "Proxy": "Proxy:bob",
	} {
		if _, err := authenticate(id); !errors.Is(err, identity.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
}
