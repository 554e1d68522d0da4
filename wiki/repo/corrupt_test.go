package repo_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
)

// overwrite replaces a file that is read-only.
func overwrite(tb testing.TB, file string, data []byte) {
	tb.Helper()
	if err := os.Remove(file); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// deflate compresses text as a loose object's file is.
func deflate(text string) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	io.WriteString(z, text)
	z.Close()
	return b.Bytes()
}

func TestCorruptLooseObject(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		err  error
	}{
		{"empty", nil, repo.ErrCorrupt},
		{"no zlib", []byte("hello"), repo.ErrCorrupt},
		{"cut off", deflate("blob 5\x00hello")[:8], repo.ErrCorrupt},
		{"no header", deflate("hello"), repo.ErrCorrupt},
		{"endless header", deflate("blob " + string(bytes.Repeat([]byte("1"), 4096))), repo.ErrCorrupt},
		{"negative size", deflate("blob -5\x00hello"), repo.ErrCorrupt},
		{"too long", deflate("blob 4\x00hello"), repo.ErrCorrupt},
		{"too short", deflate("blob 6\x00hello"), repo.ErrCorrupt},
		{"other content", deflate("blob 5\x00world"), repo.ErrCorrupt},
		{"unknown kind", deflate("blub 5\x00hello"), repo.ErrCorrupt},
		{"huge size", deflate("blob 999999999999999\x00hello"), repo.ErrTooLarge},
		{"another kind", deflate("tree 0\x00"), repo.ErrNotFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, dir := MustCreate(t)
			head := MustWrite(t, r, put(t, "a", "hello"))
			f, err := r.File(t.Context(), head, MustPath(t, "a"))
			if err != nil {
				t.Fatal(err)
			}
			text := f.Blob.String()
			overwrite(t, filepath.Join(dir, "objects", text[:2], text[2:]), test.data)
			if data, err := r.Blob(t.Context(), f.Blob, 1<<20); !errors.Is(err, test.err) {
				t.Errorf("blob %q, %v", data, err)
			}
			stream, _, err := r.OpenBlob(t.Context(), f.Blob)
			if err == nil {
				_, err = io.Copy(io.Discard, stream)
				stream.Close()
			}
			if err == nil {
				t.Error("the stream of a damaged blob ends without an error")
			}
			// Writing the content again repairs it.
			MustWrite(t, r, put(t, "b", "hello"))
			if got := listing(t, r, MustHead(t, r)); !slices.Equal(got, []string{"a=hello", "b=hello"}) {
				t.Errorf("repaired: %q", got)
			}
			fsck(t, dir)
		})
	}
}

func TestCorruptCommitAndTree(t *testing.T) {
	r, dir := MustCreate(t)
	for _, text := range []string{
		"", "tree", "tree x\n\nm", "author a <a> 1 +0000\n\nm", "\n\n",
		"tree " + repo.Hash{1}.String() + "\ntree " + repo.Hash{2}.String() + "\n\n",
		"tree " + repo.Hash{1}.String() + "\nparent zz\n\n",
	} {
		h := rawObject(t, dir, "commit", text)
		if c, err := r.Commit(t.Context(), h); !errors.Is(err, repo.ErrCorrupt) {
			t.Errorf("commit %q: %+v, %v", text, c, err)
		}
	}
	for _, text := range []string{"x", "100644 ", "100644 a", "100644 a\x00short", " a\x00" + string(make([]byte, 20)), "99999999 a\x00" + string(make([]byte, 20))} {
		tree := rawObject(t, dir, "tree", text)
		h := rawObject(t, dir, "commit", "tree "+tree.String()+"\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nm\n")
		if files, err := r.Files(t.Context(), h); !errors.Is(err, repo.ErrCorrupt) {
			t.Errorf("tree %q: %v, %v", text, files, err)
		}
	}
	// What is only odd is read.
	tree := rawObject(t, dir, "tree", "")
	for _, author := range []string{"", "a", "<", "> <", "a <b", "a <b> x", "a <b> 99999999999999999999 +0000", "a <b> 253402300800 +0000", "a <b> 1 +99999", "\xff <\xff> 1 +0100"} {
		h := rawObject(t, dir, "commit", "tree "+tree.String()+"\nauthor "+author+"\nencoding x\ngpgsig a\n b\n\n")
		if c, err := r.Commit(t.Context(), h); err != nil || c.Tree != tree {
			t.Errorf("author %q: %+v, %v", author, c, err)
		}
	}
}

