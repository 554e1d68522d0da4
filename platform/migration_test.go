package platform_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/sqlite"
)

// TestMigrateTiers opens a database from before there were wikis, whose
// administrator has made a tier: it must not become unlimited.
func TestMigrateTiers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "holt.db")
	first, err := os.ReadFile("migrations/0001_platform.sql")
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Create: true, Schema: sqlite.Schema{
		ApplicationID: platform.ApplicationID,
		Steps:         []string{string(first) + "INSERT INTO tiers VALUES ('lab', 1, 2, 3, 4);"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s := MustOpenFile(t, path, cheap())
	free, err := s.Tier(t.Context(), platform.TierFree)
	if err != nil {
		t.Fatal(err)
	}
	want := platform.Tier{
		Name: "lab", Documents: 1, FileBytes: 2, DatabaseBytes: 3, UploadBytes: 4,
		Wikis: free.Wikis, WikiBytes: free.WikiBytes, WikiPages: free.WikiPages, AttachmentBytes: free.AttachmentBytes,
	}
	if lab, err := s.Tier(t.Context(), "lab"); err != nil || lab != want || lab.Wikis == 0 {
		t.Errorf("the tier is %+v, %v", lab, err)
	}
}

func TestSweepWikis(t *testing.T) {
	h := MustHandOvers(t)
	w, err := h.Wiki(t.Context(), h.wiki)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.OfferWiki(t.Context(), w.Slug, h.account.ID); err != nil {
		t.Fatal(err)
	}
	MustReserve(t, h.Store, w.Owner, "pending")
	live, _, err := h.CreateWikiToken(t.Context(), w.Slug, w.Owner, "x", platform.RoleViewer, h.now.Now().Add(1000*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	invitation := MustInviteToWiki(t, h.Store, w, w.Owner, 1)
	session := h.MustArrive(t)
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.WikiSession(t.Context(), session, w.Slug); err != nil {
		t.Errorf("a live session was swept: %v", err)
	}
	if swept, err := h.Wiki(t.Context(), w.Slug); err != nil || swept.OfferedTo != h.account.ID {
		t.Errorf("a live offer was swept: %+v, %v", swept, err)
	}
	h.now.Add(platform.OfferLife)
	if err := h.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if swept, err := h.Wiki(t.Context(), w.Slug); err != nil || swept.OfferedTo != "" {
		t.Errorf("an old offer stays: %+v, %v", swept, err)
	}
	if _, _, err := h.WikiToken(t.Context(), live); err != nil {
		t.Errorf("a live token was swept: %v", err)
	}
	if _, err := h.WikiInvitation(t.Context(), invitation); err != nil {
		t.Errorf("a live invitation was swept: %v", err)
	}
	if _, _, err := h.WikiSession(t.Context(), session, w.Slug); !errors.Is(err, platform.ErrNotFound) {
		t.Errorf("a session outlives its parent: %v", err)
	}
	if got := slugs(h.AbandonedWikis(t.Context())); got != "pending" {
		t.Errorf("abandoned wikis after sweeping: %q", got)
	}
}
