package access

import (
	"errors"
	"fmt"
	"strings"
)

// Set is a set of permissions in a wiki. The zero value holds none.
type Set uint8

// Permissions. Read covers viewing, history, search and feeds; Write editing,
// renaming and deleting pages; Upload adding and replacing attachments; Admin
// the wiki's own settings and users.
const (
	Read Set = 1 << iota
	Write
	Upload
	Admin

	None Set = 0
	All      = Read | Write | Upload | Admin
)

// setLetters are the letters of the permissions, in the order of their bits.
const setLetters = "RWUA"

// ErrInvalidSet means that a text is no set of permissions.
var ErrInvalidSet = errors.New("permissions are written as letters of RWUA, or - for none")

// Has reports whether s holds all permissions of need.
func (s Set) Has(need Set) bool { return s&need == need }

// String writes the set as letters, such as "RW", and "-" when it is empty.
func (s Set) String() string {
	var letters [len(setLetters)]byte
	text := letters[:0]
	for i := range len(setLetters) {
		if s&(1<<i) != 0 {
			text = append(text, setLetters[i])
		}
	}
	if len(text) == 0 {
		return "-"
	}
	return string(text)
}

// ParseSet reads what [Set.String] writes. It fails with [ErrInvalidSet], and
// the set is then empty.
func ParseSet(text string) (Set, error) {
	if text == "-" {
		return None, nil
	}
	var s Set
	for _, letter := range []byte(text) {
		i := strings.IndexByte(setLetters, letter)
		if i < 0 || s&(1<<i) != 0 {
			return None, fmt.Errorf("%q: %w", text, ErrInvalidSet)
		}
		s |= 1 << i
	}
	if s == None {
		return None, fmt.Errorf("empty text: %w", ErrInvalidSet)
	}
	return s, nil
}

// whole drops the permissions that lack the one they rest on: Write needs Read,
// and Upload needs Write. Bits that mean nothing are dropped as well.
func whole(s Set) Set {
	s &= All
	if s&Read == 0 {
		s &^= Write
	}
	if s&Write == 0 {
		s &^= Upload
	}
	return s
}
