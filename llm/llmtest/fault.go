package llmtest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Fault is something that goes wrong with a request.
type Fault struct {
	// After is how many tokens of an answer come before it strikes. With 0 it
	// strikes before the answer begins. Requests for embeddings take it as 0.
	After int
	// Status and Message are an error response; RetryAfter its header.
	Status     int
	Message    string
	RetryAfter string
	// Location is where a response with a redirecting Status points.
	Location string
	// Body is sent as it stands: as the response with Type, or inside the
	// stream when After is above 0.
	Body, Type string
	// Drop closes the connection.
	Drop bool
	// Stall sends nothing more until the client goes.
	Stall bool
}

// Fail lets faults befall the next requests for chat or embeddings, one each.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

// FailAlways lets a fault befall every request for chat or embeddings that has
// none of its own; nil ends that.
func (s *Server) FailAlways(fault *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always = fault
}

// fault takes the next fault, if any.
func (s *Server) fault() *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 {
		return s.always
	}
	next := s.faults[0]
	s.faults = s.faults[1:]
	return &next
}

// TooMany is a 429 that asks to wait.
func TooMany(wait time.Duration) Fault {
	return Fault{
		Status: http.StatusTooManyRequests, Message: "Rate limit reached for requests",
		RetryAfter: strconv.Itoa(int(wait / time.Second)),
	}
}

// Overloaded is a 503 in Ollama's words.
func Overloaded() Fault {
	return Fault{
		Status:  http.StatusServiceUnavailable,
		Message: "server busy, please try again.  maximum pending requests exceeded",
	}
}

// Drop closes the connection after some tokens.
func Drop(after int) Fault { return Fault{After: after, Drop: true} }

// Stall falls silent after some tokens.
func Stall(after int) Fault { return Fault{After: after, Stall: true} }

// Garbage sends what is in no protocol after some tokens.
func Garbage(after int) Fault {
	return Fault{After: after, Body: "\x00{\"mess", Type: "application/json"}
}

// StreamError reports an error inside the stream after some tokens, at least one.
func StreamError(after int, message string) Fault {
	return Fault{After: max(after, 1), Message: message}
}

// strike carries out a fault that strikes before the answer, and reports
// whether it did.
func (s *Server) strike(w http.ResponseWriter, r *http.Request, f *Fault) bool {
	switch {
	case f == nil || f.After > 0:
		return false
	case f.Drop:
		panic(http.ErrAbortHandler)
	case f.Stall:
		<-r.Context().Done()
		s.leave()
		panic(http.ErrAbortHandler)
	}
	if f.RetryAfter != "" {
		w.Header().Set("Retry-After", f.RetryAfter)
	}
	if f.Location != "" {
		w.Header().Set("Location", f.Location)
	}
	status := f.Status
	if status == 0 {
		status = http.StatusOK
	}
	if f.Body != "" || f.Message == "" {
		w.Header().Set("Content-Type", f.Type)
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, f.Body)
		return true
	}
	s.complain(w, status, f.Message, "")
	return true
}
