package transport_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// hooks are the names of all hooks that git may run on a server.
func hooks() []string {
	return []string{
		"pre-receive", "update", "post-receive", "post-update", "reference-transaction", "proc-receive",
		"pre-auto-gc", "post-index-change", "push-to-checkout", "pre-push", "fsmonitor-watchman",
	}
}

// MustPlant puts hooks and configuration into a repository that write a file
// when git obeys them.
func MustPlant(tb testing.TB, gitDir, canary string) {
	tb.Helper()
	script := filepath.Join(tb.TempDir(), "run")
	MustWrite(tb, script, "#!/bin/sh\necho \"$0 $*\" >>"+canary+"\nexit 1\n")
	for _, hook := range hooks() {
		MustWrite(tb, filepath.Join(gitDir, "hooks", hook), "#!/bin/sh\necho \"$0\" >>"+canary+"\nexit 1\n")
		if err := os.Chmod(filepath.Join(gitDir, "hooks", hook), 0o700); err != nil {
			tb.Fatal(err)
		}
	}
	if err := os.Chmod(script, 0o700); err != nil {
		tb.Fatal(err)
	}
	MustWrite(tb, filepath.Join(gitDir, "included"), "[core]\n\tsshCommand = "+script+"\n")
	MustWrite(tb, filepath.Join(gitDir, "config"), fmt.Sprintf(`[core]
	repositoryformatversion = 1
	bare = true
	hooksPath = %[2]s/hooks
	fsmonitor = %[1]s
	alternateRefsCommand = %[1]s
	gitProxy = %[1]s
	sshCommand = %[1]s
	pager = %[1]s
[extensions]
	partialClone = origin
[remote "origin"]
	url = ext::%[1]s
	promisor = true
	uploadpack = %[1]s
[url "ext::%[1]s "]
	insteadOf = /
	insteadOf = http
[uploadpack]
	packObjectsHook = %[1]s
	hideRefs = refs/heads
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[receive]
	denyNonFastForwards = false
	denyDeletes = false
	fsckObjects = false
	hideRefs = refs/heads
	procReceiveRefs = refs/heads
[include]
	path = %[2]s/included
[credential]
	helper = %[1]s
[gc]
	recentObjectsHook = %[1]s
	pruneExpire = now
`, script, gitDir))
}

// MustEnv lets the environment of the process say the worst to git.
func MustEnv(t *testing.T, canary string) {
	t.Helper()
	home := t.TempDir()
	script := filepath.Join(home, "run")
	MustWrite(t, script, "#!/bin/sh\necho \"$0 $*\" >>"+canary+"\nexit 1\n")
	if err := os.Chmod(script, 0o700); err != nil {
		t.Fatal(err)
	}
	MustPlant(t, filepath.Join(home, "planted"), canary)
	config, err := os.ReadFile(filepath.Join(home, "planted", "config"))
	if err != nil {
		t.Fatal(err)
	}
	MustWrite(t, filepath.Join(home, ".gitconfig"), string(config))
	for name, value := range map[string]string{
		"HOME":                             home,
		"XDG_CONFIG_HOME":                  home,
		"GIT_CONFIG_GLOBAL":                filepath.Join(home, ".gitconfig"),
		"GIT_CONFIG_SYSTEM":                filepath.Join(home, ".gitconfig"),
		"GIT_CONFIG_NOSYSTEM":              "0",
		"GIT_CONFIG_COUNT":                 "1",
		"GIT_CONFIG_KEY_0":                 "uploadpack.packObjectsHook",
		"GIT_CONFIG_VALUE_0":               script,
		"GIT_CONFIG_PARAMETERS":            "'core.hooksPath'='" + filepath.Join(home, "planted", "hooks") + "'",
		"GIT_DIR":                          filepath.Join(home, "nowhere"),
		"GIT_OBJECT_DIRECTORY":             filepath.Join(home, "nowhere"),
		"GIT_ALTERNATE_OBJECT_DIRECTORIES": filepath.Join(home, "nowhere"),
		"GIT_EXEC_PATH":                    home,
		"GIT_SSH_COMMAND":                  script,
		"GIT_ASKPASS":                      script,
		"GIT_PROXY_COMMAND":                script,
		"GIT_TRACE":                        canary,
		"GIT_TRACE2":                       canary,
		"GIT_TRACE_PACKET":                 canary,
		"GIT_TEMPLATE_DIR":                 filepath.Join(home, "planted"),
		"GIT_NAMESPACE":                    "other",
	} {
		t.Setenv(name, value)
	}
}

// TestPlanted serves, receives and packs while the repository and the
// environment are full of traps.
func TestPlanted(t *testing.T) {
	canary := filepath.Join(t.TempDir(), "canary")
	s := MustServe(t)
	clone := s.MustSeed()
	MustPlant(t, s.dir, canary)
	MustEnv(t, canary)
	s.git = MustFind(t)

	want := MustCommit(t, clone, "News.md", "new\n")
	MustGit(t, clone, "push", "-q", "origin", "main")
	if got := s.tip().String(); got != want {
		t.Errorf("the branch is at %s, want %s", got, want)
	}
	if got := MustGit(t, s.MustClone(), "rev-parse", "HEAD"); got != want {
		t.Errorf("cloned %s, want %s", got, want)
	}
	MustFail(t, "cannot be deleted", clone, "push", "origin", ":main")
	MustGit(t, clone, "reset", "-q", "--hard", "HEAD^")
	MustCommit(t, clone, "News.md", "rewritten\n")
	MustFail(t, "non-fast-forward", clone, "push", "--force", "origin", "main")
	if err := s.git.Maintain(t.Context(), s.dir); err != nil {
		t.Error(err)
	}

	// A missing object must not be looked for on the planted remote.
	for _, name := range s.files() {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	request := line("want "+want+"\n") + "0000" + line("done\n")
	if err := s.git.UploadPack(t.Context(), s.dir, "", strings.NewReader(request), io.Discard); err == nil {
		t.Error("a commit without objects was sent")
	}
	if text, err := os.ReadFile(canary); err == nil {
		t.Errorf("a trap snapped:\n%s", text)
	}
}

// TestTrapsWork proves that the traps are ones: git falls into them when it is
// run without care.
func TestTrapsWork(t *testing.T) {
	MustFind(t)
	canary := filepath.Join(t.TempDir(), "canary")
	dir := filepath.Join(t.TempDir(), "repo")
	MustBare(t, dir)
	MustPlant(t, dir, canary)
	MustGit(t, dir, "config", "--unset", "extensions.partialClone")
	MustGit(t, dir, "config", "--remove-section", "receive")
	work := t.TempDir()
	MustGit(t, work, "init", "-q")
	MustCommit(t, work, "Home.md", "x\n")
	if _, err := git(work, "push", "-q", dir, "main"); err == nil {
		t.Error("no hook refused the push")
	}
	if _, err := os.Stat(canary); err != nil {
		t.Error(err)
	}
}
