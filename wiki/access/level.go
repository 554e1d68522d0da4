package access

import "strings"

// Level says whom a preference admits. The zero value is the safest.
type Level uint8

// Levels, from the safest to the most open. OnlyAdmin admits nobody by itself:
// admins, and members whose own row allows it, need no level.
const (
	OnlyAdmin Level = iota
	Approved
	Registered
	Anonymous
)

// Levels are a wiki's three access preferences.
type Levels struct {
	Read       Level // READ_ACCESS
	Write      Level // WRITE_ACCESS
	Attachment Level // ATTACHMENT_ACCESS
}

// ParseLevel reads one of Otter Wiki's words ANONYMOUS, REGISTERED, APPROVED
// and ADMIN in any case. Anything else is [OnlyAdmin].
func ParseLevel(text string) Level {
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "ANONYMOUS":
		return Anonymous
	case "REGISTERED":
		return Registered
	case "APPROVED":
		return Approved
	}
	return OnlyAdmin
}

// String writes the level in Otter Wiki's words.
func (l Level) String() string {
	switch l {
	case Anonymous:
		return "ANONYMOUS"
	case Registered:
		return "REGISTERED"
	case Approved:
		return "APPROVED"
	}
	return "ADMIN"
}

// standing is how well a wiki knows a caller, from not at all upwards.
type standing uint8

const (
	stranger standing = iota
	signedIn
	approved
)

// admits reports whether callers of a standing meet the level.
func (l Level) admits(s standing) bool {
	switch l {
	case Anonymous:
		return true
	case Registered:
		return s >= signedIn
	case Approved:
		return s >= approved
	}
	return false
}
