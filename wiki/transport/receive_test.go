package transport_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

// noise returns n bytes that do not compress.
func noise(n int) string {
	b := make([]byte, n)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(b)
	return string(b)
}

func TestPush(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	for _, test := range []struct{ name, file, content string }{
		{"small", "Home.md", "# Home\n\nMore.\n"},
		{"chunked", "photo.bin", noise(3 << 20)},
		{"long name", strings.Repeat("a", 200) + ".md", "x\n"},
		{"odd name", "Überblick \"neu\".md", "x\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := MustCommit(t, clone, test.file, test.content)
			MustGit(t, clone, "push", "-q", "origin", "main")
			if got := s.tip().String(); got != want {
				t.Fatalf("the branch is at %s, want %s", got, want)
			}
			s.MustBeClean()
			if content, err := os.ReadFile(filepath.Join(s.MustClone(), test.file)); err != nil || string(content) != test.content {
				t.Errorf("a new clone has %d bytes, %v; want %d", len(content), err, len(test.content))
			}
		})
	}
}

// TestPushOldProtocols pushes as clients do that know less.
func TestPushOldProtocols(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	for _, protocol := range []string{"0", "1", "2"} {
		want := MustCommit(t, clone, "Home.md", protocol)
		MustGit(t, clone, "-c", "protocol.version="+protocol, "push", "-q", "origin", "main")
		if got := s.tip().String(); got != want {
			t.Errorf("protocol %s: the branch is at %s, want %s", protocol, got, want)
		}
	}
}

// TestPushThin pushes a small change of a large file, which a client sends as a
// difference from what the server has.
func TestPushThin(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	large := noise(1 << 20)
	MustCommit(t, clone, "data.bin", large)
	MustGit(t, clone, "push", "-q", "origin", "main")
	s.max = 100 << 10 // the whole file would not fit
	want := MustCommit(t, clone, "data.bin", large+"one more line\n")
	MustGit(t, clone, "push", "-q", "--thin", "origin", "main")
	if got := s.tip().String(); got != want {
		t.Errorf("the branch is at %s, want %s", got, want)
	}
	s.MustBeClean()
}

func TestPushFromShallowClone(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	clone := s.MustClone("--depth=1")
	want := MustCommit(t, clone, "Home.md", "from a shallow clone\n")
	MustGit(t, clone, "push", "-q", "origin", "main")
	if got := s.tip().String(); got != want {
		t.Errorf("the branch is at %s, want %s", got, want)
	}
	s.MustBeClean()
}

// TestPushMergedHistory pushes a merge, which brings objects the server has.
func TestPushMergedHistory(t *testing.T) {
	s := MustServe(t)
	first := s.MustSeed()
	second := s.MustClone()
	MustCommit(t, first, "First.md", "1\n")
	MustGit(t, first, "push", "-q", "origin", "main")
	MustCommit(t, second, "Second.md", "2\n")
	MustFail(t, "fetch first", second, "push", "origin", "main")
	MustGit(t, second, "-c", "pull.rebase=false", "pull", "-q", "origin", "main")
	MustGit(t, second, "push", "-q", "origin", "main")
	if got, want := s.tip().String(), MustGit(t, second, "rev-parse", "HEAD"); got != want {
		t.Errorf("the branch is at %s, want %s", got, want)
	}
	s.MustBeClean()
}