// rawObject stores an object without git's checks.
func rawObject(tb testing.TB, dir, kind, text string) repo.Hash {
	tb.Helper()
	h, err := repo.ParseHash(gitInput(tb, dir, []byte(text), "hash-object", "--literally", "-w", "-t", kind, "--stdin"))
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// TestCorruptPack flips bytes of a pack: reads fail or give the right content,
// and never panic or run on.
func TestCorruptPack(t *testing.T) {
	r, dir := MustCreate(t)
	MustImport(t, dir, 120)
	git(t, dir, "repack", "-adfq")
	head := MustHead(t, r)
	files, err := r.Files(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	want := listing(t, r, head)
	for _, ext := range []string{"pack", "idx"} {
		names, err := filepath.Glob(filepath.Join(dir, "objects/pack/*."+ext))
		if err != nil || len(names) != 1 {
			t.Fatalf("packs %q, %v", names, err)
		}
		good, err := os.ReadFile(names[0])
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		failed := 0
		for range 30 {
			bad := bytes.Clone(good)
			for range 1 + random.IntN(60) {
				bad[random.IntN(len(bad))] ^= byte(1 + random.IntN(255))
			}
			overwrite(t, names[0], bad)
			r, err := repo.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Ancestors(t.Context(), head, nil); err != nil {
				failed++
			}
			for i, f := range files {
				data, err := r.Blob(t.Context(), f.Blob, 1<<20)
				if err == nil && f.Path.String()+"="+string(data) != want[i] {
					t.Fatalf("%s has other content", f.Path)
				}
			}
			r.Close()
		}
		if failed == 0 {
			t.Errorf("no damage of the %s was noticed", ext)
		}
		overwrite(t, names[0], good)
	}
}

// TestDeltaCircle reads an object that a pack describes as a difference from itself.
func TestDeltaCircle(t *testing.T) {
	r, dir := MustCreate(t)
	h := repo.Hash{0xab, 1}
	var pack bytes.Buffer
	pack.WriteString("PACK\x00\x00\x00\x02\x00\x00\x00\x01")
	pack.WriteByte(7<<4 | 4) // a delta of four bytes from a named base
	pack.Write(h[:])
	pack.Write(deflate("\x05\x05\x90\x05"))
	sum := sha1.Sum(pack.Bytes())
	pack.Write(sum[:])

	var index bytes.Buffer
	index.WriteString("\xfftOc\x00\x00\x00\x02")
	for i := range 256 {
		var count byte
		if i >= int(h[0]) {
			count = 1
		}
		index.Write([]byte{0, 0, 0, count})
	}
	index.Write(h[:])
	index.Write(make([]byte, 4))     // checksum of the entry
	index.Write([]byte{0, 0, 0, 12}) // its offset
	index.Write(sum[:])              // of the pack
	total := sha1.Sum(index.Bytes())
	index.Write(total[:])
	for ext, data := range map[string][]byte{"pack": pack.Bytes(), "idx": index.Bytes()} {
		name := "pack-" + hex.EncodeToString(sum[:]) + "." + ext
		if err := os.WriteFile(filepath.Join(dir, "objects/pack", name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const want = "a chain of deltas has no end"
	if _, err := r.Blob(t.Context(), h, 1<<20); !errors.Is(err, repo.ErrCorrupt) || !strings.Contains(err.Error(), want) {
		t.Errorf("blob: %v", err)
	}
	if _, _, err := r.OpenBlob(t.Context(), h); !errors.Is(err, repo.ErrCorrupt) || !strings.Contains(err.Error(), want) {
		t.Errorf("stream: %v", err)
	}
}

func TestMissingObject(t *testing.T) {
	r, _ := MustCreate(t)
	MustWrite(t, r, put(t, "a", "1"))
	h := repo.Hash{1, 2, 3}
	if _, err := r.Blob(t.Context(), h, 1); !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("blob: %v", err)
	}
	if _, _, err := r.OpenBlob(t.Context(), h); !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("stream: %v", err)
	}
	if _, err := r.Commit(t.Context(), h); !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("commit: %v", err)
	}
	if _, err := r.Ancestors(t.Context(), h, nil); !errors.Is(err, repo.ErrNotFound) {
		t.Errorf("ancestors: %v", err)
	}
	if _, err := write(t.Context(), r, h, put(t, "a", "2")); !errors.Is(err, repo.ErrMoved) {
		t.Errorf("write: %v", err)
	}
}

// TestLimitIsCheckedFirst asks for less than a blob holds and measures that the
// content was not read into memory, from a loose object and from a pack.
func TestLimitIsCheckedFirst(t *testing.T) {
	r, dir := MustCreate(t)
	const size = 64 << 20
	h, err := r.WriteStream(t.Context(), io.LimitReader(zeroes{}, size), size)
	if err != nil {
		t.Fatal(err)
	}
	MustWrite(t, r, repo.Edit{Path: MustPath(t, "zeroes"), Blob: h})
	for _, where := range []string{"loose", "packed"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := r.Blob(t.Context(), h, 1<<20); !errors.Is(err, repo.ErrTooLarge) {
			t.Errorf("%s blob: %v", where, err)
		}
		stream, got, err := r.OpenBlob(t.Context(), h)
		if err != nil || got != size {
			t.Fatalf("%s stream of %d bytes, %v", where, got, err)
		}
		if n, err := io.Copy(io.Discard, stream); n != size || err != nil {
			t.Errorf("%s stream: %d bytes, %v", where, n, err)
		}
		stream.Close()
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > size/8 {
			t.Errorf("%s: %d bytes of memory for a blob of %d", where, used, size)
		}
		git(t, dir, "gc", "-q")
	}
}

// zeroes is an endless source of zeroes.
type zeroes struct{}

// Read implements io.Reader.
func (zeroes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
