package web

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestWriteMeter(t *testing.T) {
	m := newWriteMeter(DefaultWritePaces())
	now := time.Unix(1_000_000, 0)
	m.now = func() time.Time { return now }
	slow, wide := Pace{PerMinute: 6, Burst: 2}, Pace{PerMinute: 60, Burst: 3}
	ask := func(caller string) error { return m.take(map[string]Pace{caller: slow, "wiki": wide}) }
	var hasty *tooManyWrites
	for i, step := range []struct {
		caller string
		pass   time.Duration // before
		wait   time.Duration // 0: taken
	}{
		{caller: "a"}, {caller: "a"},
		{caller: "a", wait: 10 * time.Second},
		// Who had to wait took nothing of the others' share.
		{caller: "b"},
		{caller: "b", wait: time.Second},
		{caller: "b", pass: time.Second},
		{caller: "a", wait: 9 * time.Second},
		{caller: "a", pass: 9 * time.Second},
	} {
		now = now.Add(step.pass)
		err := ask(step.caller)
		if step.wait == 0 && err != nil {
			t.Errorf("step %d: %v", i, err)
		}
		if step.wait != 0 && (!errors.As(err, &hasty) || hasty.after.Round(time.Second) != step.wait) {
			t.Errorf("step %d: %v, want a wait of %v", i, err, step.wait)
		}
	}
}

func TestWriteMeterIsBounded(t *testing.T) {
	m := newWriteMeter(DefaultWritePaces())
	m.most = 10
	for i := range 1000 {
		if err := m.take(map[string]Pace{fmt.Sprint(i): {PerMinute: 1, Burst: 1}, "kept": {PerMinute: 1, Burst: 5000}}); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.entries) != 10 || m.order.Len() != 10 || m.entries["kept"] == nil {
		t.Errorf("%d entries, %d in order", len(m.entries), m.order.Len())
	}
}
