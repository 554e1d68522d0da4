package wiki_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// TestIsolation plants a secret of its own in each of ten private wikis and
// looks for it as everybody who is a member of the others.
func TestIsolation(t *testing.T) {
	const wikis = 10
	f := MustFarm(t, wiki.Config{})
	slug := func(i int) string { return fmt.Sprintf("wiki-%d", i) }
	secret := func(i int) string { return fmt.Sprintf("secret%dx", i) }
	member := func(i int) wiki.Visitor {
		account := fmt.Sprintf("acct-%d", i)
		return wiki.Visitor{Account: account, Draft: account, Name: account, Email: "someone"} // the same address everywhere
	}
	const pages = "Home Plan Gone"
	for i := range wikis { // the registry keeps eight open: they come and go
		f.with(t, slug(i), preferences.Private, func(w *wiki.Wiki) {
			s := MustOwn(t, w)
			words := secret(i)
			MustSave(t, s, "Home", "---\ntitle: "+words+"\ntags: ["+words+"]\n---\n"+words+" [["+words+"]]\n")
			MustSave(t, s, "Plan", words+"\n")
			MustSave(t, s, "Gone", words+"\n")
			if _, err := s.Delete(t.Context(), MustName(t, "Gone"), false, words); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Attach(t.Context(), upload(t, "Home", words+".txt", words)); err != nil {
				t.Fatal(err)
			}
			if err := s.SaveDraft(t.Context(), wiki.Draft{Page: "Plan", Text: words}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.SaveMember(t.Context(), wiki.Member{Account: member(i).Account, Name: words, Email: "someone", Member: wiki.RoleEditor.Flags()}); err != nil {
				t.Fatal(err)
			}
			f.prefer(t, slug(i), map[string]string{"SITE_DESCRIPTION": words})
		})
	}
	names := strings.Fields(pages)
	for i := range wikis {
		f.with(t, slug(i), preferences.Private, func(w *wiki.Wiki) {
			if own := everything(t, MustVisit(t, w, member(i)), names...); !strings.Contains(own, secret(i)) {
				t.Errorf("the members of %d do not see it", i)
			}
			for j := range wikis {
				if i == j {
					continue
				}
				s := MustVisit(t, w, member(j))
				if s.View().Base() != 0 {
					t.Errorf("a member of %d has %v in %d", j, s.View().Base(), i)
				}
				if seen := everything(t, s, names...); strings.Contains(seen, "secret") {
					t.Errorf("a member of %d sees in %d: %s", j, i, seen)
				}
			}
			// Nor does the owner of all find one wiki's words in another.
			for j := range wikis {
				if seen := everything(t, MustOwn(t, w), names...); (i == j) != strings.Contains(seen, secret(j)) {
					t.Errorf("the words of %d in %d: %s", j, i, seen)
				}
			}
		})
	}
}
