package identity_test

import (
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/holtdb/holt/identity"
)

const (
	otterName        = "X-Otterwiki-Name"
	otterEmail       = "x-otterwiki-email"
	otterPermissions = "x-otterwiki-permissions"
)

func MustOtter(tb testing.TB, change func(*identity.OtterConfig)) *identity.Otter {
	tb.Helper()
	config := identity.DefaultOtterConfig(trusted())
	if change != nil {
		change(&config)
	}
	o, err := identity.NewOtter(config)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

func otter(name, email, permissions string) func(*http.Request) {
	return all(header(otterName, name), header(otterEmail, email), header(otterPermissions, permissions))
}

func TestOtter(t *testing.T) {
	o := MustOtter(t, nil)
	stranger := func(r *http.Request) { r.RemoteAddr = "198.51.100.1:1234" }
	ann := identity.OtterCaller{Name: "Ann", Email: "ann@example.org"}
	for name, test := range map[string]struct {
		change      func(*http.Request)
		name        string
		permissions string
		err         error
	}{
		"all":                {otter("Ann", ann.Email, "READ,WRITE,UPLOAD,ADMIN"), "Ann", "READ WRITE UPLOAD ADMIN", nil},
		"spaces":             {otter(" Ann ", ann.Email, "upload  read ,, WRITE"), "Ann", "READ WRITE UPLOAD", nil},
		"lower case":         {otter("Ann", ann.Email, "read"), "Ann", "READ", nil},
		"twice":              {otter("Ann", ann.Email, "READ,read,READ"), "Ann", "READ", nil},
		"gaps":               {otter("Ann", ann.Email, "ADMIN"), "Ann", "ADMIN", nil},
		"unknown":            {otter("Ann", ann.Email, "OWNER,READER,REA D"), "Ann", "", nil},
		"none":               {otter("Ann", ann.Email, ""), "Ann", "", nil},
		"permissions absent": {all(header(otterName, "Ann"), header(otterEmail, ann.Email)), "Ann", "", nil},
		"empty name":         {otter("", ann.Email, "READ"), ann.Email, "READ", nil},
		"not ASCII":          {otter("Zoë", ann.Email, "READ"), "Zoë", "READ", nil},

		"nothing":          {nil, "", "", identity.ErrNone},
		"name absent":      {all(header(otterEmail, ann.Email), header(otterPermissions, "READ")), "", "", identity.ErrNone},
		"email absent":     {all(header(otterName, "Ann"), header(otterPermissions, "READ")), "", "", identity.ErrNone},
		"empty email":      {otter("Ann", "", "READ"), "", "", identity.ErrNone},
		"only permissions": {header(otterPermissions, "ADMIN"), "", "", identity.ErrNone},
		"of a stranger":    {all(stranger, otter("Ann", ann.Email, "ADMIN")), "", "", identity.ErrNone},
		"forwarded":        {all(stranger, header("X-Forwarded-For", "192.0.2.1"), otter("Ann", ann.Email, "ADMIN")), "", "", identity.ErrNone},

		"two names":       {all(otter("Ann", ann.Email, "READ"), header(otterName, "Eve")), "", "", identity.ErrInvalid},
		"two emails":      {all(otter("Ann", ann.Email, "READ"), header(otterEmail, ann.Email)), "", "", identity.ErrInvalid},
		"two permissions": {all(otter("Ann", ann.Email, "READ"), header(otterPermissions, "ADMIN")), "", "", identity.ErrInvalid},
		"two, one empty":  {all(otter("Ann", ann.Email, ""), header(otterPermissions, "ADMIN")), "", "", identity.ErrInvalid},
		"not UTF-8":       {otter("Ann\xff", ann.Email, "READ"), "", "", identity.ErrInvalid},
		"invisible":       {otter("Ann\u202e", ann.Email, "READ"), "", "", identity.ErrInvalid},
		"two lines":       {otter("Ann", "ann@example.org\nEve", "READ"), "", "", identity.ErrInvalid},
		"10 kB":           {otter("Ann", ann.Email, strings.Repeat("READ,", 2000)), "", "", identity.ErrInvalid},
	} {
		caller, err := o.Caller(request(t, test.change))
		if !errors.Is(err, test.err) || err == nil && (caller.Name != test.name || caller.Email != ann.Email) ||
			strings.Join(caller.Permissions, " ") != test.permissions {
			t.Errorf("%s: %+v, %v; want %q, %q, %v", name, caller, err, test.name, test.permissions, test.err)
		}
	}
}

func TestOtterRoles(t *testing.T) {
	o := MustOtter(t, func(c *identity.OtterConfig) {
		c.NameHeader, c.EmailHeader, c.PermissionsHeader = "Remote-Name", "Remote-Email", "Remote-Groups"
		c.ReadRoles, c.WriteRoles, c.UploadRoles, c.AdminRoles = "member, Moderator admin", "moderator,admin", "", "admin"
	})
	for roles, want := range map[string]string{
		"member":                  "READ",
		"MODERATOR":               "READ WRITE",
		"guest, Admin":            "READ WRITE ADMIN",
		"guest":                   "",
		"READ,WRITE,UPLOAD":       "", // the names of permissions are no roles now
		"member,moderator,,admin": "READ WRITE ADMIN",
	} {
		caller, err := o.Caller(request(t, all(
			header("remote-name", "Ann"), header("remote-email", "ann@example.org"), header("remote-groups", roles))))
		if err != nil || strings.Join(caller.Permissions, " ") != want {
			t.Errorf("%q gives %v, %v; want %q", roles, caller.Permissions, err, want)
		}
	}
	if _, err := o.Caller(request(t, otter("Ann", "ann@example.org", "admin"))); !errors.Is(err, identity.ErrNone) {
		t.Errorf("headers of other names: %v", err)
	}
}

func TestNewOtterRefuses(t *testing.T) {
	for name, change := range map[string]func(*identity.OtterConfig){
		"nobody trusted":    func(c *identity.OtterConfig) { c.Trusted = nil },
		"everybody trusted": func(c *identity.OtterConfig) { c.Trusted = []netip.Prefix{netip.MustParsePrefix("::/0")} },
		"no prefix":         func(c *identity.OtterConfig) { c.Trusted = []netip.Prefix{{}} },
		"no name":           func(c *identity.OtterConfig) { c.NameHeader = "" },
		"no email":          func(c *identity.OtterConfig) { c.EmailHeader = "" },
		"no permissions":    func(c *identity.OtterConfig) { c.PermissionsHeader = "" },
	} {
		config := identity.DefaultOtterConfig(trusted())
		change(&config)
		if _, err := identity.NewOtter(config); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzOtter(f *testing.F) {
	o := MustOtter(f, nil)
	f.Add("Ann", "ann@example.org", "READ,WRITE")
	f.Add("", "a", "admin admin")
	f.Add("\xff", "\x00", ",")
	known := []string{identity.OtterRead, identity.OtterWrite, identity.OtterUpload, identity.OtterAdmin}
	f.Fuzz(func(t *testing.T, name, email, permissions string) {
		caller, err := o.Caller(request(t, otter(name, email, permissions)))
		if err != nil {
			if !errors.Is(err, identity.ErrNone) && !errors.Is(err, identity.ErrInvalid) || len(caller.Permissions) > 0 {
				t.Errorf("%+v, %v", caller, err)
			}
			return
		}
		if caller.Name == "" || caller.Email == "" || !utf8.ValidString(caller.Name+caller.Email) ||
			strings.ContainsAny(caller.Name+caller.Email, "\r\n\x00") {
			t.Errorf("the caller is %+q", caller)
		}
		given := 0
		for _, p := range known { // each only when it is written somewhere
			if slices.Contains(caller.Permissions, p) {
				given++
				if !strings.Contains(strings.ToLower(permissions), strings.ToLower(p)) {
					t.Errorf("%q gives %v", permissions, caller.Permissions)
				}
			}
		}
		if given != len(caller.Permissions) {
			t.Errorf("%q gives %v", permissions, caller.Permissions)
		}
	})
}
