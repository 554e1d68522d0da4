package platform_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/holtdb/holt/platform"
)

func TestCreateLocal(t *testing.T) {
	s, _ := MustOpen(t)
	a, err := s.CreateLocal(t.Context(), platform.NewAccount{Login: "  Zoë ", Name: " Zoë M. ", Password: goodPassword, Tier: "paid"})
	if err != nil {
		t.Fatal(err)
	}
	if a.Login != "zoë" || a.Name != "Zoë M." || a.Tier != "paid" || a.Admin || !a.HasPassword {
		t.Errorf("account is %+v", a)
	}
	if want := platform.ProviderLocal + ":" + a.ID; a.Tenant.String() != want {
		t.Errorf("library is %q, want %q", a.Tenant, want)
	}
	for name, find := range map[string]func() (platform.Account, error){
		"id":     func() (platform.Account, error) { return s.Account(t.Context(), a.ID) },
		"tenant": func() (platform.Account, error) { return s.AccountByTenant(t.Context(), a.Tenant) },
		"login":  func() (platform.Account, error) { return s.AccountByLogin(t.Context(), "ZOË") },
	} {
		got, err := find()
		if err != nil || got != a {
			t.Errorf("by %s: %+v, %v; want %+v", name, got, err, a)
		}
	}
	for _, same := range []string{"zoë", "ZOË", "zoe\u0308", "\uff5aoë"} {
		_, err := s.CreateLocal(t.Context(), platform.NewAccount{Login: same, Password: goodPassword})
		if !errors.Is(err, platform.ErrLoginTaken) {
			t.Errorf("login %q: %v, want ErrLoginTaken", same, err)
		}
	}
}

func TestCreateLocalRefuses(t *testing.T) {
	s, _ := MustOpen(t)
	good := platform.NewAccount{Login: "alice", Password: goodPassword}
	for name, test := range map[string]struct {
		change func(*platform.NewAccount)
		want   error
	}{
		"no login":           {func(n *platform.NewAccount) { n.Login = "  " }, platform.ErrInvalidLogin},
		"login with space":   {func(n *platform.NewAccount) { n.Login = "a b" }, platform.ErrInvalidLogin},
		"login with newline": {func(n *platform.NewAccount) { n.Login = "a\nb" }, platform.ErrInvalidLogin},
		"invisible login":    {func(n *platform.NewAccount) { n.Login = "a\u200bb" }, platform.ErrInvalidLogin},
		"login not UTF-8":    {func(n *platform.NewAccount) { n.Login = "a\xff" }, platform.ErrInvalidLogin},
		"long login":         {func(n *platform.NewAccount) { n.Login = strings.Repeat("a", 65) }, platform.ErrInvalidLogin},
		"huge login":         {func(n *platform.NewAccount) { n.Login = strings.Repeat("a", 1<<20) }, platform.ErrInvalidLogin},
		"long name":          {func(n *platform.NewAccount) { n.Name = strings.Repeat("a", 101) }, platform.ErrInvalidName},
		"name of two lines":  {func(n *platform.NewAccount) { n.Name = "a\nb" }, platform.ErrInvalidName},
		"name turned around": {func(n *platform.NewAccount) { n.Name = "a\u202eb" }, platform.ErrInvalidName},
		"no password":        {func(n *platform.NewAccount) { n.Password = "" }, platform.ErrPasswordShort},
		"nine characters":    {func(n *platform.NewAccount) { n.Password = "ééééééééé"[:18] }, platform.ErrPasswordShort},
		"long password":      {func(n *platform.NewAccount) { n.Password = strings.Repeat("a", 1025) }, platform.ErrPasswordLong},
		"control password":   {func(n *platform.NewAccount) { n.Password = "0123456789\x00" }, platform.ErrInvalidPassword},
		"bad tier":           {func(n *platform.NewAccount) { n.Tier = "a\nb" }, platform.ErrInvalidTier},
	} {
		n := good
		test.change(&n)
		if _, err := s.CreateLocal(t.Context(), n); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	good.Password = strings.Repeat("a", 1024)
	if _, err := s.CreateLocal(t.Context(), good); err != nil {
		t.Errorf("a password of 1024 bytes: %v", err)
	}
}

func TestCreateLocalRace(t *testing.T) {
	s, _ := MustOpen(t)
	made := 0
	for _, err := range together(16, func(int) error {
		_, err := s.CreateLocal(t.Context(), platform.NewAccount{Login: "alice", Password: goodPassword})
		return err
	}) {
		switch {
		case err == nil:
			made++
		case !errors.Is(err, platform.ErrLoginTaken):
			t.Error(err)
		}
	}
	if made != 1 {
		t.Errorf("%d accounts have the login", made)
	}
}
