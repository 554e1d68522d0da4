package transport_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

// TestPushBombs pushes little that stands for very much.
func TestPushBombs(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	before, head := s.tip(), MustGit(t, clone, "rev-parse", "HEAD")
	s.review = func(ctx context.Context, q transport.Quarantine, old, new repo.Hash) error {
		_, err := look(ctx, q, old, new)
		return err
	}
	// nested is a tree of a hundred trees of a hundred trees … which end in leaf.
	nested := func(leaf string) string {
		mode := "100644"
		if leaf == emptyTree {
			mode = "40000"
		}
		for range 8 {
			var entries strings.Builder
			for i := range 100 {
				entries.WriteString(treeEntry(t, mode, fmt.Sprintf("%02d", i), leaf))
			}
			leaf, mode = MustObject(t, clone, "tree", entries.String()), "40000"
		}
		return leaf
	}
	MustObject(t, clone, "tree", "")
	commit := func(tree, parent, message string) string {
		return MustObject(t, clone, "commit", "tree "+tree+"\nparent "+parent+"\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\n"+message)
	}
	good := MustGit(t, clone, "rev-parse", "HEAD^{tree}")
	push := func(tip string) (answer string, err error) {
		MustGit(t, clone, "update-ref", "refs/heads/bomb", tip)
		request := body(before.String(), tip, "refs/heads/main", "report-status", MustPack(t, clone, tip+"\n^"+head+"\n"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var out strings.Builder
		err = s.git.ReceivePack(ctx, s.push(), strings.NewReader(request), &out)
		return out.String(), err
	}
	for name, test := range map[string]struct{ tip, says string }{
		"files":                  {commit(nested(MustObject(t, clone, "blob", "x")), head, "x"), "there are too many files"},
		"empty directories":      {commit(nested(emptyTree), head, "x"), "there are too many files"},
		"long message":           {commit(good, commit(good, head, strings.Repeat("x", 5<<20)), "x"), "the message of a commit is too long"},
		"long message of newest": {commit(good, head, strings.Repeat("x", 5<<20)), "the message of a commit is too long"},
	} {
		answer, err := push(test.tip)
		var refused *transport.Refusal
		if !errors.As(err, &refused) || !strings.Contains(answer, test.says) {
			t.Errorf("%s: %v, answer %.300q", name, err, answer)
		}
	}
	if runtime.GOOS == "linux" {
		// A bomb that the newest commit has taken away ends with git's memory.
		_, err := push(commit(good, commit(nested(emptyTree), head, "x"), "x"))
		if err == nil || !strings.Contains(err.Error(), "ut of memory") {
			t.Errorf("taken back: %v", err)
		}
	}
	if s.tip() != before {
		t.Error("the branch moved")
	}
	s.MustBeClean()
}
