package platform_test

import (
	"errors"
	"testing"

	"github.com/holtdb/holt/platform"
)

func TestWikiMembers(t *testing.T) {
	s, _ := MustOpen(t)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	w, other := MustWiki(t, s, alice.ID, "garden"), MustWiki(t, s, alice.ID, "kitchen")
	for _, role := range []string{"viewer", "read, upload", "read, upload"} {
		if err := s.SetWikiMember(t.Context(), w.Slug, bob.ID, role); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetWikiMember(t.Context(), other.Slug, bob.ID, "admin"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetWikiMember(t.Context(), w.Slug, alice.ID, "admin"); err != nil {
		t.Fatal(err)
	}
	MustRemove(t, s, other.Slug)
	shared, err := s.SharedWikis(t.Context(), bob.ID)
	if err != nil || len(shared) != 1 || shared[0].Wiki != w || shared[0].Role != "read, upload" {
		t.Errorf("shared with bob: %+v, %v", shared, err)
	}
	if shared, err := s.SharedWikis(t.Context(), alice.ID); err != nil || len(shared) != 0 {
		t.Errorf("shared with the owner: %+v, %v", shared, err)
	}
	events, err := s.Events(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	noted := 0
	for _, e := range events {
		if e.Action == platform.ActionWikiMember && e.Subject == "wikis/garden" {
			noted++
		}
	}
	if noted != 3 { // the repeated report changed nothing
		t.Errorf("%d changes of members are noted, want 3", noted)
	}
	for range 2 {
		if err := s.RemoveWikiMember(t.Context(), w.Slug, bob.ID); err != nil {
			t.Fatal(err)
		}
	}
	if shared, err := s.SharedWikis(t.Context(), bob.ID); err != nil || len(shared) != 0 {
		t.Errorf("shared after leaving: %+v, %v", shared, err)
	}
	for name, err := range map[string]error{
		"no wiki":    s.SetWikiMember(t.Context(), MustSlug(t, "nothing"), bob.ID, "viewer"),
		"no account": s.SetWikiMember(t.Context(), w.Slug, "nobody", "viewer"),
	} {
		if !errors.Is(err, platform.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.SetWikiMember(t.Context(), w.Slug, bob.ID, "a\nb"); !errors.Is(err, platform.ErrInvalidName) {
		t.Errorf("a role of two lines: %v", err)
	}
}
