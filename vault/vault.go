// Package vault encrypts the secrets of tenants, such as the keys of their
// model servers, with a key of the server that lies outside every database. A
// database, a backup of one, or a tenant's home that is handed out thus gives
// no secret away.
//
// It keeps nothing: callers store what is sealed where it belongs. It protects
// data at rest, not against who can read the key file or the process.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// version is the first byte of what is sealed, and is authenticated with it.
const version = 1

// ErrSealed means that a sealed text does not open: it was sealed with another
// key or for another context, or it was changed. The text is lost; its owner
// has to give it again.
var ErrSealed = errors.New("this secret was encrypted with another server key, or is damaged; enter it again")

// Context says what a secret belongs to. A sealed text opens only in the
// context that it was sealed for, so that one that is copied to another tenant,
// or put to another use, is worth nothing there.
type Context struct {
	Kind    string // of the tenant, such as "users"; see [ForServer]
	Tenant  string // the tenant's ID; empty for the server itself
	Purpose string // what the secret is for
}

// ForServer returns the context of a secret of the server itself.
func ForServer(purpose string) Context { return Context{Kind: "server", Purpose: purpose} }

// Vault seals and opens with one key. It is safe for concurrent use.
type Vault struct {
	aead cipher.AEAD
}

// Open opens the vault whose key is in the file name of a directory. When there
// is no such file it makes one with a random key; of several that do so at once
// all get the same. It fails with [ErrKeyFile] when the file cannot be trusted or
// understood.
func Open(root *os.Root, name string) (*Vault, error) {
	key, err := loadKey(root, name)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	return &Vault{aead: aead}, nil
}

// Format implements [fmt.Formatter], as printing the fields would print the key.
func (Vault) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "vault") // fmt keeps the text in memory
}

// Seal encrypts a text for a context, which needs a kind and a purpose. The
// result is a version byte, 12 bytes of nonce and AES-256-GCM's output (NIST SP
// 800-38D): 29 bytes more than the text, and different at every call.
func (v *Vault) Seal(context Context, plaintext string) ([]byte, error) {
	if context.Kind == "" || context.Purpose == "" {
		return nil, errors.New("seal secret: the context has no kind or no purpose")
	}
	return v.aead.Seal([]byte{version}, nil, []byte(plaintext), context.bytes()), nil
}

// Open decrypts what was sealed for the context. It fails with [ErrSealed].
func (v *Vault) Open(context Context, sealed []byte) (string, error) {
	if len(sealed) == 0 || sealed[0] != version {
		return "", fmt.Errorf("open secret: %w", ErrSealed)
	}
	plaintext, err := v.aead.Open(nil, nil, sealed[1:], context.bytes())
	if err != nil {
		return "", fmt.Errorf("open secret: %w", ErrSealed) // err says no more
	}
	return string(plaintext), nil
}

// bytes returns the additional data of a context. Each part has its length
// before it, so that no two contexts have the same.
func (c Context) bytes() []byte {
	b := []byte{version}
	for _, part := range []string{c.Kind, c.Tenant, c.Purpose} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	return b
}
