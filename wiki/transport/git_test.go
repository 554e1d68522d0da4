package transport_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/transport"
)

// TestOldGitIsToldToSync asks a git that does not know core.fsync for durable
// objects in the way that it knows, and does not bother a newer one.
func TestOldGitIsToldToSync(t *testing.T) {
	for version, want := range map[string]bool{"2.30.2": true, "2.35.9": true, "2.36.0": false, "3.0.0": false} {
		s := &site{tb: t, dir: filepath.Join(t.TempDir(), "repo")}
		MustBare(t, s.dir)
		bin := t.TempDir()
		script := "#!/bin/sh\necho \"$@\" >>'" + bin + "/calls'\necho git version " + version + "\n"
		if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", bin)
		g, err := transport.Find()
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Advertise(t.Context(), s.dir, transport.Upload, "", io.Discard); err != nil {
			t.Fatal(err)
		}
		calls, err := os.ReadFile(filepath.Join(bin, "calls"))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(calls), "core.fsyncObjectFiles=true"); got != want {
			t.Errorf("%s is called so: %s", version, calls)
		}
	}
}
