package ui

import (
	"strings"

	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// levelWords are whom a level admits, at the beginning of a sentence.
func levelWords(l access.Level) string {
	switch l {
	case access.Anonymous:
		return "Everybody"
	case access.Registered:
		return "Everybody who is signed in"
	case access.Approved:
		return "Approved members"
	default:
		return "Admins"
	}
}

// levelsInWords says who may do what in a wiki without rules. Who may not read
// may not write, and who may not write may not attach files, whatever the levels
// for that say.
func levelsInWords(l access.Levels) string {
	read := l.Read
	write := min(read, l.Write)
	attach := min(write, l.Attachment)
	lower := func(level access.Level) string { return strings.ToLower(levelWords(level)) }
	switch {
	case read == attach:
		return levelWords(read) + " may read, write and attach files."
	case read == write:
		return levelWords(read) + " may read and write; " + lower(attach) + " may attach files."
	case write == attach:
		return levelWords(read) + " may read; " + lower(write) + " may write and attach files."
	default:
		return levelWords(read) + " may read; " + lower(write) + " may write; " + lower(attach) + " may attach files."
	}
}

// grantWords are permissions as they stand after "may".
func grantWords(s access.Set) string {
	switch s {
	case access.None:
		return "do nothing"
	case access.Read:
		return "read"
	case access.Read | access.Write:
		return "read and write"
	case access.Read | access.Write | access.Upload:
		return "read, write and attach files"
	default:
		return s.String()
	}
}

// WhoWords are the people whom the rule speaks of.
func (r WikiRule) WhoWords() string {
	switch {
	case r.Rule.Who.Account != "" && r.AccountName == "":
		return "An account that is gone"
	case r.Rule.Who.Account != "":
		return r.AccountName
	}
	switch r.Rule.Who.Group {
	case access.Everybody:
		return "Everybody"
	case access.SignedIn:
		return "Everybody who is signed in"
	case access.ApprovedMembers:
		return "Approved members"
	default:
		return "Nobody"
	}
}

// GrantWords are what those may do, after "may".
func (r WikiRule) GrantWords() string { return grantWords(r.Rule.Grant) }

// Everywhere reports whether the rule is about the whole wiki.
func (r WikiRule) Everywhere() bool { return r.Rule.Path == "" }

// visibilityOptions are the choices of who may read a wiki.
func visibilityOptions(current preferences.Visibility) []Option {
	return []Option{
		{preferences.Private.String(), "Private", "Only members whom you have let in can read it. For all others it does not exist.", current == preferences.Private},
		{preferences.SignedIn.String(), "Signed-in people", "Everybody who has an account on this server can read it.", current == preferences.SignedIn},
		{preferences.Public.String(), "Public", "Everybody can read it, also without an account.", current == preferences.Public},
	}
}

// visibilityWords are a visibility in a word or two.
func visibilityWords(v preferences.Visibility) string {
	switch v {
	case preferences.Public:
		return "public"
	case preferences.SignedIn:
		return "signed-in people"
	default:
		return "private"
	}
}

// roleOptions are the roles a member can have.
func roleOptions(current wiki.Role) []Option {
	return []Option{
		{string(wiki.RoleViewer), "Viewer", "Reads.", current == wiki.RoleViewer},
		{string(wiki.RoleEditor), "Editor", "Reads, writes and attaches files.", current == wiki.RoleEditor},
		{string(wiki.RoleAdmin), "Admin", "All of it, and governs the wiki.", current == wiki.RoleAdmin},
	}
}
