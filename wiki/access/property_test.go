package access_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/access"
)

// maker draws the parts of a situation from random numbers. Its worlds are so
// small that rules meet often.
type maker struct{ *rand.Rand }

func newMaker(seed uint64) maker { return maker{rand.New(rand.NewPCG(seed, 3))} }

func (m maker) path() string {
	segments := make([]string, m.IntN(4))
	for i := range segments {
		segments[i] = []string{"a", "A", "b", "ab", "É", "e\u0301"}[m.IntN(6)]
	}
	return strings.Join(segments, "/")
}

func (m maker) who() access.Who {
	if m.IntN(3) == 0 {
		return access.Who{Account: []string{"ann", "bob"}[m.IntN(2)]}
	}
	return access.Who{Group: access.Group(m.IntN(5))} // one of them unknown
}

func (m maker) rules() []access.Rule {
	rules := make([]access.Rule, m.IntN(8))
	for i := range rules {
		rules[i] = access.Rule{Path: m.path(), Tree: m.IntN(2) == 0, Who: m.who(), Grant: m.set()}
	}
	return rules
}

func (m maker) set() access.Set     { return access.Set(m.IntN(16)) }
func (m maker) level() access.Level { return access.Level(m.IntN(4)) }
func (m maker) flag() bool          { return m.IntN(2) == 0 }
func (m maker) levels() access.Levels {
	return access.Levels{Read: m.level(), Write: m.level(), Attachment: m.level()}
}

func (m maker) caller() access.Caller {
	c := access.Caller{Account: []string{"", "ann", "bob"}[m.IntN(3)], Owner: m.IntN(6) == 0}
	if m.flag() {
		c.Member = &access.Member{Approved: m.flag(), Admin: m.IntN(6) == 0, Read: m.flag(), Write: m.flag(), Upload: m.flag()}
	}
	if m.IntN(4) == 0 {
		c.Proxy = new(m.set())
	}
	if m.IntN(4) == 0 {
		c.Limit = new(m.set())
	}
	return c
}

// more returns the caller with one flag or permission more, if that can be.
func (m maker) more(c access.Caller) access.Caller {
	var row access.Member
	if c.Member != nil {
		row = *c.Member
	}
	flag := []*bool{&row.Approved, &row.Admin, &row.Read, &row.Write, &row.Upload, &c.Owner}[m.IntN(6)]
	*flag = true
	c.Member = &row
	extra := access.Set(1 << m.IntN(4))
	if c.Proxy != nil {
		c.Proxy = new(*c.Proxy | extra)
	}
	if c.Limit != nil {
		c.Limit = new(*c.Limit | extra)
	}
	return c
}

// expected says by plain search through the rules, from the words of the
// documentation alone, what a view must answer.
func expected(base access.Set, rules []access.Rule, c access.Caller, path string) access.Set {
	fold := func(s string) string {
		return strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s, "e\u0301", "é"), "É", "é"))
	}
	path = fold(path)
	best, deciding := -1, []access.Rule(nil)
	for _, r := range rules {
		at, rank := fold(r.Path), 0
		tree := r.Tree || at == ""
		switch {
		case !tree && at == path:
			rank = 1000
		case tree && (at == "" || at == path || strings.HasPrefix(path, at+"/")):
			rank = len(at)
		default:
			continue
		}
		if rank > best {
			best, deciding = rank, nil
		}
		if rank == best {
			deciding = append(deciding, r)
		}
	}
	if best < 0 {
		return base
	}
	admitted := func(r access.Rule) bool {
		known := c.Account != ""
		switch r.Who.Group {
		case access.Everybody:
			return true
		case access.SignedIn:
			return known
		case access.ApprovedMembers:
			return known && (c.Proxy != nil || c.Member != nil && c.Member.Approved)
		}
		return false
	}
	named, union := access.None, access.None
	isNamed := false
	for _, r := range deciding {
		grant := chain(r.Grant &^ access.Admin)
		if r.Who.Account != "" && r.Who.Account == c.Account {
			named, isNamed = named|grant, true
		} else if r.Who.Account == "" && admitted(r) {
			union |= grant
		}
	}
	set := union
	if isNamed {
		set = named
	}
	if base.Has(access.Admin) {
		set |= base
	}
	return set
}

