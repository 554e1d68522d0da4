package transport_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/transport"
)

const zeroHash = "0000000000000000000000000000000000000000"

// emptyTree names the tree without entries.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// line frames one packet of git's protocol.
func line(text string) string { return fmt.Sprintf("%04x%s", len(text)+4, text) }

// body makes the request of a push of one reference.
func body(old, new, ref, capabilities string, pack []byte) string {
	return line(old+" "+new+" "+ref+"\x00"+capabilities) + "0000" + string(pack)
}

// MustPack packs what has to be known to go from one commit to another.
func MustPack(tb testing.TB, dir, revisions string) []byte {
	tb.Helper()
	cmd := exec.Command("git", "pack-objects", "--revs", "--stdout", "-q")
	cmd.Dir, cmd.Env, cmd.Stdin = dir, clientEnv(), strings.NewReader(revisions)
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// MustObject writes an object that need not make sense and returns its hash.
func MustObject(tb testing.TB, dir, kind, content string) string {
	tb.Helper()
	cmd := exec.Command("git", "hash-object", "-t", kind, "-w", "--stdin", "--literally")
	cmd.Dir, cmd.Env, cmd.Stdin = dir, clientEnv(), strings.NewReader(content)
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// treeEntry is one entry of a tree in git's own form.
func treeEntry(tb testing.TB, mode, name, hash string) string {
	tb.Helper()
	h, err := repo.ParseHash(hash)
	if err != nil {
		tb.Fatal(err)
	}
	return mode + " " + name + "\x00" + string(h[:])
}

// TestPushBadObjects pushes with a client that checks nothing.
func TestPushBadObjects(t *testing.T) {
	const people = "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n"
	commit := func(t *testing.T, dir, tree, people string) string {
		return MustObject(t, dir, "commit", "tree "+tree+"\nparent "+MustGit(t, dir, "rev-parse", "HEAD")+"\n"+people+"\nx\n")
	}
	named := func(mode, name string) func(t *testing.T, dir string) string {
		return func(t *testing.T, dir string) string {
			hash := MustObject(t, dir, "blob", "x")
			if mode == "40000" {
				hash = MustObject(t, dir, "tree", treeEntry(t, "100644", "f", hash))
			}
			return commit(t, dir, MustObject(t, dir, "tree", treeEntry(t, mode, name, hash)), people)
		}
	}
	s := MustServe(t)
	clone := s.MustSeed()
	before, files := s.tip(), len(s.files())
	old := before.String()
	for _, test := range []struct {
		name string
		make func(t *testing.T, dir string) string
		says string
	}{
		{"parent directory", named("40000", ".."), "hasDotdot"},
		{"this directory", named("40000", "."), "hasDot"},
		{"git directory", named("40000", ".git"), "hasDotgit"},
		{"git directory in capitals", named("40000", ".GIT"), "hasDotgit"},
		{"git directory on NTFS", named("40000", "git~1"), "hasDotgit"},
		{"git directory on HFS", named("40000", ".g\u200cit"), "hasDotgit"},
		{"slash", named("100644", "../../etc/passwd"), "fullPathname"},
		{"odd mode", named("100777", "f"), "badFilemode"},
		{"zero-padded mode", named("0100644", "f"), "zeroPaddedFilemode"},
		{"link as .gitmodules", named("120000", ".gitmodules"), "gitmodulesSymlink"},
		{"same name twice", func(t *testing.T, dir string) string {
			entry := treeEntry(t, "100644", "f", MustObject(t, dir, "blob", "x"))
			return commit(t, dir, MustObject(t, dir, "tree", entry+entry), people)
		}, "duplicateEntries"},
		{"no e-mail address", func(t *testing.T, dir string) string {
			return commit(t, dir, MustGit(t, dir, "rev-parse", "HEAD^{tree}"), strings.ReplaceAll(people, " <a@b>", ""))
		}, "missingEmail"},
		{"a tree as commit", func(t *testing.T, dir string) string {
			return MustObject(t, dir, "tree", treeEntry(t, "100644", "f", MustObject(t, dir, "blob", "new")))
		}, "rejected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bad := test.make(t, clone)
			pack := MustPackObjects(t, clone, bad)
			var out bytes.Buffer
			err := s.git.ReceivePack(t.Context(), s.push(), strings.NewReader(body(old, bad, "refs/heads/main", "report-status side-band-64k", pack)), &out)
			var refused *transport.Refusal
			if !errors.As(err, &refused) {
				t.Errorf("it gives %v", err)
			}
			if test.says != "rejected" && !strings.Contains(out.String(), test.says) {
				t.Errorf("the answer does not say %s: %q", test.says, out.String())
			}
			if !strings.Contains(out.String(), "ng refs/heads/main ") || strings.Contains(out.String(), "ok refs/heads/main") {
				t.Errorf("answer %q", out.String())
			}
			if s.tip() != before || len(s.files()) != files {
				t.Error("the repository changed")
			}
			s.MustBeClean()
		})
	}
}

// MustPackObjects packs an object and all that it leads to, except what the
// remote's branch has, without looking whether it makes sense.
func MustPackObjects(tb testing.TB, dir, hash string) []byte {
	tb.Helper()
	seen, list := map[string]bool{}, ""
	var walk func(hash string)
	walk = func(hash string) {
		if seen[hash] {
			return
		}
		seen[hash], list = true, list+hash+"\n"
		switch MustGit(tb, dir, "cat-file", "-t", hash) {
		case "commit":
			tree, _, _ := strings.Cut(strings.TrimPrefix(MustGit(tb, dir, "cat-file", "commit", hash), "tree "), "\n")
			walk(tree)
		case "tree":
			cmd := exec.Command("git", "cat-file", "tree", hash)
			cmd.Dir, cmd.Env = dir, clientEnv()
			raw, err := cmd.Output()
			if err != nil {
				tb.Fatal(err)
			}
			for len(raw) > 0 {
				_, rest, _ := bytes.Cut(raw, []byte{0})
				walk(fmt.Sprintf("%x", rest[:20]))
				raw = rest[20:]
			}
		}
	}
	walk(hash)
	cmd := exec.Command("git", "pack-objects", "--stdout", "-q")
	cmd.Dir, cmd.Env, cmd.Stdin = dir, clientEnv(), strings.NewReader(list)
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// TestPushDamaged sends packs that are no packs, or not whole.
func TestPushDamaged(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	before, files := s.tip(), len(s.files())
	old := before.String()
	next := MustCommit(t, clone, "Home.md", noise(5000))
	pack := MustPack(t, clone, next+"\n^"+old+"\n")
	flipped := bytes.Clone(pack)
	flipped[len(flipped)/2] ^= 0x40
	onlyCommit := MustPackOf(t, clone, next)
	for _, test := range []struct {
		name string
		pack []byte
	}{
		{"nothing", nil},
		{"no pack", []byte("hello, this is no pack at all, but quite long")},
		{"a flipped bit", flipped},
		{"half", pack[:len(pack)/2]},
		{"without checksum", pack[:len(pack)-20]},
		{"only the commit", onlyCommit},
		{"an enormous object", deltaBomb(t)},
		{"a billion objects", []byte("PACK\x00\x00\x00\x02\x3b\x9a\xca\x00" + strings.Repeat("x", 100))},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			err := s.git.ReceivePack(t.Context(), s.push(), strings.NewReader(body(old, next, "refs/heads/main", "report-status side-band-64k", test.pack)), &out)
			var refused *transport.Refusal
			if !errors.As(err, &refused) || !strings.Contains(out.String(), "ng refs/heads/main ") {
				t.Errorf("it gives %v and answers %q", err, out.String())
			}
			if s.tip() != before || len(s.files()) != files {
				t.Error("the repository changed")
			}
			s.MustBeClean()
		})
	}
	// The same push is fine when nothing is wrong with it.
	var out bytes.Buffer
	if err := s.git.ReceivePack(t.Context(), s.push(), strings.NewReader(body(old, next, "refs/heads/main", "report-status", pack)), &out); err != nil {
		t.Fatal(err)
	}
	if want := line("unpack ok\n") + line("ok refs/heads/main\n") + "0000"; out.String() != want {
		t.Errorf("answered %q, want %q", out.String(), want)
	}
}

