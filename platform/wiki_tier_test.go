package platform_test

import (
	"errors"
	"testing"

	"github.com/holtdb/holt/platform"
)

func TestWikiAndTier(t *testing.T) {
	s, _ := MustOpen(t)
	ann := MustCreate(t, s, "ann", false)
	slug := MustSlug(t, "garden")
	if _, _, err := s.WikiAndTier(t.Context(), slug); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("no wiki: %v", err)
	}
	MustWiki(t, s, ann.ID, "garden")
	check := func(tier string) {
		t.Helper()
		w, got, err := s.WikiAndTier(t.Context(), slug)
		if err != nil || w.Owner != ann.ID || got.Name != tier {
			t.Errorf("%+v, %+v, %v; want tier %s", w, got, err, tier)
		}
		whole, err := s.Tier(t.Context(), tier)
		if err != nil || got != whole {
			t.Errorf("%+v, want %+v, %v", got, whole, err)
		}
	}
	check(platform.TierFree)
	if err := s.SetTier(t.Context(), ann.ID, "premium"); err != nil {
		t.Fatal(err)
	}
	check("premium")
}
