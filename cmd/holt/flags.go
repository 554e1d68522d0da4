package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/library/extract/ocr"
	"github.com/holtdb/holt/server"
)

// serverFlags are the flags of serve and demo, without the data directory.
type serverFlags struct {
	Listen    string        `help:"Address to listen on (${default})." default:"127.0.0.1:8521" env:"HOLT_LISTEN" placeholder:"HOST:PORT"`
	TLSCert   string        `name:"tls-cert" help:"Certificate (PEM), for HTTPS." env:"HOLT_TLS_CERT" placeholder:"FILE"`
	TLSKey    string        `name:"tls-key" help:"Its private key (PEM)." env:"HOLT_TLS_KEY" placeholder:"FILE"`
	MaxOpen   int           `help:"Libraries, and wikis, open at once; 0 follows the limit of open files." default:"0" env:"HOLT_MAX_OPEN" placeholder:"N"`
	Idle      time.Duration `help:"Close a library or wiki that nobody used for so long (${default})." default:"5m" env:"HOLT_IDLE" placeholder:"TIME"`
	ScanEvery time.Duration `help:"Pause between two looks at the watched folders of those who were here lately; 0 for never (${default})." default:"10m" env:"HOLT_SCAN_EVERY" placeholder:"TIME"`

	TrustedProxies   []proxyRange `help:"Proxies whose X-Forwarded headers count, as addresses or CIDRs." env:"HOLT_TRUSTED_PROXIES" placeholder:"CIDR"`
	OpenRegistration *bool        `help:"Let anybody make an account (=false: nobody); without it the administrator's choice stays." env:"HOLT_OPEN_REGISTRATION"`

	WikiDomain string `help:"Give every wiki a host of its own below this domain, which is the server's own host: {slug}.DOMAIN." env:"HOLT_WIKI_DOMAIN" placeholder:"DOMAIN"`

	LocalModel   string   `help:"Directory of a sentence model (BERT family) that this process runs itself to search by meaning." env:"HOLT_LOCAL_MODEL" placeholder:"DIR"`
	MeaningBytes int64    `help:"Memory for embeddings of all libraries, in bytes; 0 for 512 MiB." default:"0" env:"HOLT_MEANING_BYTES" placeholder:"N"`
	OCRLanguages []string `name:"ocr-languages" help:"Languages of scanned pages, as tesseract names them: eng,deu." env:"HOLT_OCR_LANGUAGES" placeholder:"NAME"`

	JWT   jwtFlags   `embed:"" prefix:"jwt-" group:"Sign-in by JSON Web Token"`
	Proxy proxyFlags `embed:"" prefix:"proxy-" group:"Sign-in by a trusted proxy"`
	Otter otterFlags `embed:"" prefix:"otter-" group:"Callers of wikis by a trusted proxy, in An Otter Wiki's headers"`

	Log      string     `help:"Form of the log: text or json (${default})." enum:"text,json" default:"text" env:"HOLT_LOG"`
	LogLevel slog.Level `help:"Least level that is logged: debug, info, warn or error (${default})." default:"info" env:"HOLT_LOG_LEVEL" placeholder:"LEVEL"`
}

// jwtFlags are pointers where given but empty is a mistake to be told.
type jwtFlags struct {
	Secret     *string  `help:"Shared secret for HS256, of at least 32 bytes. Others can see it in the list of processes: better a file or the variable." env:"HOLT_JWT_SECRET" placeholder:"SECRET"`
	SecretFile *string  `help:"File with the shared secret." env:"HOLT_JWT_SECRET_FILE" placeholder:"FILE"`
	JWKS       *string  `name:"jwks" help:"File or URL of the public keys (JWKS)." env:"HOLT_JWT_JWKS" placeholder:"FILE|URL"`
	Algorithms []string `help:"Algorithms that tokens may use: HS256, RS256, ES256, EdDSA." env:"HOLT_JWT_ALGORITHMS" placeholder:"NAME"`
	Issuer     string   `help:"Issuer that tokens must name." env:"HOLT_JWT_ISSUER" placeholder:"NAME"`
	Audience   string   `help:"Audience that tokens must name." env:"HOLT_JWT_AUDIENCE" placeholder:"NAME"`
	UserClaim  string   `help:"Claim with the user id; without it id, then sub." env:"HOLT_JWT_USER_CLAIM" placeholder:"CLAIM"`
	TierClaim  string   `help:"Claim with the tier." env:"HOLT_JWT_TIER_CLAIM" placeholder:"CLAIM"`
}

type proxyFlags struct {
	UserHeader string `help:"Header with the caller's stable name." env:"HOLT_PROXY_USER_HEADER" placeholder:"HEADER"`
	NameHeader string `help:"Header with the name to show." env:"HOLT_PROXY_NAME_HEADER" placeholder:"HEADER"`
	TierHeader string `help:"Header with the tier." env:"HOLT_PROXY_TIER_HEADER" placeholder:"HEADER"`
}

