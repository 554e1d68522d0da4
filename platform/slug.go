package platform

import (
	"errors"
	"fmt"
	"strings"

	"github.com/holtdb/holt/tenant"
)

// Bounds of a slug, in characters.
const (
	MinSlug = 3
	MaxSlug = 30
)

var (
	// ErrInvalidSlug means that a text cannot be the address of a wiki.
	ErrInvalidSlug = errors.New("use 3 to 30 of a-z, 0-9 and -, beginning and ending with a letter or digit")
	// ErrReservedSlug means that an address is kept for the server itself.
	ErrReservedSlug = errors.New("this address is reserved; choose another")
)

// Slug is the address of a wiki, checked: its path /w/{slug}/, the first label
// of its own host, and the name of its home. Its only source is [ParseSlug];
// the zero value is no wiki's.
type Slug struct {
	id tenant.ID
}

// ParseSlug checks an address: [MinSlug] to [MaxSlug] characters of a-z, 0-9 and
// -, the first and the last no hyphen. It fails with [ErrInvalidSlug], also for
// upper case, and with [ErrReservedSlug].
func ParseSlug(text string) (Slug, error) {
	if len(text) < MinSlug || len(text) > MaxSlug {
		return Slug{}, ErrInvalidSlug
	}
	for i := range len(text) {
		b := text[i]
		inner := b == '-' && i > 0 && i < len(text)-1
		if !inner && (b < 'a' || b > 'z') && (b < '0' || b > '9') {
			return Slug{}, ErrInvalidSlug
		}
	}
	// Host names keep hyphens in the third and fourth place for encodings such
	// as xn-- (RFC 5891, section 4.2.3.1): browsers show those as other text.
	if strings.HasPrefix(text[2:], "--") || isReserved(text) {
		return Slug{}, ErrReservedSlug
	}
	id, err := tenant.ParseID(text)
	if err != nil {
		return Slug{}, fmt.Errorf("%w: %w", ErrInvalidSlug, err)
	}
	return Slug{id: id}, nil
}

// String returns the slug as it was parsed.
func (s Slug) String() string { return s.id.String() }

// ID returns the name of the wiki's home.
func (s Slug) ID() tenant.ID { return s.id }

// IsZero reports whether s names no wiki.
func (s Slug) IsZero() bool { return s.id.IsZero() }

// isReserved reports whether a host or a path of this name belongs to the
// server, or would be taken for its own by people, mail or browsers.
func isReserved(text string) bool {
	switch text {
	case "abuse", "admin", "administrator", "api", "app", "assets", "auth", "autoconfig", "autodiscover",
		"billing", "blog", "cdn", "dev", "dns", "docs", "ftp", "git", "help", "hostmaster", "imap", "isatap",
		"localhost", "mail", "mcp", "mta-sts", "mx1", "mx2", "ns1", "ns2", "null", "oauth", "pop", "pop3",
		"postmaster", "root", "security", "smtp", "ssh", "ssl", "static", "status", "support", "system",
		"undefined", "user", "vpn", "webmail", "webmaster", "wiki", "wpad", "www":
		return true
	case "about", "account", "accounts", "chat", "documents", "enter", "favicon", "health", "holt", "invite",
		"invitation", "invitations", "join", "library", "login", "logout", "metrics", "new", "platform",
		"read", "register", "robots", "scan", "search", "session", "settings", "setup", "shared", "signin",
		"signout", "signup", "sitemap", "tenants", "theme", "token", "tokens", "trash", "upload", "users",
		"wikis":
		return true
	}
	return false
}
