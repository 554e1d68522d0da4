package platform

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/secure/precis"
)

const (
	MinPassword = 10   // characters of a new password, after NIST SP 800-63B without composition rules
	MaxPassword = 1024 // bytes of a password
)

// PasswordCost is what one argon2id hash costs (RFC 9106).
type PasswordCost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultPasswordCost lies above OWASP's minimum of 19 MiB and 2 passes.
func DefaultPasswordCost() PasswordCost {
	return PasswordCost{Memory: 32 << 10, Passes: 3, Threads: 1}
}

// Bounds of the cost that a stored password may ask for.
const (
	maxMemory  = 1 << 20 // KiB
	maxPasses  = 64
	saltBytes  = 16
	hashBytes  = 32
	maxHashers = 4 // at once, each with Memory
)

// hasher hashes passwords, few at a time so that many sign-ins cannot use up
// the memory.
type hasher struct {
	cost  PasswordCost
	slots chan struct{}
	dummy string // checked for unknown logins, so that they cost the same
}

func newHasher(cost PasswordCost) *hasher {
	h := &hasher{cost: cost, slots: make(chan struct{}, min(maxHashers, runtime.GOMAXPROCS(0)))}
	h.dummy = phc{cost: cost, salt: make([]byte, saltBytes), hash: make([]byte, hashBytes)}.String()
	return h
}

// derive waits for a slot and hashes.
func (h *hasher) derive(ctx context.Context, password string, salt []byte, cost PasswordCost) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, cost.Passes, cost.Memory, cost.Threads, hashBytes), nil
}

// hash returns the PHC string of a new password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	password, err := checkNewPassword(password)
	if err != nil {
		return "", err
	}
	return h.hashPrepared(ctx, password)
}

func (h *hasher) hashPrepared(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	sum, err := h.derive(ctx, password, salt, h.cost)
	if err != nil {
		return "", err
	}
	return phc{cost: h.cost, salt: salt, hash: sum}.String(), nil
}

// verify reports whether password is the one of stored, and whether stored was
// hashed at another cost than new passwords. An empty stored never matches but
// costs the same.
func (h *hasher) verify(ctx context.Context, stored, password string) (ok, outdated bool, err error) {
	known := stored != ""
	if !known {
		stored = h.dummy
	}
	want, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	prepared, err := preparePassword(password)
	if err != nil {
		known, prepared = false, ""
	}
	got, err := h.derive(ctx, prepared, want.salt, want.cost)
	if err != nil {
		return false, false, err
	}
	equal := subtle.ConstantTimeCompare(got, want.hash) == 1
	return equal && known, want.cost != h.cost, nil
}

// preparePassword bounds a password and applies RFC 8265's OpaqueString: the
// same characters give the same bytes on every keyboard.
func preparePassword(password string) (string, error) {
	if len(password) > MaxPassword {
		return "", ErrPasswordLong
	}
	prepared, err := precis.OpaqueString.String(password)
	if err != nil {
		return "", ErrInvalidPassword
	}
	return prepared, nil
}

func checkNewPassword(password string) (string, error) {
	if utf8.RuneCountInString(password) < MinPassword {
		return "", ErrPasswordShort
	}
	return preparePassword(password)
}

// phc is a password hash in the PHC string format
// (https://github.com/P-H-C/phc-string-format):
// $argon2id$v=19$m=32768,t=3,p=1$salt$hash.
type phc struct {
	cost PasswordCost
	salt []byte
	hash []byte
}

// String writes the PHC string.
func (p phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		p.cost.Memory, p.cost.Passes, p.cost.Threads, b64.EncodeToString(p.salt), b64.EncodeToString(p.hash))
}

var errMalformedHash = errors.New("stored password hash is malformed")

// parsePHC reads a PHC string. A cost out of bounds is refused: the string
// comes from a file, and must not make the program use up its memory.
func parsePHC(text string) (phc, error) {
	fields := strings.Split(text, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errMalformedHash
	}
	var p phc
	_, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.cost.Memory, &p.cost.Passes, &p.cost.Threads)
	if err != nil || p.cost.Memory > maxMemory || p.cost.Passes < 1 || p.cost.Passes > maxPasses || p.cost.Threads < 1 {
		return phc{}, errMalformedHash
	}
	var saltErr, hashErr error
	p.salt, saltErr = base64.RawStdEncoding.DecodeString(fields[4])
	p.hash, hashErr = base64.RawStdEncoding.DecodeString(fields[5])
	if saltErr != nil || hashErr != nil || len(p.hash) != hashBytes || p.String() != text {
		return phc{}, errMalformedHash
	}
	return p, nil
}
