package ui

import (
	"net/url"
	"time"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki/preferences"
)

// HostedWiki is a wiki as a list of wikis shows it.
type HostedWiki struct {
	platform.Wiki
	URL        string                  // where it is read
	Visibility *preferences.Visibility // nil where it is not known, as of a wiki that does not open
	Changed    time.Time               // of the last commit; zero when not known
	State      tenant.State            // a zero one is active
	Role       string                  // in words, of a wiki that is shared; "" of an own one
	OfferedTo  string                  // the name of who may take it over
	Until      time.Time               // of a removed wiki: when it cannot be brought back any more
}

// HostedWikisPage lists a person's wikis, at /wikis. It posts nothing to
// /wikis/{slug}/restore, and links to /wikis/new, /wikis/{slug} and, for offers,
// /wikis/{slug}/offer.
type HostedWikisPage struct {
	Frame
	Owned   []HostedWiki
	Shared  []HostedWiki
	Offered []HostedWiki // OwnerName is who offers
	Trash   []HostedWiki
	Tier    platform.Tier // its Wikis bound the owned ones; 0 is unlimited
}

func (HostedWikisPage) template() string { return "hosting_wikis" }

// Ways in which a new wiki starts.
const (
	StartPages = "pages" // with the starter pages
	StartEmpty = "empty"
	StartCopy  = "copy" // with the pages of another wiki
)

// HostedCreatePage makes a wiki, at /wikis/new. It posts name, slug, purpose,
// visibility (private, signed-in or public), start ([StartPages], [StartEmpty]
// or [StartCopy]) and from (the slug of the wiki to copy) to /wikis.
type HostedCreatePage struct {
	Frame
	Before, After string                 // of the slug in a wiki's address: "https://holt.example/w/" and "/"
	Sources       []platform.Wiki        // whose pages may be copied
	Owned         int                    // wikis the person has
	Tier          platform.Tier          // its Wikis bound them; 0 is unlimited
	Name          string                 // this and the next five as typed
	Slug          string                 //
	Purpose       string                 //
	Visibility    preferences.Visibility //
	Start         string                 // [StartPages] when empty
	From          string                 //
	Errors        Errors                 // "name", "slug", "purpose", "visibility", "start", "from", ""
}

func (HostedCreatePage) template() string { return "hosting_create" }

// HostedSettingsPage is what the owner of a wiki decides outside of it, at
// /wikis/{slug}. Its forms post
//
//	name, purpose        to /wikis/{slug}
//	visibility           to /wikis/{slug}/visibility
//	to (login or e-mail) to /wikis/{slug}/offer
//	nothing              to /wikis/{slug}/withdraw
//	name, role, days     to /wikis/{slug}/tokens
//	nothing              to /wikis/{slug}/tokens/{id}/revoke
//	confirm (its slug)   to /wikis/{slug}/delete
type HostedSettingsPage struct {
	Frame
	Wiki      HostedWiki
	AdminURL  string // of the wiki's own administration
	CloneURL  string // for git; "" while the wiki's git server is off
	Tokens    []platform.WikiTokenInfo
	NewToken  string        // a secret just made, shown this once
	Retention time.Duration // for which a deleted wiki can be brought back
	Name      string        // what stands in the field: the name, or what was typed
	Purpose   string        // the same for the purpose
	To        string        // to whom it is offered, as typed
	Token     WikiTokenForm
	Errors    Errors // "name", "purpose"; "visibility"; "to"; "token", "role", "days"; "confirm"; ""
}

func (HostedSettingsPage) template() string { return "hosting_settings" }

// HostedOfferPage asks whether a person takes over a wiki, at
// /wikis/{slug}/offer. It posts nothing to /wikis/{slug}/accept and /decline.
type HostedOfferPage struct {
	Frame
	Wiki   HostedWiki
	Owned  int           // wikis the person has
	Tier   platform.Tier // its Wikis bound them; 0 is unlimited
	Errors Errors        // "": why it could not be accepted
}

func (HostedOfferPage) template() string { return "hosting_offer" }

// HostedInvitationPage lets a person take part in a wiki, at /join/{secret}. It
// posts nothing to its own address, which Action is.
type HostedInvitationPage struct {
	Frame
	Wiki        platform.Wiki
	Invitation  platform.WikiInvitation
	Action      string // "/join/{secret}"
	SignInURL   string // leads back here; used when nobody is signed in
	RegisterURL string // the same; "" where nobody can make an account
	Errors      Errors // ""
}

func (HostedInvitationPage) template() string { return "hosting_invitation" }

// AdminWikisPage lists all wikis for administrators, at /admin/wikis with the
// parameters text and after. Its forms post reason to
// /admin/wikis/{slug}/suspend and /read-only, and nothing to
// /admin/wikis/{slug}/resume.
type AdminWikisPage struct {
	Frame
	Wikis  []AdminWiki
	Text   string // searched for
	Next   string // slug to go on after; "" on the last page
	Failed string // slug of the wiki that Errors are about
	Errors Errors // "reason", ""
}

