package transport

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// runGit runs git in a bare repository and returns what it prints.
func runGit(tb testing.TB, dir, in string, args ...string) string {
	tb.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=A", "-c", "user.email=a@b"}, args...)...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// TestMaintainWhileLanding packs the repository between any two steps of a pack's
// landing: what was pushed must be there in the end.
func TestMaintainWhileLanding(t *testing.T) {
	g, err := Find()
	if err != nil {
		t.Skip(err)
	}
	for steps := range 4 {
		home := t.TempDir()
		dir, staging := filepath.Join(home, "repo"), filepath.Join(home, "staging")
		runGit(t, home, "", "init", "-q", "--bare", "-b", "main", dir)
		tree := runGit(t, dir, "", "mktree")
		runGit(t, dir, "", "update-ref", "refs/heads/main", runGit(t, dir, "", "commit-tree", tree, "-m", "x"))
		runGit(t, home, "", "init", "-q", "--bare", "-b", "main", staging)
		blob := runGit(t, staging, "pushed\n", "hash-object", "-w", "--stdin")
		runGit(t, staging, blob+"\n", "-c", "pack.writeReverseIndex=true", "pack-objects", "-q", packDir+"/pack")

		names, err := landing(filepath.Join(staging, packDir))
		if err != nil || len(names) != 3 {
			t.Fatalf("files of a pack: %q, %v", names, err)
		}
		for i, name := range names {
			if i == steps {
				maintain(t, g, dir)
			}
			if err := os.Rename(filepath.Join(staging, packDir, name), filepath.Join(dir, packDir, name)); err != nil {
				t.Fatal(err)
			}
		}
		if steps == len(names) {
			maintain(t, g, dir)
		}
		if got := runGit(t, dir, "", "cat-file", "blob", blob); got != "pushed" {
			t.Errorf("after %d steps the object is %q", steps, got)
		}
	}
}

// maintain packs a repository.
func maintain(tb testing.TB, g *Git, dir string) {
	tb.Helper()
	if err := g.Maintain(tb.Context(), dir); err != nil {
		tb.Fatal(err)
	}
}
