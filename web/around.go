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
		out := &recorder{ResponseWriter: w, connection: http.NewResponseController(w)}
		if r.ContentLength != 0 {
			out.allowReading(bodyPatience)
		}
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

const (
	// bodyPatience is how long a client may take to send a form, or one piece of
	// an upload. Its library is held meanwhile.
	bodyPatience = 30 * time.Second
	// writePatience is how long a client may take to accept one piece of an answer.
	writePatience = time.Minute
)

// recorder remembers the status of an answer and bounds how long each piece of
// it may take.
type recorder struct {
	http.ResponseWriter
	connection *http.ResponseController
	code       int
}

// allowReading gives the client time to send more of the body. Connections that
// know no deadlines have none.
func (w *recorder) allowReading(patience time.Duration) {
	_ = w.connection.SetReadDeadline(time.Now().Add(patience))
}

func (w *recorder) allowWriting() {
	_ = w.connection.SetWriteDeadline(time.Now().Add(writePatience))
}

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
	w.allowWriting()
	w.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	if w.code == 0 {
		w.code = http.StatusOK
	}
	w.allowWriting()
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
