package identity

import (
	"net/http"
	"net/netip"
	"strings"
)

// maxHops bounds the addresses that are read of X-Forwarded-For.
const maxHops = 32

// ClientAddr returns the address of the client: of the direct peer, or, when
// that is a trusted proxy, of whom it forwards for. X-Forwarded-For is read from
// its end, where the nearest proxy wrote, through trusted proxies only; what an
// untrusted client claims before is not looked at. The result is invalid when
// the peer has no IP address.
func ClientAddr(r *http.Request, trusted []netip.Prefix) netip.Addr {
	client := peer(r)
	rest := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	for range maxHops {
		if rest == "" || !isTrusted(client, trusted) {
			return client
		}
		cut := strings.LastIndexByte(rest, ',')
		hop, ok := parseHop(rest[cut+1:])
		if !ok {
			return client
		}
		client = hop
		rest = rest[:max(cut, 0)]
	}
	return client
}

// IsTLS reports whether the client speaks TLS: to this server, or to a trusted
// proxy which says so in X-Forwarded-Proto. Of several values the last counts:
// the nearest proxy wrote it.
func IsTLS(r *http.Request, trusted []netip.Prefix) bool {
	if r.TLS != nil {
		return true
	}
	if !isTrusted(peer(r), trusted) {
		return false
	}
	protos := strings.Join(r.Header.Values("X-Forwarded-Proto"), ",")
	last := protos[strings.LastIndexByte(protos, ',')+1:]
	return strings.EqualFold(strings.TrimSpace(last), "https")
}

// peer returns the address at the other end of the connection, invalid for a
// Unix socket.
func peer(r *http.Request) netip.Addr {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return plain(addr.Addr())
}

// parseHop reads an address with or without port and brackets.
func parseHop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if addr, err := netip.ParseAddrPort(text); err == nil {
		return plain(addr.Addr()), true
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return plain(addr), err == nil
}

// plain makes an address comparable with prefixes.
func plain(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

func isTrusted(addr netip.Addr, trusted []netip.Prefix) bool {
	for _, prefix := range trusted {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}
