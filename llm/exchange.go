package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

// maxBody bounds an answer that is read as a whole. 64 vectors of 8192 numbers
// take about 12 MB as text.
const maxBody = 16 << 20

// send makes one request and returns a response of status 200; anything else
// is an *[Error]. A nil body sends GET.
func (c *Client) send(ctx context.Context, e Endpoint, path string, body any) (*http.Response, error) {
	base, err := e.base()
	if err != nil {
		return nil, err
	}
	method, content := http.MethodGet, []byte(nil)
	if body != nil {
		method = http.MethodPost
		if content, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, base.JoinPath(path).String(), bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("build request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("User-Agent", "holt")
	if e.Key != "" {
		req.Header.Set("Authorization", "Bearer "+e.Key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, ended(ctx, e, notConnected(e, err))
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, ended(ctx, e, notOK(e, resp))
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == "text/html" {
		resp.Body.Close()
		return nil, failure(e, WrongPath, "a web page")
	}
	return resp, nil
}

// fetch makes one request and returns the whole body, within limit.
func (c *Client) fetch(ctx context.Context, e Endpoint, limit time.Duration, path string, body any) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, &limitError{"no answer within " + limit.String()})
	defer cancel()
	resp, err := c.send(ctx, e, path, body)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		cut := failure(e, CutOff, "")
		cut.cause, cut.again = err, true
		return nil, ended(ctx, e, cut)
	}
	if len(content) > maxBody {
		return nil, failure(e, Unintelligible, "it is too large")
	}
	return content, nil
}
