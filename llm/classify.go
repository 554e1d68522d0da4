package llm

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// maxErrorBody bounds what is read of an error's body.
const maxErrorBody = 64 << 10

// failure returns the error for reason at an endpoint, without its key.
func failure(e Endpoint, reason Reason, detail string) *Error {
	keyed := e.Key != ""
	e.Key, e.URL = "", e.place()
	return &Error{Reason: reason, Endpoint: e, Detail: detail, keyed: keyed}
}

// notConnected makes an error of a transport's, whose own text may name more
// of the network than a user should see.
func notConnected(e Endpoint, err error) *Error {
	f := failure(e, Unreachable, "the connection failed")
	f.cause = err
	if u, ok := errors.AsType[*url.Error](err); ok {
		f.cause = u.Err // the outer error only repeats the address
	}
	var (
		dns       *net.DNSError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		record    tls.RecordHeaderError
		cert      *tls.CertificateVerificationError
		timeout   net.Error
		forbidden *forbiddenError
	)
	switch {
	case errors.As(err, &forbidden):
		f.Reason, f.Detail = Forbidden, ""
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Detail, f.again = "the connection was refused", true
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF):
		f.Detail, f.again = "it closed the connection", true
	case errors.As(err, &dns) && dns.IsNotFound:
		f.Detail = "there is no host of this name"
	case errors.As(err, &dns):
		f.Detail = "the host name could not be looked up"
	case errors.As(err, &authority), errors.As(err, &name), errors.As(err, &cert):
		f.Detail = "its certificate is not trusted"
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		f.Detail = "it speaks http, not https"
	case errors.As(err, &timeout) && timeout.Timeout():
		f.Detail = "it did not answer in time"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		f.Detail = "there is no way to it on the network"
	}
	return f
}

// notOK makes an error of a response whose status is not 200.
func notOK(e Endpoint, resp *http.Response) *Error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	said := readComplaint(body)
	f := failure(e, Refused, clean(said.message, e.Key))
	f.Status, f.param = resp.StatusCode, said.param
	f.RetryAfter = retryAfter(resp.Header.Get("Retry-After"))
	if reason := said.reason(); reason != "" && f.Status >= 400 {
		f.Reason = reason
		return f
	}
	switch status := resp.StatusCode; {
	case status >= 300 && status < 400:
		f.Reason, f.Detail = Redirected, clean(target(resp), e.Key)
	case status == http.StatusUnauthorized, status == http.StatusForbidden && f.Detail == "":
		// The server's message often repeats part of the key.
		f.Reason, f.Detail = Unauthorized, ""
	case status == http.StatusPaymentRequired:
		f.Reason = NoCredit
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		f.Reason, f.Detail = WrongPath, http.StatusText(status)
	case status == http.StatusRequestEntityTooLarge:
		f.Reason = TooLong
	case status == http.StatusTooManyRequests:
		f.Reason, f.again = TooMany, true
	case status >= 500, status == http.StatusRequestTimeout:
		f.Reason, f.again = Overloaded, true
	case status < 300:
		f.Reason, f.Detail = Unintelligible, "status "+resp.Status
	}
	if f.Reason == Refused && f.Detail == "" {
		f.Detail = clean(resp.Status, e.Key)
	}
	return f
}

// target is where a redirect points, without query and fragment.
func target(resp *http.Response) string {
	to, err := resp.Location()
	if err != nil {
		return ""
	}
	return "to " + to.Scheme + "://" + to.Host + to.EscapedPath()
}

// complaint is what a server says is wrong.
type complaint struct{ message, code, kind, param string }

// readComplaint reads the shapes that errors come in: {"error": "text"} of
// Ollama, {"error": {"message", "type", "code", "param"}} of OpenAI, "message"
// or "detail" of others, and plain text. A web page says nothing.
func readComplaint(body []byte) complaint {
	var shape struct {
		Error   json.RawMessage `json:"error"`
		Message json.RawMessage `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		text := strings.TrimSpace(string(body))
		if strings.HasPrefix(text, "<") || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
			text = ""
		}
		return complaint{message: text}
	}
	for _, raw := range []json.RawMessage{shape.Error, shape.Message, shape.Detail} {
		if c := complaintOf(raw); c != (complaint{}) {
			return c
		}
	}
	return complaint{}
}

// complaintOf reads the value of an error field.
func complaintOf(raw json.RawMessage) complaint {
	if text := text(raw); text != "" {
		// Ollama hands on its runner's error as JSON inside the string.
		if strings.HasPrefix(text, "{") {
			var inner struct {
				Error json.RawMessage `json:"error"`
			}
			if json.Unmarshal([]byte(text), &inner) == nil && len(inner.Error) > 0 && inner.Error[0] == '{' {
				return complaintOf(inner.Error)
			}
		}
		return complaint{message: text}
	}
	var object struct {
		Message json.RawMessage `json:"message"`
		Code    json.RawMessage `json:"code"`
		Type    json.RawMessage `json:"type"`
		Param   json.RawMessage `json:"param"`
	}
	if json.Unmarshal(raw, &object) != nil {
		return complaint{}
	}
	return complaint{text(object.Message), text(object.Code), text(object.Type), text(object.Param)}
}

// text is a JSON string's value, "" of anything else: servers differ in
// whether a code is a string, a number or null.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// reason recognises what the status alone does not tell. The phrases are those
// of Ollama, OpenAI, Azure, llama.cpp and OpenRouter.
func (c complaint) reason() Reason {
	switch c.code {
	case "context_length_exceeded":
		return TooLong
	case "model_not_found":
		return MissingModel
	case "insufficient_quota":
		return NoCredit
	case "OperationNotSupported":
		return WrongModel
	}
	if c.kind == "exceed_context_size_error" {
		return TooLong
	}
	message := strings.ToLower(c.message)
	has := func(phrases ...string) bool {
		for _, phrase := range phrases {
			if strings.Contains(message, phrase) {
				return true
			}
		}
		return false
	}
	switch {
	case has("context length", "context size", "context window", "prompt is too long"):
		return TooLong
	case has("does not support chat", "not support embeddings", "does not support generate", "not a chat model",
		"not allowed to generate embeddings", "is an embedding model", "does not work with the specified model"):
		return WrongModel
	case has("model") && has("not found", "does not exist", "try pulling"):
		return MissingModel
	}
	return ""
}
