package repo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/wiki/repo"
	"golang.org/x/sys/unix"
)

// TestWriteRefreshesBlob names a blob that is old enough for gc to drop it while
// the branch does not lead to it yet.
func TestWriteRefreshesBlob(t *testing.T) {
	ago := time.Now().Add(-30 * 24 * time.Hour)
	for _, packed := range []bool{false, true} {
		r, dir := MustCreate(t)
		MustWrite(t, r, put(t, "page.md", "x"))
		blob, err := r.WriteStream(t.Context(), strings.NewReader("picture"), 7)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join("objects", blob.String()[:2], blob.String()[2:])
		if packed {
			pack := gitInput(t, dir, []byte(blob.String()+"\n"), "pack-objects", "-q", "objects/pack/pack")
			git(t, dir, "prune-packed")
			name = "objects/pack/pack-" + pack + ".pack"
		}
		name = filepath.Join(dir, name)
		if err := os.Chtimes(name, ago, ago); err != nil {
			t.Fatal(err)
		}
		MustWrite(t, r, repo.Edit{Path: MustPath(t, "page/picture.png"), Blob: blob})
		if info, err := os.Stat(name); err != nil || time.Since(info.ModTime()) > time.Hour {
			t.Errorf("packed %v: the blob is as old as before: %v", packed, err)
		}
	}
}

// TestWriteOfManyFiles makes more objects at once than the process may have files open.
func TestWriteOfManyFiles(t *testing.T) {
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	few := before
	few.Cur = 200
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
			t.Error(err)
		}
	})
	r, dir := MustCreate(t)
	var edits []repo.Edit
	for n := range 400 {
		edits = append(edits, put(t, fmt.Sprintf("page%d.md", n), fmt.Sprint(n)))
	}
	h := MustWrite(t, r, edits...)
	if got := len(listing(t, r, h)); got != len(edits) {
		t.Errorf("%d files, want %d", got, len(edits))
	}
	fsck(t, dir)
}
