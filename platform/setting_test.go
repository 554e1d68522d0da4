package platform_test

import (
	"testing"

	"github.com/holtdb/holt/platform"
)

func TestPrivateModels(t *testing.T) {
	s, _ := MustOpen(t)
	check := func(want bool) {
		t.Helper()
		if got, err := s.PrivateModels(t.Context()); err != nil || got != want {
			t.Errorf("private models: %t, %v; want %t", got, err, want)
		}
	}
	check(false)
	for _, allowed := range []bool{false, true, true, false} {
		if err := s.SetPrivateModels(t.Context(), allowed); err != nil {
			t.Fatal(err)
		}
		check(allowed)
	}
	if open, err := s.OpenRegistration(t.Context()); err != nil || open {
		t.Errorf("another setting changed: %t, %v", open, err)
	}
	events, err := s.Events(t.Context(), 0, 10)
	if err != nil || len(events) != 2 { // only changes count
		t.Fatalf("events: %+v, %v", events, err)
	}
	for i, value := range []string{"no", "yes"} {
		if e := events[i]; e.Action != platform.ActionSettingChange || e.Subject != "private_models" || e.Detail != value {
			t.Errorf("event: %+v", e)
		}
	}
}
