package platform_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
)

func MustReserve(tb testing.TB, s *platform.Store, owner, slug string) platform.Wiki {
	tb.Helper()
	w, err := s.ReserveWiki(tb.Context(), platform.NewWiki{Owner: owner, Slug: MustSlug(tb, slug)})
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// MustWiki makes a wiki that people may visit.
func MustWiki(tb testing.TB, s *platform.Store, owner, slug string) platform.Wiki {
	tb.Helper()
	w := MustReserve(tb, s, owner, slug)
	if err := s.ConfirmWiki(tb.Context(), w.ID); err != nil {
		tb.Fatal(err)
	}
	return w
}

func MustRemove(tb testing.TB, s *platform.Store, slug platform.Slug) {
	tb.Helper()
	if err := s.RemoveWiki(tb.Context(), slug); err != nil {
		tb.Fatal(err)
	}
}

// slugs lists wikis, the removed ones with a minus.
func slugs(wikis []platform.Wiki, err error) string {
	if err != nil {
		return err.Error()
	}
	var names []string
	for _, w := range wikis {
		name := w.Slug.String()
		if !w.Removed.IsZero() {
			name = "-" + name
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestWiki(t *testing.T) {
	s, now := MustOpen(t)
	alice := MustCreate(t, s, "alice", false)
	slug := MustSlug(t, "garden")
	w, err := s.ReserveWiki(t.Context(), platform.NewWiki{Owner: alice.ID, Slug: slug, Name: " Garden ", Purpose: "Plants"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Wiki(t.Context(), slug); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("a wiki without a home is found: %v", err)
	}
	if got := slugs(s.WikisOf(t.Context(), alice.ID)) + slugs(s.Wikis(t.Context(), "", platform.Slug{}, 10)); got != "" {
		t.Errorf("a wiki without a home is listed: %s", got)
	}
	if err := s.ConfirmWiki(t.Context(), w.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.ConfirmWiki(t.Context(), w.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("confirmed twice: %v", err)
	}
	if err := s.CancelWiki(t.Context(), w.ID); err != nil {
		t.Errorf("cancelled after it was confirmed: %v", err)
	}
	want := platform.Wiki{
		ID: w.ID, Slug: slug, Owner: alice.ID, OwnerName: "alice", Name: "Garden", Purpose: "Plants",
		Created: now.Now(), LastUsed: now.Now(),
	}
	if got, err := s.Wiki(t.Context(), slug); err != nil || got != want || w != want {
		t.Errorf("wiki: %+v, %v; reserved as %+v", got, err, w)
	}
	if _, err := s.Wiki(t.Context(), platform.Slug{}); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("no slug: %v", err)
	}
}

func TestReserveWikiRefuses(t *testing.T) {
	s, _ := MustOpen(t)
	MustCreate(t, s, "root", true)
	alice, mallory := MustCreate(t, s, "alice", false), MustCreate(t, s, "mallory", false)
	if err := s.SetSuspended(t.Context(), mallory.ID, true); err != nil {
		t.Fatal(err)
	}
	MustWiki(t, s, alice.ID, "taken")
	MustReserve(t, s, alice.ID, "reserved")
	free := MustSlug(t, "free")
	for name, test := range map[string]struct {
		wiki platform.NewWiki
		want error
	}{
		"taken":         {platform.NewWiki{Owner: alice.ID, Slug: MustSlug(t, "taken")}, platform.ErrExists},
		"being made":    {platform.NewWiki{Owner: alice.ID, Slug: MustSlug(t, "reserved")}, platform.ErrExists},
		"no slug":       {platform.NewWiki{Owner: alice.ID}, platform.ErrInvalidSlug},
		"nobody's":      {platform.NewWiki{Owner: "nobody", Slug: free}, platform.ErrNotFound},
		"suspended":     {platform.NewWiki{Owner: mallory.ID, Slug: free}, platform.ErrSuspended},
		"two lines":     {platform.NewWiki{Owner: alice.ID, Slug: free, Name: "a\nb"}, platform.ErrInvalidName},
		"long purpose":  {platform.NewWiki{Owner: alice.ID, Slug: free, Purpose: strings.Repeat("x", 201)}, platform.ErrInvalidPurpose},
		"bad purpose":   {platform.NewWiki{Owner: alice.ID, Slug: free, Purpose: "\u202e"}, platform.ErrInvalidPurpose},
		"purpose bytes": {platform.NewWiki{Owner: alice.ID, Slug: free, Purpose: "\xff"}, platform.ErrInvalidPurpose},
	} {
		if _, err := s.ReserveWiki(t.Context(), test.wiki); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestWikisPerTier(t *testing.T) {
	s, _ := MustOpen(t)
	root, alice := MustCreate(t, s, "root", true), MustCreate(t, s, "alice", false)
	for i := range 3 {
		MustWiki(t, s, alice.ID, fmt.Sprint("wiki", i))
		MustWiki(t, s, root.ID, fmt.Sprint("root", i))
	}
	more := func(owner string) error {
		_, err := s.ReserveWiki(t.Context(), platform.NewWiki{Owner: owner, Slug: MustSlug(t, "one-more")})
		return err
	}
	var many *platform.TooManyWikis
	if err := more(alice.ID); !errors.As(err, &many) || !errors.Is(err, platform.ErrTooMany) || *many != (platform.TooManyWikis{Owned: 3, Allowed: 3}) {
		t.Errorf("a fourth wiki in the tier free: %v", err)
	}
	if err := s.SetTier(t.Context(), alice.ID, "enterprise"); err != nil {
		t.Fatal(err)
	}
	if err := more(alice.ID); !errors.Is(err, platform.ErrTooMany) {
		t.Errorf("a fourth wiki in an unknown tier: %v", err)
	}
	if err := more(root.ID); err != nil {
		t.Errorf("an administrator's fourth wiki: %v", err)
	}
	if err := s.SetTier(t.Context(), alice.ID, "ultra"); err != nil {
		t.Fatal(err)
	}
	MustWiki(t, s, alice.ID, "unlimited")
}

// TestReserveWikiRace has two processes reserve at once: of the last place in a
// tier, and of one address, exactly one succeeds.
func TestReserveWikiRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "holt.db")
	stores := []*platform.Store{MustOpenFile(t, path, cheap()), MustOpenFile(t, path, cheap())}
	alice := MustCreate(t, stores[0], "alice", false)
	MustWiki(t, stores[0], alice.ID, "one")
	MustReserve(t, stores[0], alice.ID, "two")
	count := func(want error, reserve func(i int) platform.NewWiki) {
		t.Helper()
		made := 0
		for _, err := range together(8, func(i int) error {
			_, err := stores[i%2].ReserveWiki(t.Context(), reserve(i))
			return err
		}) {
			switch {
			case err == nil:
				made++
			case !errors.Is(err, want):
				t.Error(err)
			}
		}
		if made != 1 {
			t.Errorf("%d reservations succeeded, want 1", made)
		}
	}
	count(platform.ErrTooMany, func(i int) platform.NewWiki {
		return platform.NewWiki{Owner: alice.ID, Slug: MustSlug(t, fmt.Sprint("place", i))}
	})
	count(platform.ErrExists, func(i int) platform.NewWiki {
		return platform.NewWiki{Owner: MustCreate(t, stores[0], fmt.Sprint("user", i), false).ID, Slug: MustSlug(t, "address")}
	})
}

func TestAbandonedReservation(t *testing.T) {
	s, now := MustOpen(t)
	alice, bob := MustCreate(t, s, "alice", false), MustCreate(t, s, "bob", false)
	lost := MustReserve(t, s, alice.ID, "lost")
	MustReserve(t, s, alice.ID, "left")
	if got := slugs(s.AbandonedWikis(t.Context())); got != "" {
		t.Errorf("abandoned at once: %s", got)
	}
	now.Add(platform.ReservationLife)
	if err := s.ConfirmWiki(t.Context(), lost.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("confirmed too late: %v", err)
	}
	if got := slugs(s.AbandonedWikis(t.Context())); got != "left lost" {
		t.Errorf("abandoned: %s", got)
	}
	for i := range 3 { // they hold no place
		MustWiki(t, s, alice.ID, fmt.Sprint("wiki", i))
	}
	taken := MustWiki(t, s, bob.ID, "lost")
	for name, do := range map[string]func(ctx context.Context, wikiID string) error{
		"confirmed": s.ConfirmWiki, "cancelled": s.CancelWiki,
	} {
		err := do(t.Context(), lost.ID)
		if got, found := s.Wiki(t.Context(), taken.Slug); found != nil || got.ID != taken.ID || got.Owner != bob.ID {
			t.Errorf("%s by the former reservation: %v, the wiki is %+v, %v", name, err, got, found)
		}
	}
}

func TestCancelWiki(t *testing.T) {
	s, _ := MustOpen(t)
	alice := MustCreate(t, s, "alice", false)
	w := MustReserve(t, s, alice.ID, "garden")
	for range 2 {
		if err := s.CancelWiki(t.Context(), w.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ConfirmWiki(t.Context(), w.ID); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("confirmed after it was cancelled: %v", err)
	}
	MustWiki(t, s, alice.ID, "garden")
}

func TestWikisAreSearched(t *testing.T) {
	s, _ := MustOpen(t)
	root := MustCreate(t, s, "root", true)
	zoe := MustCreate(t, s, "zoe", false)
	for _, slug := range []string{"apples", "pears", "plums"} {
		MustWiki(t, s, root.ID, slug)
	}
	MustWiki(t, s, zoe.ID, "berries")
	MustReserve(t, s, zoe.ID, "pending-apples")
	if err := s.RenameWiki(t.Context(), MustSlug(t, "plums"), "100% Fruit_", ""); err != nil {
		t.Fatal(err)
	}
	MustRemove(t, s, MustSlug(t, "pears"))
	for text, want := range map[string]string{
		"": "apples berries -pears plums", "APP": "apples", "fruit_": "plums", "%": "plums", "_": "plums",
		"zo": "berries", "ear": "-pears", "cherries": "", "'": "",
	} {
		if got := slugs(s.Wikis(t.Context(), text, platform.Slug{}, 10)); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	var pages []string
	for after := (platform.Slug{}); ; {
		page, err := s.Wikis(t.Context(), "", after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		pages = append(pages, slugs(page, nil))
		after = page[len(page)-1].Slug
	}
	if !slices.Equal(pages, []string{"apples berries -pears", "plums"}) {
		t.Errorf("pages: %q", pages)
	}
}

func TestWikiFiguresAndUse(t *testing.T) {
	s, now := MustOpen(t)
	w := MustWiki(t, s, MustCreate(t, s, "alice", false).ID, "garden")
	if err := s.SetWikiFigures(t.Context(), w.Slug, platform.WikiFigures{Pages: 7, Bytes: 4096}); err != nil {
		t.Fatal(err)
	}
	now.Add(59 * time.Second)
	if err := s.TouchWiki(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	got, err := s.Wiki(t.Context(), w.Slug)
	if err != nil || got.Pages != 7 || got.Bytes != 4096 || !got.LastUsed.Equal(w.LastUsed) {
		t.Errorf("within a minute: %+v, %v", got, err)
	}
	now.Add(time.Second)
	if err := s.TouchWiki(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if got, err = s.Wiki(t.Context(), w.Slug); err != nil || !got.LastUsed.Equal(now.Now()) {
		t.Errorf("after a minute: %+v, %v", got, err)
	}
	if err := s.SetWikiFigures(t.Context(), MustSlug(t, "nothing"), platform.WikiFigures{}); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("size of nothing: %v", err)
	}
}

func TestRenameWiki(t *testing.T) {
	s, _ := MustOpen(t)
	w := MustWiki(t, s, MustCreate(t, s, "alice", false).ID, "garden")
	if err := s.RenameWiki(t.Context(), w.Slug, "Vegetables", "Beds and yields"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Wiki(t.Context(), w.Slug); err != nil || got.Name != "Vegetables" || got.Purpose != "Beds and yields" {
		t.Errorf("renamed: %+v, %v", got, err)
	}
	if err := s.RenameWiki(t.Context(), w.Slug, "a\tb", ""); !errors.Is(err, platform.ErrInvalidName) {
		t.Errorf("bad name: %v", err)
	}
	if err := s.RenameWiki(t.Context(), MustSlug(t, "nothing"), "x", ""); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("nothing: %v", err)
	}
}
