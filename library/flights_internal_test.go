package library

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestFlights_Join(t *testing.T) {
	var s flights
	f, first := s.join(t.Context(), "a")
	second, again := s.join(t.Context(), "a")
	if !first || again || f != second {
		t.Fatal("one thing is made twice")
	}
	s.leave(second)
	if err := f.ctx.Err(); err != nil {
		t.Fatalf("given up while one waits: %v", err)
	}
	s.land(f, []byte("x"), nil)
	<-f.landed
	if _, first := s.join(t.Context(), "a"); !first {
		t.Error("joined a flight that has landed")
	}
}

// TestFlights_Leave gives up what nobody wants; who comes later gets a new one.
func TestFlights_Leave(t *testing.T) {
	var s flights
	f, _ := s.join(t.Context(), "a")
	s.leave(f)
	if !errors.Is(f.ctx.Err(), context.Canceled) {
		t.Fatal("goes on for nobody")
	}
	next, first := s.join(t.Context(), "a")
	if !first || next == f {
		t.Fatal("joined a flight that was given up")
	}
	s.land(f, nil, f.ctx.Err()) // late: it must not end the new one
	if _, first := s.join(t.Context(), "a"); first || next.ctx.Err() != nil {
		t.Error("the new flight was forgotten")
	}
}

func TestFlights_Ahead(t *testing.T) {
	var s flights
	f := s.ahead(t.Context(), "a")
	if f == nil || s.ahead(t.Context(), "a") != nil {
		t.Fatal("not started, or twice")
	}
	done := s.queue()
	if f.ctx.Err() == nil {
		t.Error("what nobody wants goes on while others wait")
	}
	s.land(f, nil, f.ctx.Err())
	if s.ahead(t.Context(), "b") != nil {
		t.Error("started while others wait")
	}
	done()

	// What somebody joined is like any other.
	wanted := s.ahead(t.Context(), "c")
	if _, first := s.join(t.Context(), "c"); first {
		t.Fatal("made twice")
	}
	s.queue()()
	s.giveWay()
	if wanted.ctx.Err() != nil {
		t.Error("what is wanted was given up")
	}
	s.leave(wanted)
	if wanted.ctx.Err() == nil {
		t.Error("goes on for nobody")
	}
}

func TestRefusals(t *testing.T) {
	var r refusals
	start := time.Now()
	if r.has("a", start) {
		t.Error("knows what was never added")
	}
	r.add("a", start)
	if !r.has("a", start.Add(refusalTime-1)) || r.has("a", start.Add(refusalTime)) || r.has("b", start) {
		t.Error("remembers for another time")
	}
	r.add("b", start.Add(2*refusalTime))
	if len(r.until) != 1 {
		t.Errorf("%d are remembered", len(r.until))
	}
}
