package access

// Member is the row that a wiki's user table has for an account. The zero value
// is somebody who asked for access and waits for an admin.
type Member struct {
	Approved bool // without it Read, Write and Upload say nothing
	Admin    bool
	Read     bool
	Write    bool
	Upload   bool
	// Viewer keeps the levels from granting more than Read: without it every
	// approved member writes where WRITE_ACCESS is APPROVED. Otter Wiki has no
	// such flag.
	Viewer bool
}

// Caller is who asks, and with which credential.
type Caller struct {
	// Account is the platform's stable account id, empty when nobody is signed
	// in. Without it Member and Owner say nothing.
	Account string
	// Member is nil when the wiki has no row for the account.
	Member *Member
	// Owner means that the platform knows the account as the wiki's owner.
	Owner bool
	// Proxy is what a trusted proxy stated in Otter Wiki's header protocol, nil
	// when there is no such proxy. It decides alone: neither levels nor Member
	// nor Owner add to it, and its caller counts as approved. Whom the proxy
	// does not name, so that there is no Account, has nothing wiki-wide.
	Proxy *Set
	// Limit is the most that the credential allows, such as that of a token for
	// reading; nil when it has no limit.
	Limit *Set
}

// Permissions returns what a caller may do wiki-wide, before rules and ceiling.
//
// The formula is Otter Wiki's: a level grants to all callers who meet it, and
// an approved member's own flags add to it. Write needs Read, and Upload needs
// Write. Owners and admins have all.
func Permissions(l Levels, c Caller) Set {
	return unlimited(l, c) & c.bound()
}

// unlimited is [Permissions] without the limit of the credential.
func unlimited(l Levels, c Caller) Set {
	switch {
	case c.Proxy != nil && c.Account == "":
		return None
	case c.Proxy != nil:
		return whole(*c.Proxy)
	case c.Account == "":
		return granted(l, stranger, Member{})
	}
	var m Member
	if c.Member != nil {
		m = *c.Member
	}
	if c.Owner || m.Admin {
		return All
	}
	return granted(l, c.standing(), m)
}

func granted(l Levels, s standing, m Member) Set {
	var set Set
	if l.Read.admits(s) || m.Approved && m.Read {
		set |= Read
	}
	if l.Write.admits(s) && !m.Viewer || m.Approved && m.Write {
		set |= Write
	}
	if l.Attachment.admits(s) && !m.Viewer || m.Approved && m.Upload {
		set |= Upload
	}
	return whole(set)
}

func (c Caller) standing() standing {
	switch {
	case c.Account == "":
		return stranger
	case c.Proxy != nil, c.Member != nil && c.Member.Approved:
		return approved
	}
	return signedIn
}

// bound is the most that the caller's credential allows.
func (c Caller) bound() Set {
	if c.Limit == nil {
		return All
	}
	return whole(*c.Limit)
}
