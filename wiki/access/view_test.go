package access_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/holtdb/holt/wiki/access"
)

// Levels of the three kinds of wikis that the creation form offers.
func private() access.Levels {
	return access.Levels{Read: access.Approved, Write: access.Approved, Attachment: access.Approved}
}

func public() access.Levels {
	return access.Levels{Read: access.Anonymous, Write: access.Approved, Attachment: access.Approved}
}

func member(account string) access.Caller {
	return access.Caller{Account: account, Member: &access.Member{Approved: true}}
}

// rule makes a rule of a path, which is a tree when it ends in "/**".
func rule(t testing.TB, path, who, grant string) access.Rule {
	t.Helper()
	subject, err := access.ParseWho(who)
	if err != nil {
		t.Fatal(err)
	}
	set, err := access.ParseSet(grant)
	if err != nil {
		t.Fatal(err)
	}
	r := access.Rule{Path: path, Who: subject, Grant: set}
	if n := len(path) - len("/**"); n >= 0 && path[n:] == "/**" {
		r.Path, r.Tree = path[:n], true
	}
	return r
}

func TestRules(t *testing.T) {
	rules := access.NewRules([]access.Rule{
		rule(t, "Private/**", "nobody", "-"),
		rule(t, "Private/Board/**", "account:ann", "RWU"),
		rule(t, "Private/Board/Open", "signed-in", "R"),
		rule(t, "Open/**", "everybody", "RWU"),
		rule(t, "Open/Rules", "everybody", "R"),
		rule(t, "Open/Rules", "approved", "RW"),
		rule(t, "Ban/**", "everybody", "RW"),
		rule(t, "Ban/**", "account:bob", "-"),
		rule(t, "Ban/**", "account:ann", "R"),
		rule(t, "Ban/**", "account:ann", "RW"),
		rule(t, "Straße/Café/**", "nobody", "-"),
	})
	callers := map[string]access.Caller{
		"stranger": {},
		"visitor":  {Account: "vic"},
		"ann":      member("ann"),
		"bob":      member("bob"),
		"admin":    {Account: "adm", Member: &access.Member{Admin: true}},
		"owner":    {Account: "own", Owner: true},
	}
	tests := []struct {
		path string
		want map[string]string
	}{
		{"Home", map[string]string{"stranger": "R", "visitor": "R", "ann": "RWU", "bob": "RWU", "admin": "RWUA", "owner": "RWUA"}},
		{"Private", map[string]string{"stranger": "-", "visitor": "-", "ann": "-", "bob": "-", "admin": "RWUA", "owner": "RWUA"}},
		{"Private/Plan", map[string]string{"stranger": "-", "ann": "-", "owner": "RWUA"}},
		{"PRIVATE/plan", map[string]string{"stranger": "-", "ann": "-"}},
		{"/private//Plan/", map[string]string{"stranger": "-", "ann": "-"}},
		{"Privateer", map[string]string{"stranger": "R", "ann": "RWU"}},
		{"Privat", map[string]string{"stranger": "R"}},
		{"Private/Board", map[string]string{"ann": "RWU", "bob": "-", "admin": "RWUA"}},
		{"Private/Board/2026/May", map[string]string{"ann": "RWU", "bob": "-", "stranger": "-"}},
		{"Private/Boards", map[string]string{"ann": "-"}},
		{"Private/Board/Open", map[string]string{"stranger": "-", "visitor": "R", "ann": "R", "bob": "R"}},
		{"Private/Board/Open/Below", map[string]string{"visitor": "-", "ann": "RWU"}},
		{"Open", map[string]string{"stranger": "RWU"}},
		{"Open/Chat", map[string]string{"stranger": "RWU", "visitor": "RWU"}},
		{"Open/Rules", map[string]string{"stranger": "R", "visitor": "R", "ann": "RW"}},
		{"Ban", map[string]string{"stranger": "RW", "visitor": "RW", "bob": "-", "ann": "RW"}},
		{"STRASSE/CAFE\u0301/x", map[string]string{"stranger": "-", "ann": "-", "admin": "RWUA"}},
		{"straße/café", map[string]string{"stranger": "-"}},
		{"Strase/Café", map[string]string{"stranger": "R"}},
		{"Open/../Private/Plan", map[string]string{"stranger": "-", "ann": "-"}},
		{"Open/./Chat", map[string]string{"stranger": "-"}},
		{"..", map[string]string{"stranger": "-"}},
		{"", map[string]string{"stranger": "R", "ann": "RWU"}},
	}
	for _, test := range tests {
		for name, want := range test.want {
			view := access.NewView(public(), rules, callers[name], access.Ceiling{})
			if got := view.At(test.path); got.String() != want {
				t.Errorf("%s at %q: %s, want %s", name, test.path, got, want)
			}
		}
	}
}

