package access_test

import (
	"errors"
	"testing"

	"github.com/holtdb/holt/wiki/access"
)

func TestParseLevel(t *testing.T) {
	tests := map[string]access.Level{
		"ANONYMOUS": access.Anonymous, "anonymous": access.Anonymous, " Registered ": access.Registered,
		"APPROVED": access.Approved, "ADMIN": access.OnlyAdmin,
		"": access.OnlyAdmin, "EVERYBODY": access.OnlyAdmin, "ANONYMOUS,": access.OnlyAdmin, "None": access.OnlyAdmin,
	}
	for text, want := range tests {
		if got := access.ParseLevel(text); got != want {
			t.Errorf("ParseLevel(%q) = %v, want %v", text, got, want)
		}
	}
	if got := access.Level(9).String(); got != "ADMIN" {
		t.Errorf("an unknown level is written %q", got)
	}
}

func TestSetText(t *testing.T) {
	for s := access.None; s <= access.All; s++ {
		if got, err := access.ParseSet(s.String()); err != nil || got != s {
			t.Errorf("ParseSet(%q) = %v, %v", s, got, err)
		}
	}
	for _, text := range []string{"", "RR", "r", "RX", "R-", "READ", "R W"} {
		if got, err := access.ParseSet(text); !errors.Is(err, access.ErrInvalidSet) || got != access.None {
			t.Errorf("ParseSet(%q) = %v, %v", text, got, err)
		}
	}
}

func TestHeaderOfPermissions(t *testing.T) {
	own := access.RoleNames{Read: []string{"wiki-reader", "Staff"}, Admin: []string{" wiki-root "}}
	tests := []struct {
		name   string
		names  access.RoleNames
		header string
		want   string
	}{
		{"all", access.RoleNames{}, "READ,WRITE,UPLOAD,ADMIN", "RWUA"},
		{"any case, spaces", access.RoleNames{}, " read Write,\tUPLOAD ", "RWU"},
		{"none", access.RoleNames{}, "", "-"},
		{"unknown words", access.RoleNames{}, "READER, ALL, *, READ;WRITE", "-"},
		{"own words", own, "staff write WIKI-ROOT", "RWA"},
		{"own words replace the usual", own, "READ,ADMIN", "-"},
		{"one word for two", access.RoleNames{Read: []string{"crew"}, Write: []string{"crew"}}, "crew", "RW"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.names.Parse(test.header); got.String() != test.want {
				t.Errorf("%q is %s, want %s", test.header, got, test.want)
			}
		})
	}
}

func TestWhoText(t *testing.T) {
	for text, want := range map[string]access.Who{
		"nobody": {}, "everybody": {Group: access.Everybody}, "signed-in": {Group: access.SignedIn},
		"approved": {Group: access.ApprovedMembers}, "account:did:plc:abc": {Account: "did:plc:abc"},
	} {
		got, err := access.ParseWho(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("ParseWho(%q) = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "account:", "Everybody", "admins", " everybody"} {
		if got, err := access.ParseWho(text); !errors.Is(err, access.ErrInvalidWho) || got != (access.Who{}) {
			t.Errorf("ParseWho(%q) = %v, %v", text, got, err)
		}
	}
	if got := (access.Who{Group: access.Everybody, Account: "a1"}).String(); got != "nobody" {
		t.Errorf("a rule for both a group and an account is for %s", got)
	}
}

func TestValidateRule(t *testing.T) {
	everybody := access.Who{Group: access.Everybody}
	for _, rule := range []access.Rule{
		{Path: "", Tree: true, Who: everybody},
		{Path: "Guides/Set up", Who: everybody, Grant: access.Read},
		{Path: "Café/日本", Tree: true, Who: access.Who{Account: "a1"}, Grant: access.Read | access.Write | access.Upload},
		{Path: "..hidden/a.b", Who: access.Who{}},
	} {
		if err := rule.Validate(); err != nil {
			t.Errorf("%+v: %v", rule, err)
		}
	}
	for _, rule := range []access.Rule{
		{Path: "/Guides", Who: everybody},
		{Path: "Guides/", Who: everybody},
		{Path: "Guides//Set", Who: everybody},
		{Path: "Guides/../Set", Who: everybody},
		{Path: ".", Who: everybody},
		{Path: "Gui\ndes", Who: everybody},
		{Path: "Gui\xffdes", Who: everybody},
		{Path: string(make([]byte, 2000)), Who: everybody},
		{Path: "A", Who: access.Who{Group: access.Everybody, Account: "a1"}},
		{Path: "A", Who: access.Who{Group: 9}},
		{Path: "A", Who: everybody, Grant: access.All},
		{Path: "A", Who: everybody, Grant: access.Write},
		{Path: "A", Who: everybody, Grant: access.Read | access.Upload},
	} {
		if err := rule.Validate(); !errors.Is(err, access.ErrInvalidRule) {
			t.Errorf("%.40q for %v, %v: %v, want ErrInvalidRule", rule.Path, rule.Who, rule.Grant, err)
		}
	}
}

func FuzzParseWho(f *testing.F) {
	for _, seed := range []string{"everybody", "account:a1", "account:", "nobody "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		who, err := access.ParseWho(text)
		if err == nil && who.String() != text {
			t.Errorf("%q is read as %v", text, who)
		}
		if err != nil && who != (access.Who{}) {
			t.Errorf("%q is refused, and yet %v", text, who)
		}
	})
}