// MustPackOf packs the named objects alone.
func MustPackOf(tb testing.TB, dir string, hashes ...string) []byte {
	tb.Helper()
	cmd := exec.Command("git", "pack-objects", "--stdout", "-q")
	cmd.Dir, cmd.Env, cmd.Stdin = dir, clientEnv(), strings.NewReader(strings.Join(hashes, "\n")+"\n")
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// deltaBomb is a pack of some hundred bytes with an object that says it is 8 GB.
func deltaBomb(tb testing.TB) []byte {
	tb.Helper()
	deflate := func(b []byte) []byte {
		var out bytes.Buffer
		w := zlib.NewWriter(&out)
		_, _ = w.Write(b)
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
		return out.Bytes()
	}
	base := bytes.Repeat([]byte("a"), 64)
	delta := binary.AppendUvarint(nil, uint64(len(base)))
	delta = binary.AppendUvarint(delta, 8<<30)
	for range 10 {
		delta = append(delta, 0x80|0x10, 64) // copy 64 bytes from the start
	}
	pack := []byte("PACK\x00\x00\x00\x02\x00\x00\x00\x02")
	first := append([]byte{3<<4 | 0x80 | 64&15, 64 >> 4}, deflate(base)...)
	pack = append(pack, first...)
	pack = append(pack, 6<<4|0x80|byte(len(delta)&15), byte(len(delta)>>4), byte(len(first)))
	pack = append(pack, deflate(delta)...)
	sum := sha1.Sum(pack)
	return append(pack, sum[:]...)
}

// TestPushHidesPaths lets git complain about a damaged file of the server.
func TestPushHidesPaths(t *testing.T) {
	s := MustServe(t)
	clone := s.MustSeed()
	pack := filepath.Join(s.dir, "objects/pack/pack-"+zeroHash)
	MustWrite(t, pack+".pack", "no pack")
	MustWrite(t, pack+".idx", "no index")
	MustCommit(t, clone, "Home.md", "x")
	out, err := git(clone, "push", "origin", "main")
	if err != nil || !strings.Contains(out, "index file") || strings.Contains(out, filepath.Dir(s.dir)) {
		t.Errorf("%v, the client is told %s", err, out)
	}
}

// TestPushNonsense are requests that cannot be understood.
func TestPushNonsense(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	tip := s.tip().String()
	for name, request := range map[string]string{
		"empty":               "",
		"no packet":           "hello",
		"short packet":        "0100abc",
		"reserved length":     "00010000",
		"not a command":       line("push everything\x00report-status") + "0000",
		"not a hash":          line(strings.Repeat("z", 40)+" "+tip+" refs/heads/main\x00report-status") + "0000",
		"no reference":        line(tip+" "+tip+" \x00report-status") + "0000",
		"line end in name":    line(tip+" "+tip+" refs/heads/a\nb\x00report-status") + "0000",
		"long reference":      line(tip+" "+tip+" refs/"+strings.Repeat("a", 5000)+"\x00report-status") + "0000",
		"push certificate":    line("push-cert\x00report-status") + "0000",
		"push options":        line(tip+" "+tip+" refs/heads/main\x00report-status push-options") + "0000",
		"SHA-256":             line(tip+" "+tip+" refs/heads/main\x00object-format=sha256") + "0000",
		"too many references": strings.Repeat(line(tip+" "+tip+" refs/heads/x\x00"), 1001) + "0000",
		"endless boundaries":  strings.Repeat(line("shallow "+tip), 200_000) + line(tip+" "+tip+" refs/heads/x\x00") + "0000",
		"no end":              line(tip + " " + tip + " refs/heads/main\x00report-status"),
	} {
		var out bytes.Buffer
		err := s.git.ReceivePack(t.Context(), s.push(), strings.NewReader(request), &out)
		if !errors.Is(err, transport.ErrProtocol) || out.Len() > 0 {
			t.Errorf("%s gives %v and answers %q", name, err, out.String())
		}
	}
	s.MustBeClean()
}

// TestPushProbe is what clients send before much: nothing, to be let in.
func TestPushProbe(t *testing.T) {
	s := MustServe(t)
	var out bytes.Buffer
	if err := s.git.ReceivePack(t.Context(), s.push(), strings.NewReader("0000"), &out); err != nil || out.Len() > 0 {
		t.Errorf("it gives %v and answers %q", err, out.String())
	}
}

// TestPushAnswerForms checks the answer's form for what a client can read.
func TestPushAnswerForms(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	tip := s.tip().String()
	report := line("unpack ok\n") + line("ng refs/heads/x this wiki has one branch; push to main\n") + "0000"
	for capabilities, want := range map[string]string{
		"":                               "",
		"report-status":                  report,
		"report-status-v2 agent=git/2.0": report,
		"side-band-64k":                  "0000",
		"report-status side-band-64k":    line("\x01"+report) + "0000",
	} {
		var out bytes.Buffer
		err := s.git.ReceivePack(t.Context(), s.push(), strings.NewReader(body(zeroHash, tip, "refs/heads/x", capabilities, nil)), &out)
		var refused *transport.Refusal
		if !errors.As(err, &refused) || out.String() != want {
			t.Errorf("with %q it gives %v and answers %q, want %q", capabilities, err, out.String(), want)
		}
	}
}

// brokenReader gives some bytes, tells that it has, and fails when told to.
type brokenReader struct {
	r    io.Reader
	gave chan struct{}
	fail chan error
}

// Read implements io.Reader.
func (b *brokenReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == nil {
		return n, nil
	}
	close(b.gave)
	return 0, <-b.fail
}

// MustHalfPush returns a push that stops half way.
func (s *site) MustHalfPush() *brokenReader {
	s.tb.Helper()
	clone := s.MustClone()
	old := s.tip().String()
	next := MustCommit(s.tb, clone, "big.bin", noise(1<<20))
	pack := MustPack(s.tb, clone, next+"\n^"+old+"\n")
	half := body(old, next, "refs/heads/main", "report-status", pack[:len(pack)/2])
	return &brokenReader{r: strings.NewReader(half), gave: make(chan struct{}), fail: make(chan error, 1)}
}

func TestPushHangsUp(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	before, files := s.tip(), len(s.files())
	in := s.MustHalfPush()
	in.fail <- io.ErrUnexpectedEOF
	if err := s.git.ReceivePack(t.Context(), s.push(), in, io.Discard); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("it gives %v", err)
	}
	if s.tip() != before || len(s.files()) != files {
		t.Error("the repository changed")
	}
	s.MustBeClean()
}