func TestRuleOfTheWholeWiki(t *testing.T) {
	for _, tree := range []bool{true, false} {
		whole := access.Rule{Path: "", Tree: tree, Who: access.Who{Group: access.SignedIn}, Grant: access.Read}
		rules := access.NewRules([]access.Rule{whole, rule(t, "News", "everybody", "R")})
		for _, test := range []struct {
			caller     access.Caller
			page, news string
			restricted bool
		}{
			{access.Caller{}, "-", "R", true},
			{access.Caller{Account: "vic"}, "R", "R", false},
			{member("ann"), "R", "R", false},
		} {
			view := access.NewView(private(), rules, test.caller, access.Ceiling{})
			if got := view.At("Home").String(); got != test.page {
				t.Errorf("%q at Home: %s, want %s", test.caller.Account, got, test.page)
			}
			if got := view.At("news").String(); got != test.news {
				t.Errorf("%q at news: %s, want %s", test.caller.Account, got, test.news)
			}
			if got := view.Restricted(); got != test.restricted {
				t.Errorf("%q is restricted: %v, want %v", test.caller.Account, got, test.restricted)
			}
		}
	}
}

func TestCeilingAndLimitApplyLast(t *testing.T) {
	rules := access.NewRules([]access.Rule{rule(t, "Open/**", "everybody", "RWU")})
	readOnly := access.Ceiling{Deny: access.Write | access.Upload, Reason: "The wiki is full."}
	suspended := access.Ceiling{Deny: access.All, Reason: "The wiki is suspended."}
	reading, editing := access.Read, access.Read|access.Write|access.Upload
	proxied := access.Read | access.Admin

	tests := []struct {
		name    string
		caller  access.Caller
		ceiling access.Ceiling
		home    string
		open    string
		reason  string
	}{
		{"no ceiling", access.Caller{}, access.Ceiling{}, "R", "RWU", ""},
		{"full, stranger", access.Caller{}, readOnly, "R", "R", "The wiki is full."},
		{"full, owner", access.Caller{Account: "own", Owner: true}, readOnly, "RA", "RA", "The wiki is full."},
		{"suspended, owner", access.Caller{Account: "own", Owner: true}, suspended, "-", "-", "The wiki is suspended."},
		{"reading alone taken away", access.Caller{Account: "own", Owner: true}, access.Ceiling{Deny: access.Read, Reason: "x"}, "A", "A", "x"},
		{"token for reading", access.Caller{Account: "own", Owner: true, Limit: &reading}, access.Ceiling{}, "R", "R", ""},
		{"token for reading, full", access.Caller{Account: "own", Owner: true, Limit: &reading}, readOnly, "R", "R", ""},
		{"token for editing, of a visitor", access.Caller{Account: "vic", Limit: &editing}, access.Ceiling{}, "R", "RWU", ""},
		{"token for reading, of a visitor", access.Caller{Account: "vic", Limit: &reading}, access.Ceiling{}, "R", "R", ""},
		{"proxy's partial admin", access.Caller{Account: "vic", Proxy: &proxied}, access.Ceiling{}, "RA", "RWUA", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			view := access.NewView(public(), rules, test.caller, test.ceiling)
			if got := view.At("Home").String(); got != test.home || view.Base().String() != test.home {
				t.Errorf("Home: %s, base %s, want %s", got, view.Base(), test.home)
			}
			if got := view.At("Open/Chat").String(); got != test.open {
				t.Errorf("Open/Chat: %s, want %s", got, test.open)
			}
			if got := view.Reason(); got != test.reason {
				t.Errorf("reason %q, want %q", got, test.reason)
			}
			if view.Can("Open/Chat", access.Write) != view.At("Open/Chat").Has(access.Write) {
				t.Error("Can and At differ")
			}
			if view.Caller() != test.caller {
				t.Error("the view has another caller")
			}
		})
	}
}

