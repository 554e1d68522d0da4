package access

import (
	"strings"
	"unicode"
)

// RoleNames are the words by which a trusted proxy states permissions, several
// for each if needed. A permission without words has Otter Wiki's own: READ,
// WRITE, UPLOAD or ADMIN.
type RoleNames struct {
	Read, Write, Upload, Admin []string
}

// Parse reads the value of a permissions header: words divided by commas or
// white space, in any case. Unknown words say nothing.
func (n RoleNames) Parse(header string) Set {
	var set Set
	words := strings.FieldsFunc(header, func(r rune) bool {
		return r == ',' || unicode.IsSpace(r)
	})
	for _, word := range words {
		set |= named(n.Read, "READ", word, Read)
		set |= named(n.Write, "WRITE", word, Write)
		set |= named(n.Upload, "UPLOAD", word, Upload)
		set |= named(n.Admin, "ADMIN", word, Admin)
	}
	return set
}

// named returns set when word is among names, or equals usual if there are none.
func named(names []string, usual, word string, set Set) Set {
	if len(names) == 0 && strings.EqualFold(word, usual) {
		return set
	}
	for _, name := range names {
		if strings.EqualFold(word, strings.TrimSpace(name)) {
			return set
		}
	}
	return None
}
