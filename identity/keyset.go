package identity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// How the keys of a JWKS are kept.
const (
	keysFresh    = 15 * time.Minute // then they are fetched again, beside the requests
	keysStale    = 24 * time.Hour   // while fetching fails they are used so long
	keysInterval = 10 * time.Second // between two attempts to fetch, whatever tokens ask for
	keysTimeout  = 10 * time.Second // of one attempt
	maxJWKSBytes = 1 << 20
)

var errUnknownKey = errors.New("unknown or ambiguous key")

// keySet caches the keys of a JWKS. However many requests need keys, and
// whatever key ids they name, the source is asked once at a time and at most
// once per keysInterval.
type keySet struct {
	read       func(ctx context.Context) ([]byte, error)
	algorithms []string
	now        func() time.Time
	log        *slog.Logger

	mu     sync.Mutex
	keys   []publicKey
	loaded time.Time     // when keys were read
	tried  time.Time     // when reading began last
	err    error         // of the last reading
	flight chan struct{} // closed when the reading under way ends
}

func newKeySet(config JWTConfig) (*keySet, error) {
	k := &keySet{algorithms: config.Algorithms, now: config.Now, log: config.Logger}
	if !strings.Contains(config.JWKS, "://") {
		k.read = func(context.Context) ([]byte, error) { return readLimitedFile(config.JWKS) }
		k.tried = k.now()
		return k, k.load(context.Background())
	}
	location, err := checkJWKSURL(config.JWKS)
	if err != nil {
		return nil, err
	}
	client := config.Client
	if client == nil {
		client = &http.Client{Timeout: keysTimeout}
	}
	withoutRedirects := *client
	withoutRedirects.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	k.read = func(ctx context.Context) ([]byte, error) { return fetch(ctx, &withoutRedirects, location) }
	return k, nil
}

// checkJWKSURL refuses to fetch keys over a network without TLS: who changes
// them on the way signs as anybody.
func checkJWKSURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", errors.New("the JWKS URL is malformed")
	}
	addr, err := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return "", errors.New("the JWKS URL must begin with https://")
	}
	return u.String(), nil
}

// find implements keySource.
func (k *keySet) find(ctx context.Context, kid *string, alg string) (any, error) {
	k.mu.Lock()
	key, known := match(k.keys, kid, alg)
	age := k.now().Sub(k.loaded)
	if known && age < keysStale {
		if age >= keysFresh {
			k.refresh() // this request does not wait for it
		}
		k.mu.Unlock()
		return key, nil
	}
	flight := k.refresh()
	k.mu.Unlock()

	if flight != nil {
		select {
		case <-flight:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.now().Sub(k.loaded) >= keysStale {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, k.err)
	}
	if key, known := match(k.keys, kid, alg); known {
		return key, nil
	}
	if k.err != nil { // the key may be one of those that could not be read
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, k.err)
	}
	return nil, errUnknownKey
}

// match returns the only key that a token can mean.
func match(keys []publicKey, kid *string, alg string) (key any, ok bool) {
	for _, k := range keys {
		if k.alg != alg || kid != nil && *kid != k.kid {
			continue
		}
		if ok {
			return nil, false
		}
		key, ok = k.key, true
	}
	return key, ok
}

// refresh starts to read the keys and returns a channel that is closed when
// that has ended; nil when it is too soon. The caller holds mu.
func (k *keySet) refresh() <-chan struct{} {
	now := k.now()
	if k.flight != nil {
		return k.flight
	}
	if !k.tried.IsZero() && now.Sub(k.tried) < keysInterval {
		return nil
	}
	k.tried = now
	done := make(chan struct{})
	k.flight = done
	go func() {
		// Not the request's context: others wait for the same keys.
		ctx, cancel := context.WithTimeout(context.Background(), keysTimeout)
		defer cancel()
		if err := k.load(ctx); err != nil {
			k.log.Warn("load JWKS", "error", err)
		}
		close(done)
	}()
	return done
}

// load reads the keys; when that fails it keeps those that there are.
func (k *keySet) load(ctx context.Context) error {
	raw, err := k.read(ctx)
	var keys []publicKey
	if err == nil {
		keys, err = parseJWKS(raw, k.algorithms)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.flight, k.err = nil, err
	if err == nil {
		k.keys, k.loaded = keys, k.now()
	}
	return err
}

func fetch(ctx context.Context, client *http.Client, location string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, location, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch JWKS: %w", err)
	}
	request.Header.Set("Accept", "application/jwk-set+json, application/json")
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("fetch JWKS: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch JWKS: status %d", response.StatusCode)
	}
	return readLimited(response.Body)
}

func readLimitedFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read JWKS: %w", err)
	}
	defer file.Close()
	return readLimited(file)
}

func readLimited(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxJWKSBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read JWKS: %w", err)
	}
	if len(raw) > maxJWKSBytes {
		return nil, fmt.Errorf("read JWKS: larger than %d bytes", maxJWKSBytes)
	}
	return raw, nil
}