func TestRestricted(t *testing.T) {
	tests := []struct {
		name       string
		levels     access.Levels
		rules      []access.Rule
		caller     access.Caller
		restricted bool
		somewhere  string
	}{
		{"public wiki", public(), nil, access.Caller{}, false, "R"},
		{"private wiki, stranger", private(), nil, access.Caller{}, true, "-"},
		{"private wiki, member", private(), nil, member("ann"), false, "RWU"},
		{"closed tree", public(), []access.Rule{rule(t, "A/**", "approved", "R")}, access.Caller{}, true, "R"},
		{"closed tree, who may read it", public(), []access.Rule{rule(t, "A/**", "approved", "R")}, member("ann"), false, "RWU"},
		{"closed page, admin", public(), []access.Rule{rule(t, "A", "nobody", "-")}, access.Caller{Account: "a", Owner: true}, false, "RWUA"},
		{"opened page of a private wiki", private(), []access.Rule{rule(t, "A", "everybody", "R")}, access.Caller{}, true, "R"},
		{"only writing is taken", public(), []access.Rule{rule(t, "A/**", "everybody", "R")}, member("ann"), false, "RWU"},
		{"rule for a path that cannot be", private(), []access.Rule{rule(t, "A/../B", "everybody", "R")}, access.Caller{}, true, "-"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			view := access.NewView(test.levels, access.NewRules(test.rules), test.caller, access.Ceiling{})
			if got := view.Restricted(); got != test.restricted {
				t.Errorf("restricted: %v, want %v", got, test.restricted)
			}
			if got := view.Somewhere().String(); got != test.somewhere {
				t.Errorf("somewhere: %s, want %s", got, test.somewhere)
			}
		})
	}
}

func TestClass(t *testing.T) {
	class := func(rules []access.Rule, c access.Caller) string {
		return access.NewView(public(), access.NewRules(rules), c, access.Ceiling{}).Class()
	}
	closed := []access.Rule{rule(t, "A/**", "approved", "R"), rule(t, "B/**", "account:ann", "R")}

	if a, b := class(closed, member("bob")), class(closed, member("cid")); a != b {
		t.Errorf("two members whom no rule names: %q and %q", a, b)
	}
	if a, b := class(closed, member("bob")), class([]access.Rule{closed[1], closed[0]}, member("bob")); a != b {
		t.Errorf("the order of rules gives %q and %q", a, b)
	}
	different := map[string]string{}
	for name, view := range map[string]string{
		"stranger":            class(closed, access.Caller{}),
		"member":              class(closed, member("bob")),
		"named":               class(closed, member("ann")),
		"owner":               class(closed, access.Caller{Account: "own", Owner: true}),
		"member, other rules": class(closed[:1], member("bob")),
		"member, no rules":    class(nil, member("bob")),
		"stranger, no rules":  class(nil, access.Caller{}),
	} {
		if other, ok := different[view]; ok {
			t.Errorf("%s and %s are both %q", name, other, view)
		}
		different[view] = name
	}
	if a, b := class(closed, access.Caller{Account: "own", Owner: true}), class(nil, access.Caller{Account: "other", Owner: true}); a != b {
		t.Errorf("owners, to whom no rule matters: %q and %q", a, b)
	}
}

func TestDecidingRules(t *testing.T) {
	page := []access.Rule{rule(t, "A/B", "approved", "RW"), rule(t, "a/b", "everybody", "R")}
	tree := rule(t, "A/**", "nobody", "-")
	rules := access.NewRules([]access.Rule{page[1], tree, page[0]})
	for path, want := range map[string][]access.Rule{
		"A/B": page, "A": {tree}, "A/C/D": {tree}, "Home": nil, "A/../B": nil,
	} {
		if got := rules.Deciding(path); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	if got := (access.Rules{}).Deciding("A"); got != nil {
		t.Errorf("no rules: %v", got)
	}
}

func BenchmarkAt(b *testing.B) {
	var hundred []access.Rule
	for i := range 100 {
		hundred = append(hundred, rule(b, fmt.Sprintf("Area %d/Part/**", i), "approved", "RW"))
	}
	for _, bench := range []struct {
		name  string
		rules []access.Rule
		path  string
	}{
		{"no rules", nil, "Guides/Setup/Linux"},
		{"100 rules, none fits", hundred, "Guides/Setup/Linux"},
		{"100 rules, one fits", hundred, "Area 50/Part/Deep/Page"},
		{"100 rules, accents", hundred, "Guides/Énergie/Été"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			view := access.NewView(public(), access.NewRules(bench.rules), member("ann"), access.Ceiling{})
			b.ReportAllocs()
			for b.Loop() {
				view.At(bench.path)
			}
		})
	}
	b.Run("a view of 100 rules", func(b *testing.B) {
		rules, caller := access.NewRules(hundred), member("ann")
		b.ReportAllocs()
		for b.Loop() {
			access.NewView(public(), rules, caller, access.Ceiling{}).Class()
		}
	})
}