func (AdminWikisPage) template() string { return "hosting_admin_wikis" }

// AdminWiki is one wiki with its owner's limits.
type AdminWiki struct {
	platform.Wiki
	URL   string
	Tier  platform.Tier // of the owner
	State tenant.State  // a zero one is active
}

// Gone reports whether the wiki is in the trash.
func (w HostedWiki) Gone() bool { return !w.Removed.IsZero() }

// SettingsURL is where the owner of the wiki governs it outside of it.
func (w HostedWiki) SettingsURL() string { return "/wikis/" + w.Slug.String() }

// To is the address of something about the wiki on the platform, such as
// "delete".
func (w HostedWiki) To(what string) string { return w.SettingsURL() + "/" + what }

// VisibilityWords say who may read the wiki, "" when that is not known.
func (w HostedWiki) VisibilityWords() string {
	if w.Visibility == nil {
		return ""
	}
	return visibilityWords(*w.Visibility)
}

// StateWords say what the wiki may not be used for, "" for one in full use.
func (w HostedWiki) StateWords() string { return stateWords(w.State) }

func stateWords(s tenant.State) string {
	switch s.Status {
	case "", tenant.Active:
		return ""
	case tenant.ReadOnly:
		return "read-only"
	case tenant.Suspended:
		return "suspended"
	case tenant.Migrating:
		return "being changed"
	default:
		return "out of use"
	}
}

// Empty reports whether there is nothing to list.
func (p HostedWikisPage) Empty() bool {
	return len(p.Owned)+len(p.Shared)+len(p.Offered)+len(p.Trash) == 0
}

// Full reports whether the person may own no further wiki. Those in the trash
// do not count.
func (p HostedWikisPage) Full() bool { return reached(int64(len(p.Owned)), p.Tier.Wikis) }

// Full reports whether the person may own no further wiki.
func (p HostedCreatePage) Full() bool { return reached(int64(p.Owned), p.Tier.Wikis) }

// SlugPattern is what an address must be, for the browser.
func (HostedCreatePage) SlugPattern() string { return "[a-z0-9]([a-z0-9\\-]*[a-z0-9])?" }

// MinSlug is the least number of characters of an address.
func (HostedCreatePage) MinSlug() int { return platform.MinSlug }

// MaxSlug is the greatest number of characters of an address.
func (HostedCreatePage) MaxSlug() int { return platform.MaxSlug }

// Visibilities are the choices of who may read the wiki.
func (p HostedCreatePage) Visibilities() []Option { return visibilityOptions(p.Visibility) }

// Starts are the choices of what the wiki begins with.
func (p HostedCreatePage) Starts() []Option {
	chosen := p.Start
	if chosen == "" {
		chosen = StartPages
	}
	options := []Option{
		{StartPages, "With starter pages", "A home page, a short guide to writing, and a guide for agents.", chosen == StartPages},
		{StartEmpty, "Empty", "No page at all.", chosen == StartEmpty},
	}
	if len(p.Sources) > 0 {
		options = append(options, Option{StartCopy, "With the pages of one of my wikis", "Pages and attachments as they are now, without their history, members and settings.", chosen == StartCopy})
	}
	return options
}

// Full reports whether the person may own no further wiki.
func (p HostedOfferPage) Full() bool { return reached(int64(p.Owned), p.Tier.Wikis) }

// Visibilities are the choices of who may read the wiki; none is current where
// that is not known.
func (p HostedSettingsPage) Visibilities() []Option {
	options := visibilityOptions(preferences.Private)
	for i := range options {
		options[i].Current = p.Wiki.Visibility != nil && options[i].Value == p.Wiki.Visibility.String()
	}
	return options
}

// Days are the days for which the wiki can be brought back once it is deleted.
func (p HostedSettingsPage) Days() int { return int(p.Retention / (24 * time.Hour)) }

// May is what the invitation lets a person do, after "may".
func (p HostedInvitationPage) May() string {
	switch p.Invitation.Role {
	case platform.RoleAdmin:
		return "read, write and attach files, and govern the wiki"
	case platform.RoleEditor:
		return "read, write and attach files"
	default:
		return "read"
	}
}

// NextURL is the next page of the list, "" on the last one.
func (p AdminWikisPage) NextURL() string {
	if p.Next == "" {
		return ""
	}
	return address("/admin/wikis", url.Values{"text": {p.Text}, "after": {p.Next}})
}

// ErrorsOf are what is wrong with the forms of one wiki.
func (p AdminWikisPage) ErrorsOf(w AdminWiki) Errors {
	if w.Slug.String() != p.Failed {
		return nil
	}
	return p.Errors
}

// StateWords say what the wiki may not be used for, "" for one in full use.
func (w AdminWiki) StateWords() string { return stateWords(w.State) }

// To is the address of something an administrator may do with the wiki.
func (w AdminWiki) To(what string) string { return "/admin/wikis/" + w.Slug.String() + "/" + what }
