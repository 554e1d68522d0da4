package platform_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/holtdb/holt/platform"
)

func TestAudit(t *testing.T) {
	s, now := MustOpen(t)
	root := MustCreate(t, s, "root", true)
	alice := MustCreate(t, s, "alice", false)
	ctx := platform.WithActor(t.Context(), platform.Actor{Account: root.ID, Address: netip.MustParseAddr("192.0.2.7")})
	if err := s.SetSuspended(ctx, alice.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := s.SetSuspended(ctx, alice.ID, true); err != nil { // changes nothing
		t.Fatal(err)
	}
	if err := s.SetAdmin(ctx, root.ID, false); err == nil { // is refused
		t.Fatal("the last administrator stepped down")
	}
	if err := s.SetTier(ctx, alice.ID, "paid"); err != nil {
		t.Fatal(err)
	}
	if err := s.Audit(ctx, platform.Event{Action: "tenant.delete", Subject: "users/alice"}); err != nil {
		t.Fatal(err)
	}
	events, err := s.Events(t.Context(), 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := []platform.Event{
		{Action: "tenant.delete", Subject: "users/alice"},
		{Action: platform.ActionAccountTier, Subject: alice.ID, Detail: "free to paid"},
		{Action: platform.ActionAccountSuspend, Subject: alice.ID},
	}
	for i, e := range want {
		e.ID, e.At, e.Account, e.Address = events[i].ID, now.Now(), root.ID, "192.0.2.7"
		if events[i] != e {
			t.Errorf("event %d: %+v, want %+v", i, events[i], e)
		}
	}
	older, err := s.Events(t.Context(), events[2].ID, 100)
	if err != nil || len(older) != 2 {
		t.Fatalf("older events: %+v, %v; want the two accounts' creation", older, err)
	}
	if subjects := []string{older[1].Subject, older[0].Subject}; !slices.Equal(subjects, []string{root.ID, alice.ID}) {
		t.Errorf("created %v", subjects)
	}
}

func TestSweep(t *testing.T) {
	s, now := MustOpen(t)
	root := MustCreate(t, s, "root", true)
	now.Add(platform.AuditRetention)
	MustSession(t, s, root.ID)
	if err := s.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	events, err := s.Events(t.Context(), 0, 10)
	if err != nil || len(events) != 1 || events[0].Action != platform.ActionSessionStart {
		t.Errorf("events: %+v, %v", events, err)
	}
	if sessions, err := s.Sessions(t.Context(), root.ID); err != nil || len(sessions) != 1 {
		t.Errorf("sessions: %+v, %v", sessions, err)
	}
}
