package platform

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"time"
)

const (
	secretBytes = 32 // of sessions, set-up links and invitations
	tokenBytes  = 31 // with four of checksum these are 56 digits of base32 exactly
)

// Prefixes of tokens, by which they are recognised in a header, and by those who
// search repositories for secrets.
const (
	TokenPrefix     = "holt_"  // of an API token
	WikiTokenPrefix = "holtw_" // of a token for one wiki
)

// newSecret returns 256 random bits as text.
func newSecret() string {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// wellFormed reports whether text can be from newSecret.
func wellFormed(secret string) bool {
	return len(secret) == base64.RawURLEncoding.EncodedLen(secretBytes)
}

// hashSecret is what the database keeps of a secret. A secret has at least 248
// random bits, so that a fast hash without salt is enough.
func hashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// lowerBase32 keeps the order of what it encodes.
func lowerBase32() *base32.Encoding {
	return base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)
}

// newToken returns a token: the prefix, random bytes and their CRC-32.
func newToken(prefix string) string {
	var b [tokenBytes + crc32.Size]byte
	_, _ = rand.Read(b[:tokenBytes]) // never fails
	binary.BigEndian.PutUint32(b[tokenBytes:], crc32.ChecksumIEEE(b[:tokenBytes]))
	return prefix + lowerBase32().EncodeToString(b[:])
}

// wellFormedToken reports whether text can be from newToken. It refuses a
// mistyped token without asking the database.
func wellFormedToken(prefix, token string) bool {
	digits, ok := strings.CutPrefix(token, prefix)
	if !ok || len(digits) != lowerBase32().EncodedLen(tokenBytes+crc32.Size) {
		return false
	}
	b, err := lowerBase32().DecodeString(digits) // which skips line ends
	return err == nil && len(b) == tokenBytes+crc32.Size &&
		binary.BigEndian.Uint32(b[tokenBytes:]) == crc32.ChecksumIEEE(b[:tokenBytes])
}

// newID returns a public identifier: 48 bits of milliseconds, so that
// identifiers sort by age, and 80 random bits.
func newID(now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // never fails
	return lowerBase32().EncodeToString(b[:])
}
