package llm_test

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
)

// names is a name server on loopback.
type names struct {
	conn net.PacketConn
	mu   sync.Mutex
	// answers are the IPv4 addresses given for a name, one a question; the last
	// stays. The name "*." stands for every other. No answer: no such host.
	answers map[string][]netip.Addr
}

func mustNames(tb testing.TB) *names {
	tb.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	n := &names{conn: conn, answers: map[string][]netip.Addr{}}
	go n.serve()
	return n
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}

// set gives the addresses of a name.
func (n *names) set(name string, addresses ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers[name] = nil
	for _, a := range addresses {
		n.answers[name] = append(n.answers[name], netip.MustParseAddr(a))
	}
}

func (n *names) serve() {
	buffer := make([]byte, 4096)
	for {
		size, from, err := n.conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(buffer[:size]) != nil || len(m.Questions) != 1 {
			continue
		}
		q := m.Questions[0]
		m.Response, m.Additionals = true, nil
		if addr, known := n.next(q); !known {
			m.RCode = dnsmessage.RCodeNameError
		} else if q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body:   &dnsmessage.AResource{A: addr.As4()},
			}}
		}
		if reply, err := m.Pack(); err == nil {
			_, _ = n.conn.WriteTo(reply, from)
		}
	}
}

func (n *names) next(q dnsmessage.Question) (netip.Addr, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name := q.Name.String()
	if _, ok := n.answers[name]; !ok {
		name = "*."
	}
	list := n.answers[name]
	if len(list) == 0 {
		return netip.Addr{}, false
	}
	if q.Type == dnsmessage.TypeA && len(list) > 1 {
		n.answers[name] = list[1:]
	}
	return list[0], true
}

// TestGuardRefuses writes this machine's address in every form, as number, name
// and IPv6 address. The server must not even see a connection.
func TestGuardRefuses(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	connected := make(chan struct{}, 100)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conn.Close()
			connected <- struct{}{}
		}
	}()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	dns := mustNames(t)
	dns.set("*.", "127.0.0.1")
	c := llm.New(llm.Options{Resolver: dns.resolver(), Attempts: 1})
	t.Cleanup(c.Close)
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "localhost", "LOCALHOST", "localhost.",
		"0x7f000001", "0x7f.1",
		"rebind.example", "127.0.0.1.nip.example",
		"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
		"10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]",
	} {
		t.Run(host, func(t *testing.T) {
			e := llm.Endpoint{Protocol: llm.Ollama, URL: "http://" + host + ":" + port, Model: "m", Key: secret}
			_, err := c.Chat(mustContext(t), e, ask("q"), nil)
			failed := wantReason(t, err, llm.Forbidden, "private network")
			if failed.Temporary() {
				t.Error("a forbidden address is taken for a passing failure")
			}
		})
	}
	// Some resolvers take these for addresses, others for names that nobody has.
	for _, host := range []string{"2130706433", "0177.0.0.1", "127.1", "017700000001", "127.0.0.1.", "0"} {
		t.Run(host, func(t *testing.T) {
			_, err := c.Chat(mustContext(t), llm.Endpoint{Protocol: llm.Ollama, URL: "http://" + host + ":" + port, Model: "m"}, ask("q"), nil)
			if reason := llm.ReasonOf(err); reason != llm.Forbidden && reason != llm.Unreachable {
				t.Errorf("error %v", err)
			}
		})
	}
	if n := len(connected); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

// TestGuardRebinding lets a name change its address between two requests: what
// was allowed once is checked again.
func TestGuardRebinding(t *testing.T) {
	s := llmtest.Ollama(t, llmtest.Script{})
	dns := mustNames(t)
	dns.set("models.example.", "127.0.0.1", "10.0.0.1")
	// Loopback plays the public address here.
	c := llm.New(llm.Options{Resolver: dns.resolver(), Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Attempts: 1})
	t.Cleanup(c.Close)
	u, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	e := llm.Endpoint{Protocol: llm.Ollama, URL: "http://models.example:" + u.Port(), Model: "m"}
	if _, err := c.Chat(mustContext(t), e, ask("q"), nil); err != nil {
		t.Fatal(err)
	}
	c.Close() // the next request makes a connection of its own
	_, err = c.Chat(mustContext(t), e, ask("q"), nil)
	wantReason(t, err, llm.Forbidden)
}

func TestGuardAllows(t *testing.T) {
	s := llmtest.OpenAI(t, llmtest.Script{})
	for name, o := range map[string]llm.Options{
		"private": {AllowPrivate: true},
		"network": {Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}},
	} {
		c := llm.New(o)
		t.Cleanup(c.Close)
		if err := c.TestChat(mustContext(t), s.Endpoint("m")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := llm.New(llm.Options{Allow: []netip.Prefix{netip.MustParsePrefix("192.168.7.0/24")}})
	t.Cleanup(c.Close)
	wantReason(t, c.TestChat(mustContext(t), s.Endpoint("m")), llm.Forbidden)
}

// TestNoProxyFromEnvironment shows that the guard cannot be led around.
func TestNoProxyFromEnvironment(t *testing.T) {
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"} {
		t.Setenv(name, "http://127.0.0.1:1")
	}
	dns := mustNames(t)
	dns.set("models.example.", "10.0.0.1")
	c := llm.New(llm.Options{Resolver: dns.resolver(), Attempts: 1})
	t.Cleanup(c.Close)
	err := c.TestChat(mustContext(t), llm.Endpoint{Protocol: llm.Ollama, URL: "http://models.example", Model: "m"})
	wantReason(t, err, llm.Forbidden)
	if strings.Contains(err.Error(), "10.0.0.1") {
		t.Errorf("error %q shows what a name resolves to inside", err)
	}
}
