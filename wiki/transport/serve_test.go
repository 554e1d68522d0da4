package transport_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

func TestClone(t *testing.T) {
	s := MustServe(t)
	seed := s.MustSeed()
	want := MustGit(t, seed, "rev-parse", "HEAD")
	for _, test := range []struct {
		name    string
		args    []string
		commits string
	}{
		{"version 2", nil, "2"},
		{"version 1", []string{"-c", "protocol.version=1"}, "2"},
		{"version 0", []string{"-c", "protocol.version=0"}, "2"},
		{"shallow", []string{"--depth=1"}, "1"},
		{"shallow version 0", []string{"-c", "protocol.version=0", "--depth=1"}, "1"},
		{"partial", []string{"--filter=blob:none"}, "2"},
		{"partial version 0", []string{"-c", "protocol.version=0", "--filter=blob:none", "--no-checkout"}, "2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			clone := s.MustClone(test.args...)
			if got := MustGit(t, clone, "rev-parse", "HEAD"); got != want {
				t.Errorf("HEAD is %s, want %s", got, want)
			}
			if got := MustGit(t, clone, "rev-list", "--count", "HEAD"); got != test.commits {
				t.Errorf("%s commits, want %s", got, test.commits)
			}
			if got := MustGit(t, clone, "symbolic-ref", "HEAD"); got != "refs/heads/main" {
				t.Errorf("HEAD is on %s", got)
			}
		})
	}
}

// TestPartialCloneFetchesLater reads a file that the clone left behind.
func TestPartialCloneFetchesLater(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	clone := s.MustClone("--filter=blob:none", "--no-checkout")
	if got := MustGit(t, clone, "show", "HEAD:Guides/Setup.md"); got != "# Setup" {
		t.Errorf("read %q", got)
	}
}

func TestCloneEmpty(t *testing.T) {
	s := MustServe(t)
	clone := s.MustClone()
	if got := MustGit(t, clone, "symbolic-ref", "HEAD"); got != "refs/heads/main" {
		t.Errorf("HEAD is on %s", got)
	}
}

func TestFetch(t *testing.T) {
	s := MustServe(t)
	writer := s.MustSeed()
	full, shallow := s.MustClone(), s.MustClone("--depth=1")
	want := MustCommit(t, writer, "News.md", "new\n")
	MustGit(t, writer, "push", "-q", "origin", "main")
	MustGit(t, full, "fetch", "-q")
	if got := MustGit(t, full, "rev-parse", "origin/main"); got != want {
		t.Errorf("fetched %s, want %s", got, want)
	}
	MustGit(t, shallow, "fetch", "-q", "--unshallow")
	if got := MustGit(t, shallow, "rev-list", "--count", "origin/main"); got != "3" {
		t.Errorf("%s commits after unshallow", got)
	}
}

// TestFetchWithLongHistory needs several rounds of negotiation, in requests
// that the client compresses.
func TestFetchWithLongHistory(t *testing.T) {
	s := MustServe(t)
	writer := s.MustSeed()
	for _, protocol := range []string{"0", "2"} {
		clone := s.MustClone()
		for range 40 {
			MustGit(t, clone, "commit", "-q", "--allow-empty", "-m", "own")
		}
		want := MustCommit(t, writer, "News.md", "new "+protocol+"\n")
		MustGit(t, writer, "push", "-q", "origin", "main")
		MustGit(t, clone, "-c", "protocol.version="+protocol, "fetch", "-q")
		if got := MustGit(t, clone, "rev-parse", "origin/main"); got != want {
			t.Errorf("protocol %s: fetched %s, want %s", protocol, got, want)
		}
	}
}

// TestOnlyTheBranchIsShown keeps other references of the directory unseen.
func TestOnlyTheBranchIsShown(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	MustWrite(t, filepath.Join(s.dir, "refs/heads/secret"), s.tip().String()+"\n")
	MustWrite(t, filepath.Join(s.dir, "refs/tags/v1"), s.tip().String()+"\n")
	out := MustGit(t, "/", "ls-remote", s.url)
	if strings.Contains(out, "secret") || strings.Contains(out, "v1") || !strings.Contains(out, "refs/heads/main") {
		t.Errorf("advertised:\n%s", out)
	}
}

func TestAdvertiseHeader(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	for _, test := range []struct {
		service  transport.Service
		protocol string
		begin    string
	}{
		{transport.Upload, "", "001e# service=git-upload-pack\n0000"},
		{transport.Upload, "version=1; rm -rf /", "001e# service=git-upload-pack\n0000"},
		{transport.Upload, "key=value:version=2", "000eversion 2\n"},
		{transport.Receive, "version=2", "001f# service=git-receive-pack\n0000"},
	} {
		var out bytes.Buffer
		if err := s.git.Advertise(t.Context(), s.dir, test.service, test.protocol, &out); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(out.String(), test.begin) {
			t.Errorf("%s with %q begins with %.60q", test.service, test.protocol, out.String())
		}
	}
}

