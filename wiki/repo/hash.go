package repo

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"strings"
)

// hashSize is the length of an object's name in bytes (SHA-1).
const hashSize = sha1.Size

// Hash names an object: the SHA-1 of its kind, size and content. The zero value
// names nothing: no commit yet, no parent, no blob.
type Hash [hashSize]byte

// ParseHash reads the 40 hexadecimal digits of a full hash. Other texts give
// ErrInvalidRevision.
func ParseHash(text string) (Hash, error) {
	var h Hash
	if len(text) != hex.EncodedLen(hashSize) {
		return Hash{}, ErrInvalidRevision
	}
	if _, err := hex.Decode(h[:], []byte(text)); err != nil {
		return Hash{}, ErrInvalidRevision
	}
	return h, nil
}

// String returns the 40 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether h names nothing.
func (h Hash) IsZero() bool { return h == Hash{} }

// Limits of an abbreviated hash in hexadecimal digits: git never abbreviates
// below four, and the longest names that git knows have 64.
const (
	minRevision = 4
	maxRevision = 64
)

// Revision is a commit as a client may name it: HEAD or the beginning of a
// hash. The zero value is HEAD.
type Revision struct{ digits string }

// ParseRevision reads "HEAD" or 4 to 64 hexadecimal digits in either case.
// Other texts, also other branches' names and git's revision operators, give
// ErrInvalidRevision.
func ParseRevision(text string) (Revision, error) {
	if text == "HEAD" {
		return Revision{}, nil
	}
	if len(text) < minRevision || len(text) > maxRevision {
		return Revision{}, fmt.Errorf("%w: %.80q", ErrInvalidRevision, text)
	}
	for i := range len(text) {
		if !isHex(text[i]) {
			return Revision{}, fmt.Errorf("%w: %.80q", ErrInvalidRevision, text)
		}
	}
	return Revision{strings.ToLower(text)}, nil
}

// String returns HEAD or the digits in lower case.
func (r Revision) String() string {
	if r.digits == "" {
		return "HEAD"
	}
	return r.digits
}

// isHex reports whether c is a hexadecimal digit.
func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
