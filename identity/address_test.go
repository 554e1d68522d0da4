package identity_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/holtdb/holt/identity"
)

func TestClientAddr(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, test := range map[string]struct {
		remote    string
		forwarded []string
		want      string // empty: invalid
	}{
		"direct":                  {"198.51.100.1:5", nil, "198.51.100.1"},
		"direct, claiming":        {"198.51.100.1:5", []string{"192.0.2.1"}, "198.51.100.1"},
		"one proxy":               {"10.0.0.1:5", []string{"192.0.2.1"}, "192.0.2.1"},
		"two proxies":             {"10.0.0.1:5", []string{"192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
		"client claims":           {"10.0.0.1:5", []string{"1.1.1.1, 192.0.2.1, 10.0.0.2"}, "192.0.2.1"},
		"client claims a proxy":   {"10.0.0.1:5", []string{"10.9.9.9, 192.0.2.1"}, "192.0.2.1"},
		"several headers":         {"10.0.0.1:5", []string{"1.1.1.1", "192.0.2.1", "10.0.0.2"}, "192.0.2.1"},
		"only proxies":            {"10.0.0.1:5", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"nothing forwarded":       {"10.0.0.1:5", nil, "10.0.0.1"},
		"garbage":                 {"10.0.0.1:5", []string{"unknown"}, "10.0.0.1"},
		"garbage before":          {"10.0.0.1:5", []string{"x, 10.0.0.2"}, "10.0.0.2"},
		"empty hop":               {"10.0.0.1:5", []string{"192.0.2.1,"}, "10.0.0.1"},
		"empty hop between":       {"10.0.0.1:5", []string{"192.0.2.1,,10.0.0.2"}, "10.0.0.2"},
		"with port":               {"10.0.0.1:5", []string{"192.0.2.1:1234"}, "192.0.2.1"},
		"IPv6":                    {"[fd00::1]:5", []string{"2001:db8::1"}, "2001:db8::1"},
		"IPv6 in brackets":        {"[fd00::1]:5", []string{"[2001:db8::1]:443"}, "2001:db8::1"},
		"IPv6, no port":           {"[fd00::1]:5", []string{"[2001:db8::1]"}, "2001:db8::1"},
		"IPv4 in IPv6":            {"[::ffff:10.0.0.1]:5", []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		"proxy with a zone":       {"[fd00::1%eth0]:5", []string{"192.0.2.1"}, "192.0.2.1"},
		"Unix socket":             {"@", []string{"192.0.2.1"}, ""},
		"no peer":                 {"", []string{"192.0.2.1"}, ""},
		"a thousand trusted hops": {"10.0.0.1:5", []string{"192.0.2.1" + strings.Repeat(", 10.0.0.2", 1000)}, "10.0.0.2"},
	} {
		r := request(t, func(r *http.Request) {
			r.RemoteAddr = test.remote
			for _, value := range test.forwarded {
				r.Header.Add("X-Forwarded-For", value)
			}
		})
		want := netip.Addr{}
		if test.want != "" {
			want = netip.MustParseAddr(test.want)
		}
		if got := identity.ClientAddr(r, proxies); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func TestNewProxyRefuses(t *testing.T) {
	for name, config := range map[string]identity.ProxyConfig{
		"nothing":   {},
		"no header": {Trusted: trusted()},
		"no proxy":  {UserHeader: "Remote-User"},
		"everybody": {UserHeader: "Remote-User", Trusted: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}},
		"all IPv6":  {UserHeader: "Remote-User", Trusted: append(trusted(), netip.MustParsePrefix("::/0"))},
		"no prefix": {UserHeader: "Remote-User", Trusted: []netip.Prefix{{}}},
	} {
		if _, err := identity.NewProxy(config); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestProxyHeaders(t *testing.T) {
	proxy, err := identity.NewProxy(identity.ProxyConfig{
		Trusted: trusted(), UserHeader: "Remote-User", NameHeader: "Remote-Name", TierHeader: "Remote-Tier",
	})
	if err != nil {
		t.Fatal(err)
	}
	proof, err := proxy.Prove(request(t, all(header("Remote-User", "erin"), header("Remote-Name", "Erin"), header("Remote-Tier", "paid"))))
	if err != nil || proof.Provider != "proxy" || proof.Subject != "erin" || proof.Name != "Erin" || proof.Tier != "paid" {
		t.Errorf("proof: %+v, %v", proof, err)
	}
}

func FuzzClientAddr(f *testing.F) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	f.Add("10.0.0.1:5", "192.0.2.1, 10.0.0.2")
	f.Add("198.51.100.1:5", "10.0.0.1")
	f.Add("[::1]:5", "[[::1%x]]:")
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		r := request(t, func(r *http.Request) { r.RemoteAddr = remote })
		direct := identity.ClientAddr(r, proxies)
		r.Header.Set("X-Forwarded-For", forwarded)
		got := identity.ClientAddr(r, proxies)
		if !(direct.IsValid() && proxies[0].Contains(direct)) && got != direct {
			t.Errorf("untrusted %q was taken for %v by %q", remote, got, forwarded)
		}
	})
}
