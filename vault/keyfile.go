package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// KeyFile is the name of the key file in a server's data directory.
const KeyFile = "server.key"

// ErrKeyFile means that a key file cannot be used; the wrapping error says why
// and what to do.
var ErrKeyFile = errors.New("the key file cannot be used")

const (
	keyBytes = 32 // AES-256
	keyMode  = 0o600
	// maxKeyFile bounds what is read: a key, a newline and some room for what an
	// editor adds.
	maxKeyFile = 256
)

// loadKey reads the key, or makes it when there is none.
func loadKey(root *os.Root, name string) ([]byte, error) {
	key, err := readKey(root, name)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeKey(root, name); err != nil {
		return nil, fmt.Errorf("make key file: %w", err)
	}
	return readKey(root, name)
}

// readKey reads a key file: 32 bytes in base64 (RFC 4648, section 4) on one line.
func readKey(root *os.Root, name string) ([]byte, error) {
	// Looked at before it is opened, as opening a pipe would wait for its writer.
	info, err := root.Lstat(name)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is no plain file; put the file itself there", ErrKeyFile, name)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("%w: others may read %s (mode %04o); run chmod 600 on it, "+
			"and if somebody may have read it, replace the keys that were entered here", ErrKeyFile, name, mode)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	key, err := base64.StdEncoding.Strict().DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != keyBytes || len(text) > maxKeyFile {
		return nil, fmt.Errorf("%w: %s does not hold a key of %d bytes in base64; put back the copy that was saved of it, "+
			"or move it away to begin with a new key, after which keys of model servers must be entered again",
			ErrKeyFile, name, keyBytes)
	}
	return key, nil
}

// makeKey makes a key file that is on disk when the call returns, unless there
// is one. It is written under another name first: the link that gives it its own
// never replaces a file and never shows half of one, whoever else makes a key at
// the same time and wherever the program is stopped.
func makeKey(root *os.Root, name string) error {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails, see crypto/rand
	draft := name + "-" + rand.Text()
	f, err := root.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, keyMode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = root.Link(draft, name)
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil // another was faster, and its key counts
	}
	if err = errors.Join(err, root.Remove(draft)); err != nil {
		return err
	}
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
