package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/holtdb/holt/identity"
)

// around is what every request goes through: an id, a log line, headers that
// protect, and the refusal of forms that other sites send.
func (s *server) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := &requestInfo{id: rand.Text()[:12]}
		r = r.WithContext(context.WithValue(r.Context(), infoKey{}, info))
		out := &recorder{ResponseWriter: w}
		s.protect(out, r)
		out.Header().Set("X-Request-Id", info.id)
		start := time.Now()
		defer func() {
			if p := recover(); p != nil {
				s.panicked(out, r, info, p)
			}
			s.logRequest(r, info, out, time.Since(start))
		}()
		if err := s.origins.Check(r); err != nil {
			s.answerError(&visit{w: out, r: r, id: info.id}, fmt.Errorf("%w: %w", errCrossOrigin, err))
			return
		}
		next.ServeHTTP(out, r)
	})
}

// protect sets the headers that every answer has.
func (s *server) protect(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
	if identity.IsTLS(r, s.Trusted) {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// requestInfo is filled in while a request is served and then logged.
type requestInfo struct {
	id      string
	pattern string
	visit   *visit
	err     error
}

type infoKey struct{}

func infoOf(ctx context.Context) *requestInfo {
	if info, ok := ctx.Value(infoKey{}).(*requestInfo); ok {
		return info
	}
	return &requestInfo{}
}

func requestID(ctx context.Context) string { return infoOf(ctx).id }

// note tells the log which route serves the request.
func note(ctx context.Context, pattern string, v *visit) {
	info := infoOf(ctx)
	info.pattern, info.visit = pattern, v
}

// logRequest writes one line. It names the route, never the address: that may
// hold search words or the secret of a link.
func (s *server) logRequest(r *http.Request, info *requestInfo, out *recorder, took time.Duration) {
	attrs := []slog.Attr{
		slog.String("request", info.id),
		slog.String("route", info.pattern),
		slog.Int("status", out.status()),
		slog.Duration("took", took.Round(time.Microsecond)),
	}
	if info.visit != nil && info.visit.signedIn() {
		attrs = append(attrs, slog.String("tenant", info.visit.caller.Account.Tenant.String()))
	}
	if info.err != nil {
		attrs = append(attrs, slog.Any("error", info.err))
	}
	level := slog.LevelDebug
	switch status := out.status(); {
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusTooManyRequests:
		level = slog.LevelInfo // what an operator looks for when someone tries doors
	}
	s.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}

// panicked answers a request whose handler panicked. The connection is cut when
// the answer had begun: its rest would be a lie.
func (s *server) panicked(out *recorder, r *http.Request, info *requestInfo, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.Logger.Error("panic in handler", "request", info.id, "panic", p, "stack", string(debug.Stack()))
	if out.code != 0 {
		panic(http.ErrAbortHandler)
	}
	s.answerError(&visit{w: out, r: r, id: info.id}, fmt.Errorf("panic: %v", p))
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	code int
}

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
	w.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) status() int {
	if w.code == 0 {
		return http.StatusOK
	}
	return w.code
}
