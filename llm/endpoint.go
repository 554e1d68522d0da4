package llm

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Protocol names the wire protocol that a server speaks.
type Protocol string

const (
	// Ollama is the protocol of https://docs.ollama.com/api: api/chat, api/embed, api/tags.
	Ollama Protocol = "ollama"
	// OpenAI is the protocol of https://platform.openai.com/docs/api-reference:
	// chat/completions, embeddings, models below a base that mostly ends in /v1.
	OpenAI Protocol = "openai"
)

// ErrInvalid is wrapped by errors about an endpoint or a request that cannot
// be right, found before anything is sent.
var ErrInvalid = errors.New("invalid model setting")

// Longest values that an endpoint may hold, in bytes.
const (
	MaxURL   = 2048
	MaxModel = 200
	MaxKey   = 4096
)

// Endpoint is a model on a server. However it is printed, logged or encoded as
// JSON, its key stays out; only fmt reaches past that, for an endpoint in an
// unexported field of a struct that has no String method itself.
type Endpoint struct {
	// Protocol is what the server speaks.
	Protocol Protocol `json:"protocol"`
	// URL is the base of the server's paths: http://localhost:11434 for Ollama,
	// https://api.openai.com/v1 for OpenAI.
	URL string `json:"url"`
	// Model is the model's name as the server knows it.
	Model string `json:"model"`
	// Key is sent as a bearer token; empty sends none.
	Key string `json:"-"`
}

// IsZero reports whether nothing is set.
func (e Endpoint) IsZero() bool { return e == Endpoint{} }

// Check reports what is wrong with an endpoint, wrapping [ErrInvalid].
func (e Endpoint) Check() error {
	if _, err := e.base(); err != nil {
		return err
	}
	switch {
	case e.Model == "":
		return invalid("name the model")
	case len(e.Model) > MaxModel:
		return invalid("the model's name is longer than %d bytes", MaxModel)
	case !plain(e.Model):
		return invalid("the model's name may hold no spaces and no control characters")
	case e.Protocol == Ollama && strings.ContainsFunc(e.Model, notOllama):
		// The name becomes part of a command that a user is told to run.
		return invalid("a model's name in Ollama has only letters, digits and . _ - : / @")
	}
	return nil
}

// base checks everything but the model and returns the parsed URL.
func (e Endpoint) base() (*url.URL, error) {
	if e.Protocol != Ollama && e.Protocol != OpenAI {
		return nil, invalid("the protocol is either %q or %q", Ollama, OpenAI)
	}
	if e.URL == "" {
		return nil, invalid("give the server's address, such as http://localhost:11434")
	}
	if len(e.URL) > MaxURL {
		return nil, invalid("the address is longer than %d bytes", MaxURL)
	}
	if !plain(e.URL) {
		return nil, invalid("the address holds a space or a control character")
	}
	u, err := url.Parse(e.URL)
	if err != nil {
		// The parser's own error repeats the text, which may hold a password.
		return nil, invalid("the address cannot be read; it looks like http://localhost:11434")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, invalid("the address begins with http:// or https://")
	case u.User != nil:
		return nil, invalid("leave name and password out of the address; the key has its own field")
	case u.Hostname() == "":
		return nil, invalid("the address names no host")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, invalid("leave out the part of the address from the question mark on")
	case strings.Contains(e.URL, "#"):
		return nil, invalid("leave out the part of the address from # on")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, invalid("the port is a number from 1 to 65535")
		}
	}
	if len(e.Key) > MaxKey || strings.ContainsFunc(e.Key, notKey) {
		return nil, invalid("the key holds characters that no key has; copy it again")
	}
	return u, nil
}

// String is the protocol, the model and the address, never the key.
func (e Endpoint) String() string {
	if e.IsZero() {
		return "no model"
	}
	return fmt.Sprintf("%s %s at %s", e.Protocol, e.Model, e.place())
}

// GoString keeps the key out of %#v.
func (e Endpoint) GoString() string {
	key := ""
	if e.Key != "" {
		key = "…"
	}
	return fmt.Sprintf("llm.Endpoint{Protocol:%q, URL:%q, Model:%q, Key:%q}", e.Protocol, e.place(), e.Model, key)
}

// Format keeps the key out of every verb, also of those that String and
// GoString do not cover.
func (e Endpoint) Format(f fmt.State, verb rune) {
	text := e.String()
	if verb == 'v' && f.Flag('#') {
		text = e.GoString()
	}
	fmt.Fprint(f, text)
}

// LogValue keeps the key out of logs.
func (e Endpoint) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("protocol", string(e.Protocol)),
		slog.String("url", e.place()),
		slog.String("model", e.Model),
	)
}

// place is the address without what may be secret in an unchecked one.
func (e Endpoint) place() string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return "an unreadable address"
	}
	u.User, u.RawQuery, u.Fragment, u.ForceQuery = nil, "", "", false
	return u.String()
}

// host is the host and port of the address, for messages.
func (e Endpoint) host() string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return "the server"
	}
	return u.Host
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, args...)...)
}

// plain reports whether text is valid, printable and without white space.
func plain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	})
}

func notKey(r rune) bool { return r <= ' ' || r >= 0x7f }

func notOllama(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("._-:/@", r)
}
