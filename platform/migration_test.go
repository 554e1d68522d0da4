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

// MustOpenOlder opens a database that an older program has made by the given
// migrations, and then changed.
func MustOpenOlder(t *testing.T, changes string, migrations ...string) *platform.Store {
	t.Helper()
	path := filepath.Join(t.TempDir(), "holt.db")
	var steps []string
	for _, name := range migrations {
		step, err := os.ReadFile(filepath.Join("migrations", name))
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, string(step))
	}
	steps[len(steps)-1] += changes
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{Create: true, Schema: sqlite.Schema{
		ApplicationID: platform.ApplicationID, Steps: steps,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return MustOpenFile(t, path, cheap())
}

// TestMigrateTiers opens a database from before there were wikis, whose
// administrator has made a tier: it must not become unlimited.
func TestMigrateTiers(t *testing.T) {
	s := MustOpenOlder(t, "INSERT INTO tiers VALUES ('lab', 1, 2, 3, 4);", "0001_platform.sql")
	free, err := s.Tier(t.Context(), platform.TierFree)
	if err != nil {
		t.Fatal(err)
	}
	want := platform.Tier{
		Name: "lab", Documents: 1, FileBytes: 2, DatabaseBytes: 3, UploadBytes: 4,
		Wikis: free.Wikis, WikiBytes: free.WikiBytes, WikiPages: free.WikiPages, AttachmentBytes: free.AttachmentBytes,
		Chat: true, OwnModels: true,
	}
	if lab, err := s.Tier(t.Context(), "lab"); err != nil || lab != want || lab.Wikis == 0 {
		t.Errorf("the tier is %+v, %v", lab, err)
	}
}

// TestMigrateModels opens a database from before there were models: accounts,
// wikis and tiers are as they were, and nobody is kept from what was not there.
func TestMigrateModels(t *testing.T) {
	s := MustOpenOlder(t, `
		INSERT INTO tiers VALUES ('lab', 1, 2, 3, 4, 5, 6, 7, 8);
		INSERT INTO settings VALUES ('open_registration', 'yes');
		INSERT INTO accounts VALUES ('a1', 'local:ann', NULL, 'Ann', NULL, 1, 0, 'lab', 10, 20);
		INSERT INTO wikis VALUES ('garden', 'w1', 'a1', 'Garden', '', 10, 0, 0, 10, 0, 0, NULL, 0);`,
		"0001_platform.sql", "0002_wikis.sql")
	want := platform.Tier{
		Name: "lab", Documents: 1, FileBytes: 2, DatabaseBytes: 3, UploadBytes: 4,
		Wikis: 5, WikiBytes: 6, WikiPages: 7, AttachmentBytes: 8, Chat: true, OwnModels: true,
	}
	w, tier, err := s.WikiAndTier(t.Context(), MustSlug(t, "garden"))
	if err != nil || w.Owner != "a1" || tier != want {
		t.Errorf("%+v, %+v, %v", w, tier, err)
	}
	if a, err := s.Account(t.Context(), "a1"); err != nil || a.Name != "Ann" || !a.Admin {
		t.Errorf("%+v, %v", a, err)
	}
	if open, err := s.OpenRegistration(t.Context()); err != nil || !open {
		t.Errorf("registration: %t, %v", open, err)
	}
	if models, err := s.ServerModels(t.Context()); err != nil || len(models) != 0 {
		t.Errorf("models: %+v, %v", models, err)
	}
	if private, err := s.PrivateModels(t.Context()); err != nil || private {
		t.Errorf("private models: %t, %v", private, err)
	}
	MustSaveModel(t, s, ollama())
	if err := s.CountFeedback(t.Context(), 1, 0); err != nil {
		t.Error(err)
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
