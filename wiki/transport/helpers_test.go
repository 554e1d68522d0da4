package transport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

// MustFind returns the git program, or skips the test where there is none.
func MustFind(tb testing.TB) *transport.Git {
	tb.Helper()
	g, err := transport.Find()
	if errors.Is(err, transport.ErrNoGit) {
		tb.Skip(err)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// site serves one bare repository to git clients as the wiki's pages would.
type site struct {
	tb      testing.TB
	git     *transport.Git
	dir     string // bare repository
	scratch string
	url     string

	max     int64
	review  func(ctx context.Context, q transport.Quarantine, old, new repo.Hash) error
	arrived func() // called when a push is about to land, if set
	// moveBranch moves the branch instead of land, if set.
	moveBranch func(ctx context.Context, old, new repo.Hash) error
	finished   func() // called when a push was dealt with, if set

	mu     sync.Mutex // guards the branch and what follows
	pushes []error    // what ReceivePack returned
}

// MustServe serves a new empty repository.
func MustServe(tb testing.TB) *site {
	tb.Helper()
	home := tb.TempDir()
	s := &site{tb: tb, git: MustFind(tb), dir: filepath.Join(home, "repo"), scratch: filepath.Join(home, "scratch"), max: 20 << 20}
	MustBare(tb, s.dir)
	if err := os.Mkdir(s.scratch, 0o700); err != nil {
		tb.Fatal(err)
	}
	server := httptest.NewServer(s)
	tb.Cleanup(server.Close)
	s.url = server.URL + "/wiki.git"
	return s
}

// MustBare makes an empty bare repository with the branch main.
func MustBare(tb testing.TB, dir string) {
	tb.Helper()
	for _, sub := range []string{"objects/info", "objects/pack", "refs/heads"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			tb.Fatal(err)
		}
	}
	MustWrite(tb, filepath.Join(dir, "HEAD"), "ref: refs/heads/main\n")
	MustWrite(tb, filepath.Join(dir, "config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
}

// MustWrite writes a file and the directories it needs.
func MustWrite(tb testing.TB, path, content string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// ServeHTTP maps the requests of git's smart protocol to the package's functions.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := transport.Decode(r.Body, r.Header.Get("Content-Encoding"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	protocol := r.Header.Get("Git-Protocol")
	switch r.Method + " " + r.URL.Path {
	case "GET /wiki.git/info/refs":
		service, parseErr := transport.ParseService(r.URL.Query().Get("service"))
		if parseErr != nil {
			http.Error(w, parseErr.Error(), http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/x-"+string(service)+"-advertisement")
		err = s.git.Advertise(r.Context(), s.dir, service, protocol, w)
	case "POST /wiki.git/git-upload-pack":
		w.Header().Set("Content-Type", "application/x-git-upload-pack-result")
		err = s.git.UploadPack(r.Context(), s.dir, protocol, body, w)
	case "POST /wiki.git/git-receive-pack":
		w.Header().Set("Content-Type", "application/x-git-receive-pack-result")
		err = s.git.ReceivePack(r.Context(), s.push(), body, w)
		s.mu.Lock()
		s.pushes = append(s.pushes, err)
		s.mu.Unlock()
		if s.finished != nil {
			s.finished()
		}
		if !errors.Is(err, transport.ErrProtocol) {
			return // it was answered
		}
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil && r.Context().Err() == nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// push describes a push into the site's repository.
func (s *site) push() transport.Push {
	land := s.land
	if s.moveBranch != nil {
		land = s.moveBranch
	}
	return transport.Push{
		Dir: s.dir, Scratch: s.scratch, MaxBytes: s.max,
		Review: func(ctx context.Context, q transport.Quarantine, old, new repo.Hash) error {
			if s.review != nil {
				return s.review(ctx, q, old, new)
			}
			return nil
		},
		Land: land,
	}
}

// land moves the branch if it still is where the push began.
func (s *site) land(_ context.Context, old, new repo.Hash) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.arrived != nil {
		s.arrived()
	}
	if s.tip() != old {
		return repo.ErrMoved
	}
	next := filepath.Join(s.dir, "refs/next")
	return errors.Join(os.WriteFile(next, []byte(new.String()+"\n"), 0o600), os.Rename(next, filepath.Join(s.dir, "refs/heads/main")))
}

// tip reads the branch.
func (s *site) tip() repo.Hash {
	s.tb.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "refs/heads/main"))
	if errors.Is(err, os.ErrNotExist) {
		return repo.Hash{}
	}
	if err != nil {
		s.tb.Error(err)
		return repo.Hash{}
	}
	h, err := repo.ParseHash(strings.TrimSpace(string(text)))
	if err != nil {
		s.tb.Error(err)
	}
	return h
}

// lastPush returns what the latest call of ReceivePack returned.
func (s *site) lastPush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pushes) == 0 {
		return errors.New("nothing was pushed")
	}
	return s.pushes[len(s.pushes)-1]
}

// MustBeClean fails the test when a push left something behind, or the
// repository is not sound.
func (s *site) MustBeClean() {
	s.tb.Helper()
	entries, err := os.ReadDir(s.scratch)
	if err != nil {
		s.tb.Fatal(err)
	}
	for _, e := range entries {
		s.tb.Errorf("scratch holds %s", e.Name())
	}
	MustGit(s.tb, s.dir, "fsck", "--full", "--strict")
}

// files returns the names of all files in the repository's object store.
func (s *site) files() []string {
	s.tb.Helper()
	var names []string
	err := filepath.WalkDir(filepath.Join(s.dir, "objects"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	return names
}

// clientEnv is the environment of a git client that has no configuration.
func clientEnv() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org",
		"GIT_CONFIG_COUNT=2", "GIT_CONFIG_KEY_0=init.defaultBranch", "GIT_CONFIG_VALUE_0=main",
		"GIT_CONFIG_KEY_1=protocol.file.allow", "GIT_CONFIG_VALUE_1=always",
	}
}

// git runs a git client in dir and returns what it prints.
func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = dir, clientEnv()
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), err
}

