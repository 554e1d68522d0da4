package identity

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Permissions in the words of Otter's protocol.
const (
	OtterRead   = "READ"
	OtterWrite  = "WRITE"
	OtterUpload = "UPLOAD"
	OtterAdmin  = "ADMIN"
)

// maxOtterHeader bounds each header of the protocol, in bytes.
const maxOtterHeader = 1 << 10

// OtterConfig says which proxies tell who reads and writes a wiki, in the
// headers that An Otter Wiki takes with AUTH_METHOD=PROXY_HEADER. Lists of roles
// are separated by commas or spaces, and case does not matter in them; with an
// empty one nobody has the permission.
type OtterConfig struct {
	Trusted           []netip.Prefix // direct peers whose headers count
	NameHeader        string         // AUTH_HEADERS_USERNAME
	EmailHeader       string         // AUTH_HEADERS_EMAIL
	PermissionsHeader string         // AUTH_HEADERS_PERMISSIONS
	ReadRoles         string         // AUTH_ROLES_READ
	WriteRoles        string         // AUTH_ROLES_WRITE
	UploadRoles       string         // AUTH_ROLES_UPLOAD
	AdminRoles        string         // AUTH_ROLES_ADMIN
}

// DefaultOtterConfig returns Otter's own names of headers and roles.
func DefaultOtterConfig(trusted []netip.Prefix) OtterConfig {
	return OtterConfig{
		Trusted:           trusted,
		NameHeader:        "X-Otterwiki-Name",
		EmailHeader:       "X-Otterwiki-Email",
		PermissionsHeader: "X-Otterwiki-Permissions",
		ReadRoles:         OtterRead,
		WriteRoles:        OtterWrite,
		UploadRoles:       OtterUpload,
		AdminRoles:        OtterAdmin,
	}
}

// OtterCaller is who a proxy says is calling. It has no account here.
type OtterCaller struct {
	Name        string
	Email       string
	Permissions []string // of [OtterRead] and so on, in that order, each at most once
}

// Otter recognises people by Otter's headers of a trusted proxy, which must
// overwrite what the client sent under these names. Headers of any other peer
// are nothing to it.
type Otter struct {
	config OtterConfig
	roles  []otterRoles
}

// otterRoles are the roles that give a permission, in lower case.
type otterRoles struct {
	permission string
	roles      []string
}

// NewOtter refuses a configuration that names no proxy, or everybody, or lacks
// the name of a header.
func NewOtter(config OtterConfig) (*Otter, error) {
	if config.NameHeader == "" || config.EmailHeader == "" || config.PermissionsHeader == "" {
		return nil, errors.New("wiki proxy headers: name the headers with name, email and permissions")
	}
	if err := checkTrusted(config.Trusted); err != nil {
		return nil, fmt.Errorf("wiki proxy headers: %w", err)
	}
	return &Otter{config: config, roles: []otterRoles{
		{OtterRead, splitRoles(config.ReadRoles)},
		{OtterWrite, splitRoles(config.WriteRoles)},
		{OtterUpload, splitRoles(config.UploadRoles)},
		{OtterAdmin, splitRoles(config.AdminRoles)},
	}}, nil
}

// Caller returns who the proxy says is calling. It fails with [ErrNone] for a
// peer that is not trusted, and for an anonymous caller: without a name or an
// email header, or with an empty email. An empty name is replaced by the email.
// Without a permissions header there are none. A header that is there twice, is
// too long or cannot be shown is [ErrInvalid].
func (o *Otter) Caller(r *http.Request) (OtterCaller, error) {
	if !isTrusted(peer(r), o.config.Trusted) {
		return OtterCaller{}, ErrNone
	}
	name, hasName, err := otterHeader(r.Header, o.config.NameHeader)
	if err != nil {
		return OtterCaller{}, err
	}
	email, _, err := otterHeader(r.Header, o.config.EmailHeader)
	if err != nil {
		return OtterCaller{}, err
	}
	roles, _, err := otterHeader(r.Header, o.config.PermissionsHeader)
	if err != nil {
		return OtterCaller{}, err
	}
	if !hasName || email == "" {
		return OtterCaller{}, ErrNone
	}
	if name == "" {
		name = email
	}
	return OtterCaller{Name: name, Email: email, Permissions: o.permissions(splitRoles(roles))}, nil
}

// permissions returns what any of a caller's roles gives.
func (o *Otter) permissions(roles []string) []string {
	var given []string
	for _, r := range o.roles {
		if slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(r.roles, role) }) {
			given = append(given, r.permission)
		}
	}
	return given
}

// otterHeader returns a header that must not be there twice, see [single].
func otterHeader(header http.Header, name string) (value string, present bool, err error) {
	value, err = single(header, name)
	if err != nil {
		return "", false, err
	}
	invisible := func(r rune) bool { return !unicode.IsPrint(r) }
	if len(value) > maxOtterHeader || !utf8.ValidString(value) || strings.ContainsFunc(value, invisible) {
		return "", false, fmt.Errorf("%w: proxy header %s cannot be shown", ErrInvalid, name)
	}
	return strings.TrimSpace(value), len(header.Values(name)) == 1, nil
}

// splitRoles returns the roles of a list, in lower case.
func splitRoles(list string) []string {
	return strings.FieldsFunc(strings.ToLower(list), func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
}
