package tenant

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxDirLength bounds the directory name of a tenant, in bytes.
const MaxDirLength = 120

// ErrInvalidID means that a name cannot be a tenant's.
var ErrInvalidID = errors.New("invalid tenant id")

// ID is the name of a tenant inside its kind, checked. Its only source is
// [ParseID] (or [IDFromDir]); the zero value names no tenant and is refused
// everywhere.
type ID struct {
	name string
}

// ParseID checks name: valid UTF-8 without control characters, not empty, and
// at most MaxDirLength bytes as a directory name.
func ParseID(name string) (ID, error) {
	if name == "" {
		return ID{}, fmt.Errorf("%w: empty", ErrInvalidID)
	}
	if len(name) > MaxDirLength || len(encode(name)) > MaxDirLength {
		return ID{}, fmt.Errorf("%w: longer than %d bytes as a directory name", ErrInvalidID, MaxDirLength)
	}
	if !utf8.ValidString(name) {
		return ID{}, fmt.Errorf("%w: not UTF-8", ErrInvalidID)
	}
	for _, r := range name {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ID{}, fmt.Errorf("%w: control character", ErrInvalidID)
		}
	}
	return ID{name: name}, nil
}

// IDFromDir is the inverse of [ID.Dir]. It refuses a directory name that Dir
// never makes.
func IDFromDir(dir string) (ID, error) {
	name, ok := decode(dir)
	if !ok {
		return ID{}, fmt.Errorf("%w: directory %q", ErrInvalidID, dir)
	}
	id, err := ParseID(name)
	if err != nil {
		return ID{}, err
	}
	if id.Dir() != dir {
		return ID{}, fmt.Errorf("%w: directory %q is not the encoding of its name", ErrInvalidID, dir)
	}
	return id, nil
}

// String returns the name as it was parsed.
func (id ID) String() string { return id.name }

// IsZero reports whether id names no tenant.
func (id ID) IsZero() bool { return id.name == "" }

// Dir returns the directory name: a-z, 0-9, - and _ stay, every other byte
// becomes =XX in upper-case hexadecimal. Two IDs never share one, also where
// the file system folds case, and none starts with a dot.
func (id ID) Dir() string { return encode(id.name) }

const hexDigits = "0123456789ABCDEF"

func staysPlain(b byte) bool {
	return 'a' <= b && b <= 'z' || '0' <= b && b <= '9' || b == '-' || b == '_'
}

func encode(name string) string {
	var out strings.Builder
	for i := range len(name) {
		if b := name[i]; staysPlain(b) {
			out.WriteByte(b)
		} else {
			out.Write([]byte{'=', hexDigits[b>>4], hexDigits[b&0xf]})
		}
	}
	return out.String()
}

func decode(dir string) (string, bool) {
	var out strings.Builder
	for i := 0; i < len(dir); i++ {
		b := dir[i]
		if staysPlain(b) {
			out.WriteByte(b)
			continue
		}
		if b != '=' || i+2 >= len(dir) {
			return "", false
		}
		high, low := strings.IndexByte(hexDigits, dir[i+1]), strings.IndexByte(hexDigits, dir[i+2])
		if high < 0 || low < 0 {
			return "", false
		}
		out.WriteByte(byte(high<<4 | low))
		i += 2
	}
	return out.String(), true
}