// MustGit runs a git client that must succeed and returns what it prints,
// without the last newline.
func MustGit(tb testing.TB, dir string, args ...string) string {
	tb.Helper()
	out, err := git(dir, args...)
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSuffix(out, "\n")
}

// MustFail runs a git client that must fail and whose output must contain text.
func MustFail(tb testing.TB, text, dir string, args ...string) {
	tb.Helper()
	out, err := git(dir, args...)
	if err == nil {
		tb.Fatalf("git %s succeeded", strings.Join(args, " "))
	}
	if !strings.Contains(out, text) {
		tb.Fatalf("git %s does not say %q:\n%s", strings.Join(args, " "), text, out)
	}
}

// MustClone clones the site into a new directory.
func (s *site) MustClone(args ...string) string {
	s.tb.Helper()
	dir := filepath.Join(s.tb.TempDir(), "clone")
	MustGit(s.tb, "/", append(append([]string{"clone", "-q"}, args...), s.url, dir)...)
	return dir
}

// MustCommit writes a file in a work tree and commits it.
func MustCommit(tb testing.TB, dir, name, content string) string {
	tb.Helper()
	MustWrite(tb, filepath.Join(dir, name), content)
	MustGit(tb, dir, "add", "--", name)
	MustGit(tb, dir, "commit", "-q", "-m", "Write "+name)
	return MustGit(tb, dir, "rev-parse", "HEAD")
}

// MustSeed gives the site a history of two commits by a first push, and returns
// the clone that made it.
func (s *site) MustSeed() string {
	s.tb.Helper()
	clone := s.MustClone()
	MustCommit(s.tb, clone, "Home.md", "# Home\n")
	MustCommit(s.tb, clone, "Guides/Setup.md", "# Setup\n")
	MustGit(s.tb, clone, "push", "-q", "origin", "main")
	return clone
}
