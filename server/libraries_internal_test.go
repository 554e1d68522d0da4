package server

import (
	"context"
	"log/slog"
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
)

func TestLimitsFollowTheTier(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tier := platform.Tier{Name: "tiny", Documents: 3, FileBytes: 1000, DatabaseBytes: 1 << 20, UploadBytes: 500}
	if err := s.store.SaveTier(ctx, tier); err != nil {
		t.Fatal(err)
	}
	free, err := s.store.Tier(ctx, platform.TierFree)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := tenant.ParseID("stranger")
	if err != nil {
		t.Fatal(err)
	}
	owner := func(name string) tenant.ID {
		a, err := s.store.CreateLocal(ctx, platform.NewAccount{Login: name, Password: "correct horse battery", Tier: name})
		if err != nil {
			t.Fatal(err)
		}
		return a.Tenant
	}
	for name, c := range map[string]struct {
		id   tenant.ID
		want platform.Tier
	}{
		"tier of the account": {owner("tiny"), tier},
		"unknown tier":        {owner("gone"), free},
		"no account":          {stranger, free},
	} {
		t.Run(name, func(t *testing.T) {
			limits, upload, err := s.limits(ctx, c.id)
			if err != nil || limits != c.want.Limits() || upload != c.want.UploadBytes {
				t.Errorf("limits %+v, upload %d, %v; want those of %+v", limits, upload, err, c.want)
			}
		})
	}
}