// TestPushCancelled ends the context while git waits for the rest of a pack.
func TestPushCancelled(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	before, files := s.tip(), len(s.files())
	in := s.MustHalfPush()
	defer func() { in.fail <- io.ErrUnexpectedEOF }()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-in.gave
		cancel()
	}()
	if err := s.git.ReceivePack(ctx, s.push(), in, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("it gives %v", err)
	}
	if s.tip() != before || len(s.files()) != files {
		t.Error("the repository changed")
	}
	s.MustBeClean()
}

// TestPushConnectionBreaks is the same over a connection that is closed.
func TestPushConnectionBreaks(t *testing.T) {
	s := MustServe(t)
	s.MustSeed()
	before, files := s.tip(), len(s.files())
	half, err := io.ReadAll(s.MustHalfPush().r)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", target.Host)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	s.finished = func() { close(done) }
	_, err = fmt.Fprintf(conn, "POST /wiki.git/git-receive-pack HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", 2*len(half), half)
	if err = errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
	<-done
	if err := s.lastPush(); err == nil {
		t.Error("the server takes the push for done")
	}
	if s.tip() != before || len(s.files()) != files {
		t.Error("the repository changed")
	}
	s.MustBeClean()
}

// TestProcessGroupDies replaces git by a script that starts another process and
// waits for it. Both hold a pipe open as long as they live.
func TestProcessGroupDies(t *testing.T) {
	bin := t.TempDir()
	pipe := filepath.Join(bin, "alive")
	if out, err := exec.Command("mkfifo", pipe).CombinedOutput(); err != nil {
		t.Skipf("mkfifo: %v: %s", err, out)
	}
	script := "#!/bin/sh\ncase \"$*\" in *version) echo git version 2.39.5; exit;; esac\nsleep 1000 >" + pipe + " &\nwait\n"
	if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "repo")
	MustBare(t, dir)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	g := MustFind(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	gone := make(chan error, 1)
	go func() {
		f, err := os.Open(pipe) // waits until the process has opened it
		cancel()
		if err == nil {
			_, err = io.Copy(io.Discard, f) // ends when nobody holds it any more
			_ = f.Close()
		}
		gone <- err
	}()
	if err := g.Advertise(ctx, dir, transport.Upload, "", io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("it gives %v", err)
	}
	if err := <-gone; err != nil {
		t.Error(err)
	}
}
