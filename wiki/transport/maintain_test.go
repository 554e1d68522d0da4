package transport_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMaintain(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	for i := range 5 {
		MustCommit(t, clone, fmt.Sprintf("page%d.md", i), noise(1000*i))
		MustGit(t, clone, "push", "-q", "origin", "main")
	}
	// What nobody needs yet may belong to a change that is being written.
	fresh := MustObject(t, s.dir, "blob", "just written\n")
	old := MustObject(t, s.dir, "blob", "forgotten\n")
	path := filepath.Join(s.dir, "objects", old[:2], old[2:])
	ago := time.Now().Add(-30 * 24 * time.Hour)
	if err := os.Chtimes(path, ago, ago); err != nil {
		t.Fatal(err)
	}
	tip := s.tip()
	if err := s.git.Maintain(t.Context(), s.dir); err != nil {
		t.Fatal(err)
	}
	if s.tip() != tip {
		t.Error("the branch moved")
	}
	packs, loose := 0, 0
	for _, name := range s.files() {
		switch {
		case strings.HasSuffix(name, ".pack"):
			packs++
		case len(filepath.Base(name)) == 38:
			loose++
		}
	}
	if packs != 1 || loose != 1 {
		t.Errorf("%d packs, %d loose objects", packs, loose)
	}
	MustGit(t, s.dir, "cat-file", "-e", fresh)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a forgotten object is still there: %v", err)
	}
	MustGit(t, s.dir, "commit-graph", "verify")
	s.MustBeClean()
	if got := MustGit(t, s.MustClone(), "rev-parse", "HEAD"); got != tip.String() {
		t.Errorf("cloned %s, want %s", got, tip)
	}
	// And work goes on.
	want := MustCommit(t, clone, "after.md", "x\n")
	MustGit(t, clone, "push", "-q", "origin", "main")
	if got := s.tip().String(); got != want {
		t.Errorf("the branch is at %s, want %s", got, want)
	}
}

func TestMaintainEmpty(t *testing.T) {
	s := MustServe(t)
	if err := s.git.Maintain(t.Context(), s.dir); err != nil {
		t.Error(err)
	}
}

// TestMaintainBesidePushes packs while clients push and clone.
func TestMaintainBesidePushes(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	stop, stopped := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			if err := s.git.Maintain(t.Context(), s.dir); err != nil {
				stopped <- err
				return
			}
		}
	}()
	for i := range 8 {
		MustCommit(t, clone, "Home.md", fmt.Sprint(i))
		MustGit(t, clone, "push", "-q", "origin", "main")
		s.MustClone()
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	s.MustBeClean()
}
