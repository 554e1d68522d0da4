package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/identity"
	"github.com/holtdb/holt/server"
)

func TestASecondServerIsRefused(t *testing.T) {
	data := t.TempDir()
	first := MustOpen(t, quiet(data))
	_, err := server.Open(context.Background(), quiet(data))
	if !errors.Is(err, server.ErrInUse) {
		t.Fatalf("second server: %v, want ErrInUse", err)
	}
	if !strings.Contains(err.Error(), "another Holt server (process ") {
		t.Errorf("error does not say who has it: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	MustOpen(t, quiet(data))
}

func TestALockFileThatIsALinkIsNotFollowed(t *testing.T) {
	data, outside := t.TempDir(), filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(outside, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(data, "server.lock")); err != nil {
		t.Fatal(err)
	}
	if s, err := server.Open(context.Background(), quiet(data)); err == nil {
		t.Errorf("a link passed for the lock: %v", s.Close())
	}
	if text, err := os.ReadFile(outside); err != nil || string(text) != "keep" {
		t.Errorf("file outside is now %q, %v", text, err)
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	everybody := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
	for name, change := range map[string]func(c *server.Config){
		"empty secret": func(c *server.Config) { c.JWT = &identity.JWTConfig{} },
		"short secret": func(c *server.Config) { c.JWT = &identity.JWTConfig{Secret: []byte("hunter2")} },
		"algorithm none": func(c *server.Config) {
			c.JWT = &identity.JWTConfig{Secret: make([]byte, 32), Algorithms: []string{"none"}}
		},
		"missing JWKS":       func(c *server.Config) { c.JWT = &identity.JWTConfig{JWKS: filepath.Join(t.TempDir(), "none")} },
		"proxy of everybody": func(c *server.Config) { c.Proxy, c.TrustedProxies = &identity.ProxyConfig{UserHeader: "U"}, everybody },
		"proxy of nobody":    func(c *server.Config) { c.Proxy = &identity.ProxyConfig{UserHeader: "U"} },
		"certificate alone":  func(c *server.Config) { c.TLSCert = "cert.pem" },
		"missing key pair":   func(c *server.Config) { c.TLSCert, c.TLSKey = "no.pem", "no.pem" },
		"negative bound":     func(c *server.Config) { c.MaxOpen = -1 },
		"negative time":      func(c *server.Config) { c.Idle = -time.Second },
		"no data directory":  func(c *server.Config) { c.Data = "" },
		"address taken":      func(c *server.Config) { c.Listen = taken.Addr().String() },
		"no address":         func(c *server.Config) { c.Listen = "nowhere" },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := quiet(t.TempDir())
			change(&cfg)
			s, err := server.Open(context.Background(), cfg)
			if err == nil {
				t.Fatalf("it starts: %v", s.Close())
			}
			if !errors.Is(err, server.ErrConfig) {
				t.Errorf("error %v, want ErrConfig", err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error shows the secret: %v", err)
			}
			if cfg.Data != "" { // a refused start leaves nothing taken
				MustOpen(t, quiet(cfg.Data))
			}
		})
	}
}

func TestMaxOpenFor(t *testing.T) {
	for _, c := range []struct {
		files uint64
		want  int
	}{
		{0, 4},
		{256, 4},     // 256 - 64 for clients - 82 of its own = 110, by 41: fewer than the least
		{1024, 16},   // 1024 - 256 - 82 = 686
		{10240, 185}, // the most of macOS
		{20000, 363},
		{40000, 512}, // memory counts from here on
		{1 << 20, 512},
		{1<<64 - 1, 512}, // "unlimited"
	} {
		if got := server.MaxOpenFor(c.files); got != c.want {
			t.Errorf("MaxOpenFor(%d) = %d, want %d", c.files, got, c.want)
		}
	}
}

func TestMaxOpenFollowsTheLimitUnlessGiven(t *testing.T) {
	s := MustOpen(t, quiet(t.TempDir()))
	if s.OpenFiles() == 0 || s.MaxOpen() != server.MaxOpenFor(s.OpenFiles()) {
		t.Errorf("at most %d open with %d files", s.MaxOpen(), s.OpenFiles())
	}
	cfg := quiet(t.TempDir())
	cfg.MaxOpen = 3
	if s := MustOpen(t, cfg); s.MaxOpen() != 3 {
		t.Errorf("at most %d open, want 3", s.MaxOpen())
	}
}

func TestSetupURLIsForTheFirstAdministratorOnly(t *testing.T) {
	s := MustOpen(t, quiet(t.TempDir()))
	MustRun(t, s)
	first, err := s.SetupURL(context.Background())
	if err != nil || !strings.HasPrefix(first, s.URL()+"/setup/") {
		t.Fatalf("set-up link %q, %v", first, err)
	}
	second, err := s.SetupURL(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := MustGet(t, http.DefaultClient, first, ""); status != http.StatusNotFound {
		t.Errorf("the voided link answers %d", status)
	}
	if status, _ := MustGet(t, http.DefaultClient, second, ""); status != http.StatusOK {
		t.Errorf("the link answers %d", status)
	}
}

func TestTLS(t *testing.T) {
	cfg := quiet(t.TempDir())
	var pool *x509.CertPool
	cfg.TLSCert, cfg.TLSKey, pool = mustCertificate(t)
	s := MustOpen(t, cfg)
	MustRun(t, s)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	if !strings.HasPrefix(s.URL(), "https://") {
		t.Errorf("address %s", s.URL())
	}
	resp, err := client.Get(s.URL() + "/api/health")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("answer %d over HTTP/%d with %v", resp.StatusCode, resp.ProtoMajor, resp.Header)
	}
}

// mustCertificate makes a certificate for 127.0.0.1.
func mustCertificate(tb testing.TB) (certFile, keyFile string, pool *x509.CertPool) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, content := range map[string][]byte{
		certFile: certPEM,
		keyFile:  pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}),
	} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return certFile, keyFile, pool
}
