package access_test

import (
	"encoding/csv"
	"os"
	"testing"

	"github.com/holtdb/holt/wiki/access"
)

// otterCallers are the callers in the columns of Otter Wiki's table.
func otterCallers() map[string]access.Caller {
	row := func(m access.Member) access.Caller { return access.Caller{Account: "a1", Member: &m} }
	return map[string]access.Caller{
		"anonymous":        {},
		"registered":       {Account: "a1"},
		"approved":         row(access.Member{Approved: true}),
		"approved+R":       row(access.Member{Approved: true, Read: true}),
		"approved+RW":      row(access.Member{Approved: true, Read: true, Write: true}),
		"approved+RWU":     row(access.Member{Approved: true, Read: true, Write: true, Upload: true}),
		"not-approved+RWU": row(access.Member{Read: true, Write: true, Upload: true}),
		"admin":            row(access.Member{Admin: true}),
	}
}

func TestPermissionsEqualOtterWikis(t *testing.T) {
	f, err := os.Open("testdata/otterwiki-access.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	callers := otterCallers()
	header, cells := table[0], 0
	settings := map[access.Levels]bool{}
	for _, row := range table[1:] {
		levels := access.Levels{
			Read: access.ParseLevel(row[0]), Write: access.ParseLevel(row[1]), Attachment: access.ParseLevel(row[2]),
		}
		if levels.Read.String() != row[0] || levels.Write.String() != row[1] || levels.Attachment.String() != row[2] {
			t.Fatalf("levels %v were read as %v", row[:3], levels)
		}
		settings[levels] = true
		for i, want := range row[3:] {
			name := header[3+i]
			caller, ok := callers[name]
			if !ok {
				t.Fatalf("the table has a caller %q", name)
			}
			if got := access.Permissions(levels, caller); got.String() != want {
				t.Errorf("%v, %s: %s, want %s", row[:3], name, got, want)
			}
			if got := access.NewView(levels, access.Rules{}, caller, access.Ceiling{}).At("Home"); got.String() != want {
				t.Errorf("%v, %s: the view has %s, want %s", row[:3], name, got, want)
			}
			cells++
		}
	}
	if cells != 512 || len(settings) != 64 {
		t.Errorf("compared %d cells of %d settings, want 512 of 64", cells, len(settings))
	}
}

func TestPermissionsOfOtherCallers(t *testing.T) {
	open := access.Levels{Read: access.Anonymous, Write: access.Anonymous, Attachment: access.Anonymous}
	private := access.Levels{Read: access.Approved, Write: access.Approved, Attachment: access.Approved}
	writer := &access.Member{Approved: true, Read: true, Write: true}
	admin := &access.Member{Approved: true, Admin: true}
	set := func(s access.Set) *access.Set { return &s }

	tests := []struct {
		name   string
		levels access.Levels
		caller access.Caller
		want   string
	}{
		{"owner", private, access.Caller{Account: "a1", Owner: true}, "RWUA"},
		{"owner of a wiki for nobody", access.Levels{}, access.Caller{Account: "a1", Owner: true}, "RWUA"},
		{"owner without account", private, access.Caller{Owner: true}, "-"},
		{"member without account", private, access.Caller{Member: admin}, "-"},
		{"row that waits for approval", private, access.Caller{Account: "a1", Member: &access.Member{}}, "-"},
		{"unknown levels", access.Levels{Read: 77, Write: 77, Attachment: 77}, access.Caller{Account: "a1", Member: &access.Member{Approved: true}}, "-"},

		{"proxy states some", private, access.Caller{Account: "a1", Proxy: set(access.Read | access.Write)}, "RW"},
		{"proxy states less than the levels", open, access.Caller{Account: "a1", Proxy: set(access.None)}, "-"},
		{"proxy states less than the row", open, access.Caller{Account: "a1", Member: admin, Owner: true, Proxy: set(access.Read)}, "R"},
		{"proxy states writing without reading", open, access.Caller{Account: "a1", Proxy: set(access.Write)}, "-"},
		{"proxy states uploading without writing", open, access.Caller{Account: "a1", Proxy: set(access.Read | access.Upload)}, "R"},
		{"proxy states administration alone", open, access.Caller{Account: "a1", Proxy: set(access.Admin)}, "A"},
		{"proxy states bits without meaning", private, access.Caller{Account: "a1", Proxy: set(0xF1)}, "R"},

		{"token for reading, of the owner", private, access.Caller{Account: "a1", Owner: true, Limit: set(access.Read)}, "R"},
		{"token of an editor, of an admin", private, access.Caller{Account: "a1", Member: admin, Limit: set(access.Read | access.Write | access.Upload)}, "RWU"},
		{"token of an editor, of a reader", access.Levels{}, access.Caller{Account: "a1", Member: &access.Member{Approved: true, Read: true}, Limit: set(access.Read | access.Write | access.Upload)}, "R"},
		{"token of an admin, of a writer", access.Levels{}, access.Caller{Account: "a1", Member: writer, Limit: set(access.All)}, "RW"},
		{"token for nothing", open, access.Caller{Account: "a1", Owner: true, Limit: set(access.None)}, "-"},
		{"token for writing without reading", open, access.Caller{Account: "a1", Owner: true, Limit: set(access.Write)}, "-"},
		{"token through a proxy", open, access.Caller{Account: "a1", Proxy: set(access.All), Limit: set(access.Read)}, "R"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := access.Permissions(test.levels, test.caller); got.String() != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

// TestProxyWithoutNameIsAnonymous follows Otter Wiki: whom the proxy does not
// name is anonymous, and has nothing, whatever permissions and levels say.
func TestProxyWithoutNameIsAnonymous(t *testing.T) {
	stated := access.All
	caller := access.Caller{Proxy: &stated, Owner: true}
	open := access.Levels{Read: access.Anonymous, Write: access.Anonymous, Attachment: access.Anonymous}
	if got := access.Permissions(open, caller); got != access.None {
		t.Errorf("an open wiki gives %s", got)
	}
	rules := access.NewRules([]access.Rule{
		{Path: "Members", Tree: true, Who: access.Who{Group: access.ApprovedMembers}, Grant: access.Read},
		{Path: "Public", Tree: true, Who: access.Who{Group: access.Everybody}, Grant: access.Read},
	})
	view := access.NewView(open, rules, caller, access.Ceiling{})
	if got := view.At("Members/List"); got != access.None {
		t.Errorf("a tree for members gives %s", got)
	}
	if got := view.At("Public/News"); got != access.Read {
		t.Errorf("a tree for everybody gives %s, want R", got)
	}
}

// TestPermissions_Viewer holds a viewer to reading where the levels would let
// every approved member write, and leaves the member's own flags in force.
func TestPermissions_Viewer(t *testing.T) {
	all := access.Levels{Read: access.Approved, Write: access.Approved, Attachment: access.Approved}
	open := access.Levels{Read: access.Anonymous, Write: access.Anonymous, Attachment: access.Anonymous}
	for _, c := range []struct {
		levels access.Levels
		member access.Member
		want   access.Set
	}{
		{all, access.Member{Approved: true, Read: true}, access.Read | access.Write | access.Upload},
		{all, access.Member{Approved: true, Read: true, Viewer: true}, access.Read},
		{open, access.Member{Approved: true, Read: true, Viewer: true}, access.Read},
		{all, access.Member{Approved: true, Read: true, Write: true, Viewer: true}, access.Read | access.Write},
		{all, access.Member{Admin: true, Viewer: true}, access.All},
	} {
		if got := access.Permissions(c.levels, access.Caller{Account: "a", Member: &c.member}); got != c.want {
			t.Errorf("%+v under %+v: %v, want %v", c.member, c.levels, got, c.want)
		}
	}
}