// TestPushRefused are pushes that must change nothing and whose pusher must see why.
func TestPushRefused(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(t *testing.T, s *site, clone string)
		args []string
		says string
	}{
		{"another branch", nil, []string{"main:draft"}, "(this wiki has one branch; push to main)"},
		{"a name like an option", nil, []string{"main:refs/heads/--upload-pack=x"}, "this wiki has one branch"},
		{"outside of branches", nil, []string{"main:refs/meta/config"}, "this wiki has one branch"},
		{"a tag", func(t *testing.T, _ *site, clone string) { MustGit(t, clone, "tag", "v1") },
			[]string{"v1"}, "(this wiki keeps no tags; push only main)"},
		{"deleting", nil, []string{":main"}, "cannot be deleted"},
		{"force", func(t *testing.T, _ *site, clone string) {
			MustGit(t, clone, "reset", "-q", "--hard", "HEAD^")
			MustCommit(t, clone, "Home.md", "rewritten\n")
		}, []string{"--force", "main"}, "remote: The history of a wiki cannot be rewritten"},
		{"force to the past", func(t *testing.T, _ *site, clone string) {
			MustGit(t, clone, "reset", "-q", "--hard", "HEAD^")
		}, []string{"--force", "main"}, "(non-fast-forward)"},
		{"unrelated history", func(t *testing.T, _ *site, clone string) {
			MustGit(t, clone, "checkout", "-q", "--orphan", "new")
			MustCommit(t, clone, "Home.md", "another world\n")
		}, []string{"--force", "new:main"}, "(non-fast-forward)"},
		{"too large", func(t *testing.T, s *site, clone string) {
			s.max = 100_000
			MustCommit(t, clone, "large.bin", noise(200_000))
		}, []string{"main"}, "(the push is too large: at most 100 kB fit)"},
		{"much too large", func(t *testing.T, s *site, clone string) {
			s.max = 100_000
			MustCommit(t, clone, "large.bin", noise(5<<20))
		}, []string{"main"}, "(the push is too large: at most 100 kB fit)"},
		{"no room", func(t *testing.T, s *site, clone string) {
			s.max = 0
			MustCommit(t, clone, "a.md", "a\n")
		}, []string{"main"}, "(this wiki takes no more data)"},
		{"reviewed", func(t *testing.T, s *site, clone string) {
			s.review = func(context.Context, transport.Quarantine, repo.Hash, repo.Hash) error {
				return &transport.Refusal{Reason: "page names\nmust be\x1b[31m short", Details: "First detail.\nSecond detail."}
			}
			MustCommit(t, clone, "a.md", "a\n")
		}, []string{"main"}, "(page names must be [31m short)"},
		{"reviewed in detail", func(t *testing.T, s *site, clone string) {
			s.review = func(context.Context, transport.Quarantine, repo.Hash, repo.Hash) error {
				return &transport.Refusal{Reason: "no", Details: "First detail.\nSecond detail."}
			}
			MustCommit(t, clone, "a.md", "a\n")
		}, []string{"main"}, "remote: Second detail."},
		{"a failing review", func(t *testing.T, s *site, clone string) {
			s.review = func(context.Context, transport.Quarantine, repo.Hash, repo.Hash) error {
				return errors.New("secret path /var/lib")
			}
			MustCommit(t, clone, "a.md", "a\n")
		}, []string{"main"}, "(the server could not take the push; try again later)"},
		{"atomic with a tag", func(t *testing.T, _ *site, clone string) {
			MustGit(t, clone, "tag", "v1")
			MustCommit(t, clone, "a.md", "a\n")
		}, []string{"--atomic", "main", "v1"}, "atomic push"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := MustServe(t)
			clone := s.MustSeed()
			before, files := s.tip(), s.files()
			if test.do != nil {
				test.do(t, s, clone)
			}
			out, err := git(clone, append([]string{"push", "origin"}, test.args...)...)
			if err == nil {
				t.Fatal("the push was taken")
			}
			if !strings.Contains(out, test.says) {
				t.Errorf("the pusher does not see %q:\n%s", test.says, out)
			}
			if strings.Contains(out, "/var/lib") || strings.Contains(out, s.dir) || strings.Contains(out, s.scratch) {
				t.Errorf("the pusher sees what is inside:\n%s", out)
			}
			if s.lastPush() == nil {
				t.Error("the server takes the push for done")
			}
			if got := s.tip(); got != before {
				t.Errorf("the branch moved to %s", got)
			}
			if got := s.files(); len(got) != len(files) {
				t.Errorf("the repository has %d files, had %d", len(got), len(files))
			}
			s.MustBeClean()
		})
	}
}

// TestPushBranchWithTag takes the branch and refuses what comes with it.
func TestPushBranchWithTag(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	MustGit(t, clone, "tag", "v1")
	want := MustCommit(t, clone, "a.md", "a\n")
	MustFail(t, "this wiki keeps no tags", clone, "push", "origin", "main", "v1")
	if got := s.tip().String(); got != want {
		t.Errorf("the branch is at %s, want %s", got, want)
	}
	s.MustBeClean()
}

// TestPushOvertaken lets somebody else's change land during the review.
func TestPushOvertaken(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	before := s.files()
	first := MustGit(t, clone, "rev-parse", "HEAD^")
	s.review = func(context.Context, transport.Quarantine, repo.Hash, repo.Hash) error {
		MustWrite(t, filepath.Join(s.dir, "refs/heads/main"), first+"\n")
		return nil
	}
	MustCommit(t, clone, "a.md", "a\n")
	MustFail(t, "(fetch first)", clone, "push", "origin", "main")
	if got := s.tip().String(); got != first {
		t.Errorf("the branch is at %s, want %s", got, first)
	}
	if after := s.files(); len(after) != len(before) {
		t.Errorf("the repository has %d files, had %d", len(after), len(before))
	}
	s.MustBeClean()
}

// TestPushOvertakenWhileLanding is the last moment at which that can happen.
func TestPushOvertakenWhileLanding(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	first := MustGit(t, clone, "rev-parse", "HEAD^")
	s.arrived = func() { MustWrite(t, filepath.Join(s.dir, "refs/heads/main"), first+"\n") }
	MustCommit(t, clone, "a.md", "a\n")
	MustFail(t, "(fetch first)", clone, "push", "origin", "main")
	s.MustBeClean()
}

// TestConcurrentPushes start from the same commit; exactly one may land.
func TestConcurrentPushes(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	const pushers = 4
	gate := make(chan struct{})
	arrivals := make(chan struct{}, pushers)
	s.review = func(ctx context.Context, _ transport.Quarantine, _, _ repo.Hash) error {
		arrivals <- struct{}{}
		select {
		case <-gate:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	results := make(chan error, pushers)
	for i := range pushers {
		clone := s.MustClone()
		MustCommit(t, clone, "Home.md", strings.Repeat("x", i+1))
		go func() {
			out, err := git(clone, "push", "origin", "main")
			if err != nil && !strings.Contains(out, "fetch first") {
				t.Errorf("a loser is not told to fetch first:\n%s", out)
			}
			results <- err
		}()
	}
	for range pushers {
		<-arrivals
	}
	close(gate)
	won := 0
	for range pushers {
		if <-results == nil {
			won++
		}
	}
	if won != 1 {
		t.Errorf("%d pushes landed", won)
	}
	s.MustBeClean()
}
