package identity_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/platform"
)

const secret = "an HS256 secret of more than 32 bytes"

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1_800_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// buffer is a log that may be written by several goroutines.
type buffer struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.String()
}

func (b *buffer) Logger() *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }

func MustOpenStore(tb testing.TB) (*platform.Store, *clock) {
	tb.Helper()
	now := newClock()
	s, err := platform.Open(tb.Context(), filepath.Join(tb.TempDir(), "holt.db"), platform.WithClock(now.Now),
		platform.WithPasswordCost(platform.PasswordCost{Memory: 8, Passes: 1, Threads: 1}))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s, now
}

func MustCreate(tb testing.TB, s *platform.Store, login string) platform.Account {
	tb.Helper()
	a, err := s.CreateLocal(tb.Context(), platform.NewAccount{Login: login, Password: "correct horse battery"})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

// MustJWT makes a provider with the clock; a nil log discards.
func MustJWT(tb testing.TB, config identity.JWTConfig, now *clock, log *buffer) *identity.JWT {
	tb.Helper()
	if log == nil {
		log = &buffer{}
	}
	config.Now, config.Logger = now.Now, log.Logger()
	j, err := identity.NewJWT(config)
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

func MustRSA(tb testing.TB, bits int) *rsa.PrivateKey {
	tb.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func MustECDSA(tb testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func MustEd25519(tb testing.TB) ed25519.PrivateKey {
	tb.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

// valid returns claims that every provider of these tests accepts.
func valid(now *clock) jwt.MapClaims {
	return jwt.MapClaims{
		"id": "alice", "exp": now.Now().Add(time.Minute).Unix(),
		"iss": "https://id.example", "aud": []string{"holt", "other"},
	}
}

// with returns claims with some changed, and those with a nil value left out.
func with(claims jwt.MapClaims, changes jwt.MapClaims) jwt.MapClaims {
	for name, value := range changes {
		if claims[name] = value; value == nil {
			delete(claims, name)
		}
	}
	return claims
}

// sign makes a token; an empty kid is left out.
func sign(tb testing.TB, method jwt.SigningMethod, key any, kid string, claims jwt.MapClaims) string {
	tb.Helper()
	token := jwt.NewWithClaims(method, claims)
	if kid != "" {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(key)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// signRaw makes an HS256 token of a header and claims that no library would write.
func signRaw(tb testing.TB, header, claims string) string {
	tb.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(header)) + "." + encode([]byte(claims))
	signature, err := jwt.SigningMethodHS256.Sign(text, []byte(secret))
	if err != nil {
		tb.Fatal(err)
	}
	return text + "." + encode(signature)
}

// jwk returns the public part of a key as a JWK, with some members changed.
func jwk(tb testing.TB, kid string, key crypto.Signer, changes map[string]any) map[string]any {
	tb.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	var k map[string]any
	switch public := key.Public().(type) {
	case *rsa.PublicKey:
		k = map[string]any{"kty": "RSA", "n": encode(public.N.Bytes()), "e": encode(big.NewInt(int64(public.E)).Bytes())}
	case *ecdsa.PublicKey:
		point, err := public.Bytes()
		if err != nil {
			tb.Fatal(err)
		}
		half := (len(point) - 1) / 2
		k = map[string]any{"kty": "EC", "crv": public.Curve.Params().Name, "x": encode(point[1 : 1+half]), "y": encode(point[1+half:])}
	case ed25519.PublicKey:
		k = map[string]any{"kty": "OKP", "crv": "Ed25519", "x": encode(public)}
	}
	k["use"] = "sig"
	if kid != "" {
		k["kid"] = kid
	}
	for name, value := range changes {
		k[name] = value
	}
	return k
}

func jwks(tb testing.TB, keys ...map[string]any) []byte {
	tb.Helper()
	raw, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// keyServer serves a JWKS that tests change.
type keyServer struct {
	*httptest.Server
	mu     sync.Mutex
	body   []byte
	status int
	paths  []string
	hold   chan struct{} // when set, answers wait for it
}

func MustServeKeys(tb testing.TB, body []byte) *keyServer {
	tb.Helper()
	k := &keyServer{body: body, status: http.StatusOK}
	k.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.mu.Lock()
		k.paths = append(k.paths, r.URL.Path)
		body, status, hold := k.body, k.status, k.hold
		k.mu.Unlock()
		if hold != nil {
			<-hold
		}
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	tb.Cleanup(k.Close)
	return k
}

func (k *keyServer) Serve(status int, body []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.status, k.body = status, body
}

func (k *keyServer) Requests() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]string(nil), k.paths...)
}

func request(tb testing.TB, change func(r *http.Request)) *http.Request {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodGet, "http://holt.example/", nil)
	if change != nil {
		change(r)
	}
	return r
}