func TestParseService(t *testing.T) {
	for _, name := range []string{"git-upload-pack", "git-receive-pack"} {
		if s, err := transport.ParseService(name); err != nil || string(s) != name {
			t.Errorf("%q gives %q, %v", name, s, err)
		}
	}
	for _, name := range []string{"", "upload-pack", "git-upload-archive", "git-upload-pack --help", "Git-Upload-Pack"} {
		if _, err := transport.ParseService(name); !errors.Is(err, transport.ErrProtocol) {
			t.Errorf("%q gives %v", name, err)
		}
	}
}

func TestUploadPackRefusesNonsense(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	for name, request := range map[string]string{
		"no packet":      "hello",
		"unknown object": "0032want " + strings.Repeat("ab", 20) + "\n00000009done\n",
	} {
		if err := s.git.UploadPack(t.Context(), s.dir, "", strings.NewReader(request), &bytes.Buffer{}); err == nil {
			t.Errorf("%s was answered", name)
		}
	}
	huge := bytes.NewReader(make([]byte, 11<<20))
	if err := s.git.UploadPack(t.Context(), s.dir, "", huge, &bytes.Buffer{}); !errors.Is(err, transport.ErrProtocol) {
		t.Errorf("a request of 11 MB gives %v", err)
	}
}

// TestUnsafeRepositories are directories that must not be served.
func TestUnsafeRepositories(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	tip := s.tip().String()
	other := filepath.Join(t.TempDir(), "other")
	MustBare(t, other)
	for _, test := range []struct {
		name  string
		spoil func(dir string) error
	}{
		{"alternates", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "objects/info/alternates"), []byte(s.dir+"/objects\n"), 0o600)
		}},
		{"http-alternates", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "objects/info/http-alternates"), nil, 0o600)
		}},
		{"objects are a link", func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "objects")), os.Symlink(other+"/objects", filepath.Join(dir, "objects")))
		}},
		{"packs are a link", func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, "objects/pack")), os.Symlink(other+"/objects/pack", filepath.Join(dir, "objects/pack")))
		}},
		{"HEAD is a link", func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "HEAD")), os.Symlink("refs/heads/main", filepath.Join(dir, "HEAD")))
		}},
		{"HEAD leads out", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "HEAD"), []byte("ref: refs/heads/../../../etc/passwd\n"), 0o600)
		}},
		{"HEAD is detached", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "HEAD"), []byte(tip+"\n"), 0o600)
		}},
		{"the branch is a link", func(dir string) error {
			return os.Symlink("/etc/hostname", filepath.Join(dir, "refs/heads/main"))
		}},
		{"the branch is damaged", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "refs/heads/main"), []byte("ref: refs/heads/other\n"), 0o600)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "repo")
			MustBare(t, dir)
			if err := test.spoil(dir); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := s.git.Advertise(t.Context(), dir, transport.Upload, "", &out); !errors.Is(err, repo.ErrNotRepository) {
				t.Errorf("advertise gives %v", err)
			}
			if out.Len() > 0 {
				t.Errorf("advertised %q", out.String())
			}
			if err := s.git.Maintain(t.Context(), dir); !errors.Is(err, repo.ErrNotRepository) {
				t.Errorf("maintain gives %v", err)
			}
		})
	}
	if err := s.git.Advertise(t.Context(), "repo", transport.Upload, "", &bytes.Buffer{}); !errors.Is(err, repo.ErrNotRepository) {
		t.Errorf("a relative path gives %v", err)
	}
}

func TestPackedRefs(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	tip := s.tip()
	MustGit(t, s.dir, "pack-refs", "--all", "--prune")
	if _, err := os.Stat(filepath.Join(s.dir, "refs/heads/main")); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("the branch was not packed")
	}
	if out := MustGit(t, "/", "ls-remote", s.url, "main"); !strings.HasPrefix(out, tip.String()) {
		t.Errorf("advertised %q", out)
	}
}

func TestCancelled(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.git.Advertise(ctx, s.dir, transport.Upload, "", &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("advertise gives %v", err)
	}
}

// TestRelativeTemporaryDirectory serves in spite of an odd environment.
func TestRelativeTemporaryDirectory(t *testing.T) {
	s := MustServe(t)
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", ".")
	if err := s.git.Advertise(t.Context(), s.dir, transport.Upload, "", io.Discard); err != nil {
		t.Error(err)
	}
}
