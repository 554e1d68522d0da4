package access

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Rules are the compiled rules of a wiki. They never change and may be shared;
// the zero value has none.
type Rules struct {
	*compiled
}

type compiled struct {
	scopes map[string]scope      // by the key of their path
	groups [len(groupWords)]bool // which some rule speaks of
	named  map[string]bool       // accounts that some rule names
	digest string                // equal for rules of the same effect
}

// scope holds what the rules say of one path.
type scope struct {
	page *grants // of the page alone
	tree *grants // of the page and everything below
}

// grants are the rules of one page, or of one tree.
type grants struct {
	groups   [len(groupWords)]Set
	accounts map[string]Set
	rules    []Rule
}

// NewRules compiles rules; their order does not matter. A rule for nobody, or
// for whom it cannot tell, opens nothing but still closes its path to those
// whom no other rule there lets in. A rule for a path with "." or ".." does
// nothing: no page has such a path.
func NewRules(rules []Rule) Rules {
	if len(rules) == 0 {
		return Rules{}
	}
	c := &compiled{scopes: map[string]scope{}, named: map[string]bool{}}
	for _, rule := range rules {
		c.add(rule)
	}
	for _, s := range c.scopes {
		for _, g := range []*grants{s.page, s.tree} {
			if g != nil {
				slices.SortFunc(g.rules, compareRules)
			}
		}
	}
	c.digest = c.sum()
	return Rules{c}
}

// Deciding returns the rules that decide on a path, for the page that they
// protect to show; none when what callers may do wiki-wide decides.
func (r Rules) Deciding(path string) []Rule {
	if r.compiled == nil {
		return nil
	}
	key, ok := appendKey(nil, path)
	if !ok {
		return nil
	}
	if g := r.deciding(key); g != nil {
		return slices.Clone(g.rules)
	}
	return nil
}

func (c *compiled) add(rule Rule) {
	key, ok := appendKey(nil, rule.Path)
	if !ok {
		return
	}
	s := c.scopes[string(key)]
	where := &s.page
	if rule.Tree || len(key) == 0 {
		where = &s.tree
	}
	if *where == nil {
		*where = &grants{}
	}
	g := *where
	g.rules = append(g.rules, rule)
	c.scopes[string(key)] = s

	grant := whole(rule.Grant &^ Admin)
	switch who := rule.Who; {
	// Rules name no empty account, so that none of them is a stranger's own.
	case who.Account != "" && who.Group == Nobody:
		if g.accounts == nil {
			g.accounts = map[string]Set{}
		}
		g.accounts[who.Account] |= grant
		c.named[who.Account] = true
	case who.Account == "" && int(who.Group) < len(groupWords) && who.Group != Nobody:
		g.groups[who.Group] |= grant
		c.groups[who.Group] = true
	}
}

// deciding returns what the most specific rules for a path say: those of the
// page itself, then those of trees from the innermost outwards; nil when there
// are none. It only reads from key.
func (c *compiled) deciding(key []byte) *grants {
	s := c.scopes[string(key)]
	if s.page != nil {
		return s.page
	}
	for s.tree == nil && len(key) > 0 {
		key = key[:max(bytes.LastIndexByte(key, '/'), 0)]
		s = c.scopes[string(key)]
	}
	return s.tree
}

// all calls do with the grants of every path until it returns false.
func (c *compiled) all(do func(*grants) bool) {
	for _, s := range c.scopes {
		if s.page != nil && !do(s.page) || s.tree != nil && !do(s.tree) {
			return
		}
	}
}

// to returns what the rules give to a caller: rules which name the account
// decide alone, else those of all groups that fit add up.
func (g *grants) to(account string, s standing) Set {
	if set, ok := g.accounts[account]; ok {
		return set
	}
	set := g.groups[Everybody]
	if s >= signedIn {
		set |= g.groups[SignedIn]
	}
	if s >= approved {
		set |= g.groups[ApprovedMembers]
	}
	return set
}

// sum digests what the rules do, in an order of its own.
func (c *compiled) sum() string {
	h := sha256.New()
	for _, key := range slices.Sorted(maps.Keys(c.scopes)) {
		s := c.scopes[key]
		fmt.Fprintf(h, "%q\n", key)
		s.page.write(h, "page")
		s.tree.write(h, "tree")
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

func (g *grants) write(w io.Writer, kind string) {
	if g == nil {
		return
	}
	fmt.Fprintln(w, kind, g.groups)
	for _, account := range slices.Sorted(maps.Keys(g.accounts)) {
		fmt.Fprintf(w, "%q %s\n", account, g.accounts[account])
	}
}

func compareRules(a, b Rule) int {
	if c := strings.Compare(a.Who.String(), b.Who.String()); c != 0 {
		return c
	}
	if a.Grant != b.Grant {
		return int(a.Grant) - int(b.Grant)
	}
	return strings.Compare(a.Path, b.Path)
}
