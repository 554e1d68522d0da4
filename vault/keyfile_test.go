package vault_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/holtdb/holt/vault"
)

// MustWrite writes a key file with a mode.
func MustWrite(tb testing.TB, dir, content string, mode os.FileMode) {
	tb.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		tb.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		tb.Fatal(err)
	}
}

func lineOf(key string) string { return base64.StdEncoding.EncodeToString([]byte(key)) + "\n" }

func TestKeyFileIsMade(t *testing.T) {
	dir := t.TempDir()
	MustOpen(t, dir)
	path := filepath.Join(dir, name)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(string(first), "\n"))
	if err != nil || len(key) != 32 {
		t.Errorf("it holds %d bytes, %v", len(key), err)
	}
	MustOpen(t, dir)
	if second, err := os.ReadFile(path); err != nil || string(second) != string(first) {
		t.Errorf("the key changed, or %v", err)
	}
	only(t, dir)
}

// only fails when a directory holds anything but the key file.
func only(tb testing.TB, dir string) {
	tb.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		tb.Errorf("the directory holds %v, %v", entries, err)
	}
}

// TestFirstOpeningsTogether lets many make the key at once, each with a
// directory of its own opening: all of them must get the same.
func TestFirstOpeningsTogether(t *testing.T) {
	for range 20 {
		dir := t.TempDir()
		const n = 8
		vaults, errs := make([]*vault.Vault, n), make([]error, n)
		roots := make([]*os.Root, n)
		for i := range roots {
			roots[i] = MustRoot(t, dir)
		}
		start := make(chan struct{})
		var running sync.WaitGroup
		for i := range n {
			running.Go(func() {
				<-start
				vaults[i], errs[i] = vault.Open(roots[i], name)
			})
		}
		close(start)
		running.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		for _, sealer := range vaults {
			sealed := MustSeal(t, sealer, ofAlice(), secret)
			for _, opener := range append(vaults, MustOpen(t, dir)) {
				if text, err := opener.Open(ofAlice(), sealed); err != nil || text != secret {
					t.Fatalf("two keys were made: %v", err)
				}
			}
		}
		only(t, dir)
	}
}

// TestDraftsAreLeftAlone opens a directory in which a first start was cut off.
func TestDraftsAreLeftAlone(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name+"-ABC"), []byte("QUJD"), 0o600); err != nil {
		t.Fatal(err)
	}
	MustOpen(t, dir)
}

func TestRefusedModes(t *testing.T) {
	good := lineOf(strings.Repeat("k", 32))
	for _, mode := range []os.FileMode{0o644, 0o640, 0o604, 0o660, 0o601, 0o777} {
		dir := t.TempDir()
		MustWrite(t, dir, good, mode)
		_, err := vault.Open(MustRoot(t, dir), name)
		if !errors.Is(err, vault.ErrKeyFile) || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
	dir := t.TempDir()
	MustWrite(t, dir, good, 0o400)
	MustOpen(t, dir)
}

func TestRefusedFiles(t *testing.T) {
	for what, place := range map[string]func(path string) error{
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"link":      func(path string) error { return os.Symlink("elsewhere", path) },
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "elsewhere"), []byte(lineOf(strings.Repeat("k", 32))), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := place(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.Open(MustRoot(t, dir), name); !errors.Is(err, vault.ErrKeyFile) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := vault.Open(MustRoot(t, t.TempDir()), "../"+name); err == nil {
		t.Error("a key outside the directory was opened")
	}
}

func TestMalformedKeys(t *testing.T) {
	key := strings.Repeat("k", 32)
	good := strings.TrimSpace(lineOf(key))
	for _, bad := range []string{
		"", "\n", "key", good[:43], good + "=", good + good, lineOf(key[:31]), lineOf(key + "k"), lineOf(key) + lineOf(key),
		key, strings.Repeat("6b", 32), good[:20] + " " + good[20:], good + strings.Repeat("\n", 300), "\x00" + good,
		good[:42] + "t=", // bits that are no part of the key
	} {
		dir := t.TempDir()
		MustWrite(t, dir, bad, 0o600)
		_, err := vault.Open(MustRoot(t, dir), name)
		if !errors.Is(err, vault.ErrKeyFile) {
			t.Errorf("%q: %v", bad, err)
		} else if len(bad) > 8 && strings.Contains(err.Error(), bad[:8]) {
			t.Errorf("the error shows the file: %v", err)
		}
	}
	for _, readable := range []string{good, good + "\n", good + "\r\n", " " + good + " \n\n"} {
		dir := t.TempDir()
		MustWrite(t, dir, readable, 0o600)
		MustOpen(t, dir)
	}
}

func FuzzKeyFile(f *testing.F) {
	dir := f.TempDir()
	root := MustRoot(f, dir)
	f.Add(lineOf(strings.Repeat("k", 32)))
	f.Add("QUJD\n")
	f.Fuzz(func(t *testing.T, content string) {
		MustWrite(t, dir, content, 0o600)
		v, err := vault.Open(root, name)
		if err != nil {
			if !errors.Is(err, vault.ErrKeyFile) {
				t.Error(err)
			}
			return
		}
		if text, err := v.Open(ofAlice(), MustSeal(t, v, ofAlice(), secret)); err != nil || text != secret {
			t.Errorf("%q, %v", text, err)
		}
	})
}
