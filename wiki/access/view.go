package access

import "strings"

// Ceiling is what the platform takes away from everybody in a wiki, admins
// included. The zero value takes nothing.
type Ceiling struct {
	Deny   Set    // such as Write|Upload over quota, or All when suspended
	Reason string // why, in words for those whom it stops
}

// View is what one caller may do in one wiki at one moment. It is immutable.
type View struct {
	caller   Caller
	standing standing
	rules    Rules
	ceiling  Ceiling
	wide     Set // wiki-wide, before the bounds
	bound    Set // what credential and ceiling leave
}

// NewView makes the view of a caller. Later changes to what c points to do not
// change it.
func NewView(l Levels, rules Rules, c Caller, ceiling Ceiling) View {
	return View{
		caller:   c,
		standing: c.standing(),
		rules:    rules,
		ceiling:  ceiling,
		wide:     unlimited(l, c),
		bound:    whole(c.bound() &^ ceiling.Deny),
	}
}

// Caller returns who asks.
func (v View) Caller() Caller { return v.caller }

// Base returns what the caller may do where no rule applies.
func (v View) Base() Set { return v.wide & v.bound }

// At returns what the caller may do with a page. An attachment is asked about
// by the path of its page. The empty path stands for the tree of all pages.
func (v View) At(path string) Set {
	if !v.ruled() {
		return v.Base()
	}
	var buffer [256]byte
	key, ok := appendKey(buffer[:0], path)
	if !ok {
		return None
	}
	if g := v.rules.deciding(key); g != nil {
		return v.under(g)
	}
	return v.Base()
}

// Can reports whether the caller may do all of need with a page.
func (v View) Can(path string, need Set) bool { return v.At(path).Has(need) }

// Somewhere returns everything the caller may do with at least one page, or
// could if it existed. Whoever has nothing of Read here sees no wiki at all.
func (v View) Somewhere() Set {
	set := v.Base()
	if v.ruled() {
		v.rules.all(func(g *grants) bool {
			set |= v.under(g)
			return set != v.bound
		})
	}
	return set
}

// Restricted reports whether there are paths which the caller may not read:
// then nothing may be given that holds all pages, such as a clone, and lists
// have to be filtered.
func (v View) Restricted() bool {
	if !v.ruled() {
		return !v.Base().Has(Read)
	}
	// A rule of the whole wiki leaves nothing to what is allowed wiki-wide.
	restricted := !v.Base().Has(Read) && v.rules.scopes[""].tree == nil
	v.rules.all(func(g *grants) bool {
		restricted = restricted || !v.under(g).Has(Read)
		return !restricted
	})
	return restricted
}

// Class returns a short key which is equal only for callers who may do exactly
// the same everywhere, under rules of the same effect. It holds account ids,
// and is meant for caches.
func (v View) Class() string {
	base := v.Base().String()
	if !v.ruled() {
		return base
	}
	parts := []string{base, v.bound.String(), v.rules.digest, v.groups()}
	if v.rules.named[v.caller.Account] {
		parts = append(parts, v.caller.Account)
	}
	return strings.Join(parts, " ")
}

// Reason returns why the platform takes something away which the caller would
// have, and the empty text when it does not.
func (v View) Reason() string {
	without := v
	without.bound = v.caller.bound()
	if without.Somewhere()&v.ceiling.Deny == None {
		return ""
	}
	return v.ceiling.Reason
}

// ruled reports whether rules can matter: there are some, and the caller has
// not all permissions anyway.
func (v View) ruled() bool { return v.rules.compiled != nil && v.wide != All }

// under returns what the caller may do where g decides. Rules take nothing
// from admins.
func (v View) under(g *grants) Set {
	set := g.to(v.caller.Account, v.standing)
	if v.wide.Has(Admin) {
		set |= v.wide
	}
	return set & v.bound
}

// groups writes which groups of the rules fit the caller, and whether the
// caller is an admin.
func (v View) groups() string {
	text := []byte("---")
	if v.standing >= signedIn && v.rules.groups[SignedIn] {
		text[0] = 's'
	}
	if v.standing >= approved && v.rules.groups[ApprovedMembers] {
		text[1] = 'm'
	}
	if v.wide.Has(Admin) {
		text[2] = 'a'
	}
	return string(text)
}