// otterFlags name the headers and roles as An Otter Wiki's AUTH_HEADERS_* and
// AUTH_ROLES_* do.
type otterFlags struct {
	Headers           bool   `help:"Take callers of wikis, and what they may do, from the headers of trusted proxies." env:"HOLT_OTTER_HEADERS"`
	NameHeader        string `help:"Header with the name (${default})." default:"x-otterwiki-name" env:"HOLT_OTTER_NAME_HEADER" placeholder:"HEADER"`
	EmailHeader       string `help:"Header with the e-mail address (${default})." default:"x-otterwiki-email" env:"HOLT_OTTER_EMAIL_HEADER" placeholder:"HEADER"`
	PermissionsHeader string `help:"Header with the permissions (${default})." default:"x-otterwiki-permissions" env:"HOLT_OTTER_PERMISSIONS_HEADER" placeholder:"HEADER"`
	ReadRoles         string `help:"Words that mean READ (${default})." default:"READ" env:"HOLT_OTTER_READ_ROLES" placeholder:"WORDS"`
	WriteRoles        string `help:"Words that mean WRITE (${default})." default:"WRITE" env:"HOLT_OTTER_WRITE_ROLES" placeholder:"WORDS"`
	UploadRoles       string `help:"Words that mean UPLOAD (${default})." default:"UPLOAD" env:"HOLT_OTTER_UPLOAD_ROLES" placeholder:"WORDS"`
	AdminRoles        string `help:"Words that mean ADMIN (${default})." default:"ADMIN" env:"HOLT_OTTER_ADMIN_ROLES" placeholder:"WORDS"`
}

// config returns nil unless the headers are to be taken.
func (f otterFlags) config() *identity.OtterConfig {
	if !f.Headers {
		return nil
	}
	return &identity.OtterConfig{
		NameHeader: f.NameHeader, EmailHeader: f.EmailHeader, PermissionsHeader: f.PermissionsHeader,
		ReadRoles: f.ReadRoles, WriteRoles: f.WriteRoles, UploadRoles: f.UploadRoles, AdminRoles: f.AdminRoles,
	}
}

// proxyRange is a CIDR, or an address as the range of itself.
type proxyRange struct{ netip.Prefix }

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *proxyRange) UnmarshalText(text []byte) error {
	if addr, err := netip.ParseAddr(string(text)); err == nil {
		p.Prefix, err = addr.Prefix(addr.BitLen())
		return err
	}
	return p.Prefix.UnmarshalText(text)
}

// config turns the flags into a server's configuration without its data
// directory.
func (f serverFlags) config(c *console) (server.Config, error) {
	cfg := server.Config{
		Listen: f.Listen, TLSCert: f.TLSCert, TLSKey: f.TLSKey,
		MaxOpen: f.MaxOpen, Idle: f.Idle, ScanEvery: f.ScanEvery,
		WikiDomain: f.WikiDomain, Otter: f.Otter.config(),
		OpenRegistration: f.OpenRegistration, Logger: f.logger(c),
		LocalModel: f.LocalModel, MeaningBytes: f.MeaningBytes,
	}
	var err error
	if cfg.OCRLanguages, err = ocr.ParseLanguages(strings.Join(f.OCRLanguages, ",")); err != nil {
		return server.Config{}, fmt.Errorf("%w: %w", errUsage, err)
	}
	for _, p := range f.TrustedProxies {
		cfg.TrustedProxies = append(cfg.TrustedProxies, p.Prefix)
	}
	if cfg.JWT, err = f.JWT.config(); err != nil {
		return server.Config{}, err
	}
	if f.Proxy != (proxyFlags{}) {
		cfg.Proxy = &identity.ProxyConfig{
			UserHeader: f.Proxy.UserHeader, NameHeader: f.Proxy.NameHeader, TierHeader: f.Proxy.TierHeader,
		}
	}
	return cfg, nil
}

// config returns nil when no flag of JWT was given.
func (f jwtFlags) config() (*identity.JWTConfig, error) {
	if f.Secret == nil && f.SecretFile == nil && f.JWKS == nil && len(f.Algorithms) == 0 &&
		f.Issuer+f.Audience+f.UserClaim+f.TierClaim == "" {
		return nil, nil
	}
	cfg := &identity.JWTConfig{
		Algorithms: f.Algorithms, Issuer: f.Issuer, Audience: f.Audience,
		UserClaim: f.UserClaim, TierClaim: f.TierClaim,
	}
	if f.JWKS != nil {
		cfg.JWKS = *f.JWKS
	}
	switch {
	case f.Secret != nil && f.SecretFile != nil:
		return nil, fmt.Errorf("%w: the JWT secret is given twice, by itself and as a file", errUsage)
	case f.Secret != nil:
		cfg.Secret = []byte(*f.Secret)
	case f.SecretFile != nil:
		text, err := os.ReadFile(*f.SecretFile)
		if err != nil {
			return nil, fmt.Errorf("%w: read JWT secret: %w", errUsage, err)
		}
		cfg.Secret = bytes.TrimRight(text, "\r\n")
	}
	return cfg, nil
}

func (f serverFlags) logger(c *console) *slog.Logger {
	options := &slog.HandlerOptions{Level: f.LogLevel}
	if strings.EqualFold(f.Log, "json") {
		return slog.New(slog.NewJSONHandler(c.err, options))
	}
	return slog.New(slog.NewTextHandler(c.err, options))
}
