package llm

import (
	"errors"
	"net/netip"
	"testing"
)

func TestPublic(t *testing.T) {
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "104.18.6.192": true, "172.15.255.255": true, "172.32.0.1": true,
		"100.63.255.255": true, "100.128.0.0": true, "192.0.1.1": true, "198.20.0.1": true, "223.255.255.255": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.255.255.255": false, "100.64.0.0": false, "100.100.100.200": false,
		"127.0.0.1": false, "127.255.255.254": false, "168.63.129.16": false, "169.254.169.254": false,
		"172.16.0.0": false, "172.31.255.255": false, "192.0.0.192": false, "192.0.2.1": false, "192.88.99.1": false,
		"192.168.0.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false,
		"224.0.0.1": false, "239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false,

		"2606:4700::6810:7c0": true, "2a00:1450:4001::200e": true, "2400:cb00::1": true,
		"::": false, "::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false, "::8.8.8.8": false,
		"::ffff:8.8.8.8":   true,                                                                 // what the kernel connects to is 8.8.8.8
		"64:ff9b::8.8.8.8": true, "64:ff9b::127.0.0.1": false, "64:ff9b::169.254.169.254": false, // NAT64
		"64:ff9b:1::8.8.8.8": false, // NAT64 of a local network
		"100::1":             false, "2001::1": false, "2001:0:4136:e378:8000:63bf:3fff:fdd2": false, "2001:db8::1": false,
		"2002:7f00:1::": false, "2002:808:808::1": false, "3fff::1": false, "5f00::1": false,
		"fc00::1": false, "fd00:ec2::254": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false,
	} {
		var forbidden *forbiddenError
		err := guard{}.check(netip.MustParseAddr(addr))
		if got := err == nil; got != want || err != nil && !errors.As(err, &forbidden) {
			t.Errorf("%s: %v, want public %v", addr, err, want)
		}
	}
}

func TestGuardAllowMapped(t *testing.T) {
	g := guard{allow: []netip.Prefix{netip.MustParsePrefix("192.168.1.0/24")}}
	for addr, want := range map[string]bool{
		"192.168.1.7": true, "::ffff:192.168.1.7": true, "192.168.2.7": false, "64:ff9b::192.168.1.7": false, "8.8.8.8": true,
	} {
		if got := g.check(netip.MustParseAddr(addr)) == nil; got != want {
			t.Errorf("%s: allowed %v, want %v", addr, got, want)
		}
	}
}

func TestControlNeedsAnAddress(t *testing.T) {
	for _, address := range []string{"", "localhost:80", "127.0.0.1", "/run/ollama.sock", "127.0.0.1:80", "[fe80::1%lo]:80"} {
		if err := (guard{}).control(t.Context(), "tcp", address, nil); err == nil {
			t.Errorf("%q may be dialled", address)
		}
	}
	if err := (guard{}).control(t.Context(), "tcp4", "8.8.8.8:443", nil); err != nil {
		t.Error(err)
	}
}
