package llm

import (
	"context"
	"fmt"
	"net/netip"
	"syscall"
)

// forbiddenError says that an address may not be dialled.
type forbiddenError struct{ addr netip.Addr }

func (e *forbiddenError) Error() string {
	return fmt.Sprintf("address %s is not a public one", e.addr)
}

// guard decides which addresses may be dialled. It is asked by the dialler
// with the address that the socket is about to connect to, after any name was
// resolved: whatever a name server says or changes, and however an address is
// written, no other address is ever reached.
type guard struct {
	allow []netip.Prefix
}

// control is a net.Dialer.ControlContext.
func (g guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("read address to dial: %w", err)
	}
	return g.check(to.Addr())
}

func (g guard) check(addr netip.Addr) error {
	bare := addr.Unmap().WithZone("")
	for _, prefix := range g.allow {
		if prefix.Contains(bare) {
			return nil
		}
	}
	if !public(bare) {
		return &forbiddenError{addr: addr}
	}
	return nil
}

// public reports whether addr belongs to a host on the public internet.
func public(addr netip.Addr) bool {
	if addr.Is4() {
		return !within(addr, special4())
	}
	// NAT64 (RFC 6052) is how a host with IPv6 alone reaches IPv4 hosts; what
	// counts is the IPv4 address inside.
	if inside, ok := translated(addr); ok {
		return public(inside)
	}
	// Only 2000::/3 is handed out for hosts (RFC 4291, IANA); everything else
	// is local, multicast, mapped or reserved.
	return netip.MustParsePrefix("2000::/3").Contains(addr) && !within(addr, special6())
}

func within(addr netip.Addr, prefixes []string) bool {
	for _, prefix := range prefixes {
		if netip.MustParsePrefix(prefix).Contains(addr) {
			return true
		}
	}
	return false
}

// translated returns the IPv4 address in the last four bytes of an address
// under the well-known NAT64 prefix 64:ff9b::/96.
func translated(addr netip.Addr) (netip.Addr, bool) {
	if !netip.MustParsePrefix("64:ff9b::/96").Contains(addr) {
		return netip.Addr{}, false
	}
	bytes := addr.As16()
	return netip.AddrFrom4([4]byte(bytes[12:])), true
}

// special4 lists the IPv4 networks that are not public:
// IANA IPv4 Special-Purpose Address Registry (RFC 6890).
func special4() []string {
	return []string{
		"0.0.0.0/8",        // this network; 0.0.0.0 reaches the machine itself
		"10.0.0.0/8",       // private
		"100.64.0.0/10",    // shared by carriers (CGNAT)
		"127.0.0.0/8",      // loopback
		"168.63.129.16/32", // a cloud's host agent, reachable from inside only
		"169.254.0.0/16",   // link-local, and where clouds keep their metadata
		"172.16.0.0/12",    // private
		"192.0.0.0/24",     // protocol assignments
		"192.0.2.0/24",     // documentation
		"192.88.99.0/24",   // 6to4 relays, deprecated
		"192.168.0.0/16",   // private
		"198.18.0.0/15",    // benchmarks
		"198.51.100.0/24",  // documentation
		"203.0.113.0/24",   // documentation
		"224.0.0.0/4",      // multicast
		"240.0.0.0/4",      // reserved, and broadcast
	}
}

// special6 lists the networks inside 2000::/3 that are not public:
// IANA IPv6 Special-Purpose Address Registry.
func special6() []string {
	return []string{
		"2001::/23",     // protocol assignments, among them Teredo, which embeds IPv4
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4, which embeds IPv4
		"3fff::/20",     // documentation
	}
}
