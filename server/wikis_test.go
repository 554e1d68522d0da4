package server_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/holtdb/holt/server"
)

// TestDemoWiki shows the demo wiki to everybody.
func TestDemoWiki(t *testing.T) {
	s := MustOpen(t, quiet(t.TempDir()))
	if _, err := s.SetUpDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetUpDemo(t.Context()); err != nil {
		t.Errorf("set up twice: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	for _, path := range []string{"", "Garden/Beds", "Garden/Compost", "Watering", "Templates/Plant", "-/changelog"} {
		answer, err := http.Get(s.URL() + "/w/" + server.DemoWiki + "/" + path)
		if err != nil {
			t.Fatal(err)
		}
		if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%q: %s, %v", path, answer.Status, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
