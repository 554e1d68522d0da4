package llm

import (
	"net"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// Client reaches model servers under one policy. It is safe for use by many
// goroutines; a process needs one per policy, not one per user, since the
// endpoint comes with each call.
type Client struct {
	options Options
	http    *http.Client
	limit   *rate.Limiter
}

// New returns a client with the given policy.
func New(options Options) *Client {
	o := options.withDefaults()
	dialer := &net.Dialer{Timeout: o.Connect, KeepAlive: 30 * time.Second, Resolver: o.Resolver}
	if !o.AllowPrivate {
		dialer.ControlContext = guard{allow: o.Allow}.control
	}
	limit := rate.NewLimiter(rate.Inf, 1)
	if o.PerMinute > 0 {
		limit = rate.NewLimiter(rate.Limit(float64(o.PerMinute)/60), 1)
	}
	return &Client{
		options: o,
		limit:   limit,
		http: &http.Client{
			Transport: &http.Transport{
				// A proxy from the environment would dial in our place, past the guard.
				Proxy:                  nil,
				DialContext:            dialer.DialContext,
				TLSHandshakeTimeout:    o.Connect,
				ForceAttemptHTTP2:      true,
				MaxIdleConns:           32,
				MaxIdleConnsPerHost:    4,
				IdleConnTimeout:        90 * time.Second,
				MaxResponseHeaderBytes: 64 << 10,
				// A small body must not unfold into a large one.
				DisableCompression: true,
			},
			// A redirect is an answer to show, not an address to send the key to.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Close gives up idle connections. Calls under way go on.
func (c *Client) Close() { c.http.CloseIdleConnections() }