// chain drops Write without Read and Upload without Write.
func chain(s access.Set) access.Set {
	if !s.Has(access.Read) {
		s &^= access.Write
	}
	if !s.Has(access.Write) {
		s &^= access.Upload
	}
	return s
}

// checkSituation draws a situation and holds the view against what must be
// true of all.
func checkSituation(t *testing.T, seed uint64) {
	t.Helper()
	m := newMaker(seed)
	levels, rules, caller, path := m.levels(), m.rules(), m.caller(), m.path()
	ceiling := access.Ceiling{}
	if m.IntN(3) == 0 {
		ceiling = access.Ceiling{Deny: m.set(), Reason: "because"}
	}
	compiled := access.NewRules(rules)
	view := access.NewView(levels, compiled, caller, ceiling)
	got := view.At(path)

	free := caller
	free.Limit = nil
	bound := access.All &^ ceiling.Deny
	if caller.Limit != nil {
		bound &= *caller.Limit
	}
	if want := chain(expected(access.Permissions(levels, free), rules, caller, path) & bound); got != want {
		t.Errorf("seed %d: %s at %q, want %s", seed, got, path, want)
	}
	if got&^bound != access.None || view.Base()&^bound != access.None {
		t.Errorf("seed %d: %s, base %s, are more than %s allows", seed, got, view.Base(), bound)
	}
	if got != chain(got) || view.Base() != chain(view.Base()) {
		t.Errorf("seed %d: %s, base %s, hold permissions without the ones they rest on", seed, got, view.Base())
	}
	if !view.Somewhere().Has(got) {
		t.Errorf("seed %d: %s at %q, and only %s somewhere", seed, got, path, view.Somewhere())
	}
	if !view.Restricted() && !got.Has(access.Read) {
		t.Errorf("seed %d: not restricted, but %s at %q", seed, got, path)
	}
	if view.Reason() != "" && ceiling.Deny == access.None {
		t.Errorf("seed %d: a reason without a ceiling", seed)
	}

	shuffled := slices.Clone(rules)
	m.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	other := access.NewView(levels, access.NewRules(shuffled), caller, ceiling)
	if other.At(path) != got || other.Class() != view.Class() {
		t.Errorf("seed %d: in another order of rules %s at %q, was %s", seed, other.At(path), path, got)
	}

	more := m.more(caller)
	if has := access.NewView(levels, compiled, more, ceiling).At(path); !has.Has(got) {
		t.Errorf("seed %d: with more flags %s at %q, was %s", seed, has, path, got)
	}
	lower := access.NewView(levels, compiled, caller, access.Ceiling{Deny: ceiling.Deny | m.set()})
	if has := lower.At(path); !got.Has(has) {
		t.Errorf("seed %d: under a lower ceiling %s at %q, was %s", seed, has, path, got)
	}

	twin := access.NewView(levels, compiled, m.caller(), ceiling)
	if twin.Class() == view.Class() {
		for range 20 {
			if p := m.path(); twin.At(p) != view.At(p) {
				t.Errorf("seed %d: one class %q, but %s and %s at %q", seed, view.Class(), view.At(p), twin.At(p), p)
			}
		}
	}
}

func TestViewProperties(t *testing.T) {
	for seed := range uint64(20_000) {
		checkSituation(t, seed)
		if t.Failed() {
			return
		}
	}
}

func FuzzView(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) { checkSituation(t, seed) })
}

// FuzzPath holds that the ways to write one path all meet its rule, and that no
// path outside a closed tree is closed with it.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"Guides/Set up", "a//b/", "É/ß", "K", "../x", "\xff", "İ/ı", "a/\u0345\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		closed := access.Rule{Path: path, Tree: true, Who: access.Who{Group: access.Nobody}}
		if closed.Validate() != nil || path == "" {
			t.Skip()
		}
		view := access.NewView(public(), access.NewRules([]access.Rule{closed}), access.Caller{}, access.Ceiling{})
		for _, same := range []string{path, path + "/below", "/" + path + "/", strings.ReplaceAll(path, "/", "//")} {
			if got := view.At(same); got != access.None {
				t.Errorf("%q is closed, but %q gives %s", path, same, got)
			}
		}
		for _, other := range []string{path + "x", "x" + path} {
			if got := view.At(other); got != access.Read {
				t.Errorf("%q is closed, and %q with it", path, other)
			}
		}
	})
}
