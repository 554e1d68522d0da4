package wiki_test

import (
	"errors"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

func TestMembers(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	f.prefer(t, "garden", map[string]string{"WRITE_ACCESS": "ADMIN", "ATTACHMENT_ACCESS": "ADMIN"})
	s := MustOwn(t, w)
	ann, err := s.SaveMember(t.Context(), wiki.Member{Account: "acct-ann", Email: "ann", Member: wiki.RoleEditor.Flags()})
	if err != nil || ann.ID == 0 || ann.Name != "ann" || wiki.RoleOf(ann.Member) != wiki.RoleEditor {
		t.Fatalf("%+v, %v", ann, err)
	}
	visit := func() *wiki.Session { return MustVisit(t, w, wiki.Visitor{Account: "acct-ann", Name: "Ann"}) }
	MustSave(t, visit(), "Hers", "x\n")
	for _, m := range []wiki.Member{{Account: "acct-ann", Email: "other"}, {Account: "other", Email: "ann"}} {
		if _, err := s.SaveMember(t.Context(), m); !errors.Is(err, wiki.ErrExists) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	if _, err := s.SaveMember(t.Context(), wiki.Member{Account: "x"}); !errors.Is(err, wiki.ErrInvalid) {
		t.Errorf("nobody: %v", err)
	}
	ann.Member = wiki.RoleViewer.Flags()
	if _, err := s.SaveMember(t.Context(), ann); err != nil {
		t.Fatal(err)
	}
	if _, err := visit().Save(t.Context(), wiki.Edit{Name: MustName(t, "More"), Text: "x", Message: "m"}); !errors.Is(err, wiki.ErrForbidden) {
		t.Errorf("a viewer writes: %v", err)
	}
	for what, call := range map[string]func(*wiki.Session) error{
		"members": func(s *wiki.Session) error { _, err := s.Members(t.Context()); return err },
		"member":  func(s *wiki.Session) error { _, err := s.Member(t.Context(), ann.ID); return err },
		"save":    func(s *wiki.Session) error { _, err := s.SaveMember(t.Context(), ann); return err },
		"remove":  func(s *wiki.Session) error { return s.RemoveMember(t.Context(), ann.ID) },
		"rules":   func(s *wiki.Session) error { _, err := s.Rules(t.Context()); return err },
		"rule":    func(s *wiki.Session) error { return s.SaveRule(t.Context(), access.Rule{Path: "x"}) },
		"unrule":  func(s *wiki.Session) error { return s.RemoveRule(t.Context(), 1) },
		"tidy":    func(s *wiki.Session) error { _, err := s.Housekeeping(t.Context()); return err },
		"draft":   func(s *wiki.Session) error { return s.RemoveDraft(t.Context(), 1) },
		"prefer": func(s *wiki.Session) error {
			return s.SavePreferences(t.Context(), preferences.ApplicationPage, map[string][]string{"SITE_NAME": {"mine"}})
		},
	} {
		if err := call(visit()); !errors.Is(err, wiki.ErrForbidden) {
			t.Errorf("%s by a viewer: %v", what, err)
		}
	}
	if err := s.RemoveMember(t.Context(), ann.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := visit().Page(t.Context(), MustName(t, "Hers")); !errors.Is(err, wiki.ErrNotFound) {
		t.Errorf("removed and still there: %v", err)
	}
}

func TestMembers_LastAdmin(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	s := MustOwn(t, f.MustWiki(t, "garden", preferences.Private))
	all, err := s.Members(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	olga := all[0]
	// An admin whom nobody can sign in as is none.
	imported, err := s.SaveMember(t.Context(), wiki.Member{Email: "old@example.org", Member: wiki.RoleAdmin.Flags()})
	if err != nil {
		t.Fatal(err)
	}
	demoted, unlinked := olga, olga
	demoted.Member, unlinked.Account = wiki.RoleViewer.Flags(), ""
	_, demote := s.SaveMember(t.Context(), demoted)
	_, unlink := s.SaveMember(t.Context(), unlinked)
	for what, err := range map[string]error{"demoted": demote, "unlinked": unlink, "removed": s.RemoveMember(t.Context(), olga.ID)} {
		if !errors.Is(err, wiki.ErrLastAdmin) {
			t.Errorf("%s: %v", what, err)
		}
	}
	imported.Account = "acct-old"
	if _, err := s.SaveMember(t.Context(), imported); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveMember(t.Context(), olga.ID); err != nil {
		t.Errorf("with another admin: %v", err)
	}
	if err := s.RemoveMember(t.Context(), imported.ID); !errors.Is(err, wiki.ErrLastAdmin) {
		t.Errorf("the other: %v", err)
	}
}

func TestAskForAccess(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w := f.MustWiki(t, "garden", preferences.Private)
	f.prefer(t, "garden", map[string]string{"AUTO_APPROVAL": "False", "DISABLE_REGISTRATION": "False"})
	ann := wiki.Visitor{Account: "acct-ann", Name: "Ann", Email: "ann"}
	for range 2 { // asking twice is one request
		if approved, err := MustVisit(t, w, ann).AskForAccess(t.Context()); err != nil || approved {
			t.Errorf("%v, %v", approved, err)
		}
	}
	s := MustOwn(t, w)
	all, err := s.Members(t.Context())
	if err != nil || len(all) != 2 || wiki.RoleOf(all[0].Member) != wiki.RoleWaiting || all[0].Account != ann.Account {
		t.Fatalf("%+v, %v", all, err)
	}
	if MustVisit(t, w, ann).View().Base() != access.None {
		t.Error("who waits may read")
	}
	all[0].Approved = true
	if _, err := s.SaveMember(t.Context(), all[0]); err != nil || !MustVisit(t, w, ann).View().Base().Has(access.Write) {
		t.Errorf("approved: %v", err)
	}
	if _, err := MustVisit(t, w, wiki.Visitor{}).AskForAccess(t.Context()); !errors.Is(err, wiki.ErrForbidden) {
		t.Errorf("a stranger: %v", err)
	}
	f.prefer(t, "garden", map[string]string{"AUTO_APPROVAL": "True"})
	if approved, err := MustVisit(t, w, wiki.Visitor{Account: "acct-bob", Name: "Bob", Email: "ann"}).AskForAccess(t.Context()); err != nil || !approved {
		t.Errorf("at once: %v, %v", approved, err)
	}
	f.prefer(t, "garden", map[string]string{"DISABLE_REGISTRATION": "True"})
	if _, err := MustVisit(t, w, wiki.Visitor{Account: "acct-cid"}).AskForAccess(t.Context()); !errors.Is(err, wiki.ErrForbidden) {
		t.Errorf("closed: %v", err)
	}
}

// TestSettings_OtherProcess changes settings beside an open wiki.
func TestSettings_OtherProcess(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	w, beside := f.MustWiki(t, "garden", preferences.Private), f.MustWiki(t, "meadow", preferences.Private)
	stranger := func(w *wiki.Wiki) access.Set { return MustVisit(t, w, wiki.Visitor{}).View().Base() }
	steps := []struct {
		query string
		args  []any
		want  access.Set
	}{
		{"UPDATE preferences SET value = 'ANONYMOUS' WHERE name = 'READ_ACCESS'", nil, access.Read},
		{"UPDATE preferences SET value = 'ANONYMOUS' WHERE name = 'WRITE_ACCESS'", nil, access.Read | access.Write},
		{"UPDATE preferences SET value = 'whoever' WHERE name = 'READ_ACCESS'", nil, access.None},
		{"UPDATE preferences SET value = NULL WHERE name = 'READ_ACCESS'", nil, access.None},
		{"DELETE FROM preferences WHERE name = 'READ_ACCESS'", nil, access.None},
		{"INSERT INTO preferences VALUES ('READ_ACCESS', 'anonymous')", nil, access.Read | access.Write},
	}
	for _, step := range steps {
		f.exec(t, "garden", step.query, step.args...)
		if got := stranger(w); got != step.want {
			t.Errorf("%s: %v, want %v", step.query, got, step.want)
		}
		if got := stranger(beside); got != access.None {
			t.Errorf("the other wiki: %v", got)
		}
	}
	f.exec(t, "garden", "INSERT INTO rules (path, tree, who, grants) VALUES ('Home', 0, 'unreadable', 'R')")
	if MustVisit(t, w, wiki.Visitor{}).View().Can("Home", access.Read) {
		t.Error("a rule that cannot be read leaves its page open")
	}
	f.exec(t, "garden", "INSERT INTO user (name, email, account, is_approved, is_admin) VALUES ('Eve', 'eve', 'acct-eve', 0, 1)")
	if got := MustVisit(t, w, wiki.Visitor{Account: "acct-eve"}).View().Base(); got != access.All {
		t.Errorf("an admin: %v", got)
	}
	f.exec(t, "garden", "DELETE FROM user WHERE account = 'acct-eve'")
	if got := MustVisit(t, w, wiki.Visitor{Account: "acct-eve"}).View().Base(); got == access.All {
		t.Error("an admin no more, and still one")
	}
}
