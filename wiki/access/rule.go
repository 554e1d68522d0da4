package access

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Group is a kind of callers that a rule speaks of. The zero value is nobody.
type Group uint8

// Groups. SignedIn holds everybody with an account, ApprovedMembers those whom
// an admin of the wiki has approved.
const (
	Nobody Group = iota
	Everybody
	SignedIn
	ApprovedMembers
)

// groupWords are the groups in the text form of [Who], by their value.
var groupWords = [...]string{"nobody", "everybody", "signed-in", "approved"}

// accountWord starts the text form of a [Who] that is one account.
const accountWord = "account:"

// Who is whom a rule speaks of: a group, or one account by its id. The zero
// value is nobody.
type Who struct {
	Group   Group
	Account string // excludes Group
}

var (
	// ErrInvalidWho means that a text names nobody a rule could speak of.
	ErrInvalidWho = errors.New("a rule is for nobody, everybody, signed-in, approved or account:id")
	// ErrInvalidRule means that a rule cannot be kept; the wrapping error says
	// what to change, in words for the person who wrote it.
	ErrInvalidRule = errors.New("this rule cannot be used")
)

// String writes the form for the database: "nobody", "everybody", "signed-in",
// "approved" or "account:" and the id.
func (w Who) String() string {
	switch {
	case w.Account != "" && w.Group == Nobody:
		return accountWord + w.Account
	case w.Account == "" && int(w.Group) < len(groupWords):
		return groupWords[w.Group]
	}
	return groupWords[Nobody]
}

// ParseWho reads what [Who.String] writes. It fails with [ErrInvalidWho], and
// the result is then nobody.
func ParseWho(text string) (Who, error) {
	if account, ok := strings.CutPrefix(text, accountWord); ok && account != "" {
		return Who{Account: account}, nil
	}
	for i, word := range groupWords {
		if text == word {
			return Who{Group: Group(i)}, nil
		}
	}
	return Who{}, fmt.Errorf("%q: %w", text, ErrInvalidWho)
}

// Rule says what callers may do with one page, or with a page and everything
// below it, in place of what they may do wiki-wide.
type Rule struct {
	// Path is a page's path without ".md". The empty path stands for the whole
	// wiki and is always a tree.
	Path string
	Tree bool
	Who  Who
	// Grant is what those of Who may do there; the empty set closes the path to
	// them. Admin is wiki-wide and not a rule's to give.
	Grant Set
}

// maxRulePath bounds the path of a rule, in bytes.
const maxRulePath = 1024

// Validate fails with [ErrInvalidRule] when a rule would not do what it says.
func (r Rule) Validate() error {
	switch {
	case len(r.Path) > maxRulePath || !utf8.ValidString(r.Path) || strings.ContainsFunc(r.Path, unicode.IsControl):
		return fmt.Errorf("%w: the path is too long or holds characters that cannot be shown", ErrInvalidRule)
	case !isPath(r.Path):
		return fmt.Errorf("%w: write the path as in the page's address, without . and .. and empty parts", ErrInvalidRule)
	case r.Who.Account != "" && r.Who.Group != Nobody, int(r.Who.Group) >= len(groupWords):
		return fmt.Errorf("%w: choose either a group or one account", ErrInvalidRule)
	case r.Grant.Has(Admin):
		return fmt.Errorf("%w: administration is for the whole wiki, not for a page", ErrInvalidRule)
	case r.Grant != whole(r.Grant):
		return fmt.Errorf("%w: who may write must be allowed to read, and who may upload to write", ErrInvalidRule)
	}
	return nil
}

// isPath reports whether a rule's path is one of pages, without slashes at its
// ends.
func isPath(path string) bool {
	if path == "" {
		return true
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return false
		}
	}
	return true
}
