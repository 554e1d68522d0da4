package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
)

// offerWikiForm answers POST /wikis/{slug}/offer.
func (s *server) offerWikiForm(v *visit) error {
	entry, err := s.ownWiki(v)
	if err != nil {
		return err
	}
	if err := readForm(v); err != nil {
		return err
	}
	typed := v.r.PostForm.Get("to")
	to, err := s.Platform.AccountByLogin(v.ctx(), typed)
	if err == nil {
		err = s.Platform.OfferWiki(v.ctx(), entry.Slug, to.ID)
	}
	wrong := ""
	switch {
	case errors.Is(err, platform.ErrNotFound):
		wrong = "Nobody here signs in with this login."
	case errors.Is(err, platform.ErrOwner):
		wrong = "This wiki is yours already."
	case err != nil:
		return err
	default:
		return v.redirect("/wikis/" + entry.Slug.String() + "?notice=saved")
	}
	return s.askHosting(v, http.StatusUnprocessableEntity, entry,
		ui.HostedSettingsPage{To: typed, Errors: ui.Errors{"to": wrong}})
}

// withdrawWikiForm answers POST /wikis/{slug}/withdraw.
func (s *server) withdrawWikiForm(v *visit) error {
	entry, err := s.ownWiki(v)
	if err == nil {
		err = s.Platform.WithdrawWiki(v.ctx(), entry.Slug)
	}
	if err != nil {
		return err
	}
	return v.redirect("/wikis/" + entry.Slug.String() + "?notice=saved")
}

// offeredWiki returns the wiki that an address names, if it is offered to the
// caller. All others are [platform.ErrNotFound].
func (s *server) offeredWiki(v *visit) (platform.Wiki, error) {
	offered, err := s.Platform.OfferedWikis(v.ctx(), v.caller.Account.ID)
	if err != nil {
		return platform.Wiki{}, err
	}
	i := slices.IndexFunc(offered, func(w platform.Wiki) bool { return w.Slug.String() == v.r.PathValue("slug") })
	if i < 0 {
		return platform.Wiki{}, platform.ErrNotFound
	}
	return offered[i], nil
}

// showOffer answers GET /wikis/{slug}/offer.
func (s *server) showOffer(v *visit) error {
	entry, err := s.offeredWiki(v)
	if err != nil {
		return err
	}
	return s.askOffer(v, http.StatusOK, entry, nil)
}

func (s *server) askOffer(v *visit, status int, entry platform.Wiki, wrong ui.Errors) (err error) {
	page := ui.HostedOfferPage{Frame: s.frame(v, entry.Name, ui.PlaceWikis), Errors: wrong,
		Wiki: ui.HostedWiki{Wiki: entry, URL: s.wikiURL(v.r, entry.Slug)}}
	if page.Tier, err = s.wikiTierOf(v.ctx(), v.caller.Account); err != nil {
		return err
	}
	if page.Owned, err = s.ownedWikis(v.ctx(), v.caller.Account); err != nil {
		return err
	}
	return s.show(v, status, page)
}

// acceptWikiForm answers POST /wikis/{slug}/accept. The new owner becomes an
// admin of the wiki; the former one keeps what the wiki's own list of members
// says, and no more.
func (s *server) acceptWikiForm(v *visit) error {
	entry, err := s.offeredWiki(v)
	if err != nil {
		return err
	}
	former, err := s.Platform.Account(v.ctx(), entry.Owner)
	if err != nil {
		return err
	}
	session, release, err := s.visitAs(v.ctx(), entry, former)
	if err != nil {
		return err
	}
	defer release()
	_, err = s.Platform.AcceptWiki(v.ctx(), entry.Slug, v.caller.Account.ID)
	if _, text, ok := hostingFieldOf(err); ok {
		return s.askOffer(v, http.StatusConflict, entry, ui.Errors{"": text})
	}
	if err != nil {
		return err
	}
	if err := session.Wiki().Admit(v.ctx(), newMember(v.caller.Account, wiki.RoleAdmin)); err != nil {
		return err
	}
	if row := session.View().Caller().Member; row != nil {
		if err := s.noteMember(v.ctx(), entry.Slug, former.ID, *row); err != nil {
			return err
		}
	}
	return v.redirect("/wikis/" + entry.Slug.String() + "?notice=saved")
}

// newMember is an account as a member of a wiki.
func newMember(a platform.Account, role wiki.Role) wiki.Member {
	return wiki.Member{Account: a.ID, Name: a.Name, Email: a.Login, Member: role.Flags()}
}

// declineWikiForm answers POST /wikis/{slug}/decline.
func (s *server) declineWikiForm(v *visit) error {
	entry, err := s.offeredWiki(v)
	if err == nil {
		err = s.Platform.DeclineWiki(v.ctx(), entry.Slug, v.caller.Account.ID)
	}
	if err != nil {
		return err
	}
	return v.redirect("/wikis?notice=saved")
}

// invitedWiki returns the invitation of a link, with its wiki. One whose maker
// may not invite any more is [platform.ErrInvalidLink].
func (s *server) invitedWiki(v *visit) (platform.WikiInvitation, platform.Wiki, error) {
	invitation, err := s.Platform.WikiInvitation(v.ctx(), v.r.PathValue("secret"))
	if err != nil {
		return platform.WikiInvitation{}, platform.Wiki{}, err
	}
	entry, err := s.Platform.Wiki(v.ctx(), invitation.Slug)
	if err != nil {
		return platform.WikiInvitation{}, platform.Wiki{}, err
	}
	by, err := s.Platform.Account(v.ctx(), invitation.By)
	if err != nil {
		return platform.WikiInvitation{}, platform.Wiki{}, err
	}
	session, release, err := s.visitAs(v.ctx(), entry, by)
	if err != nil {
		return platform.WikiInvitation{}, platform.Wiki{}, err
	}
	defer release()
	if !session.View().Base().Has(access.Admin) {
		err = platform.ErrInvalidLink
	}
	return invitation, entry, err
}

// showWikiInvitation answers GET /join/{secret}.
func (s *server) showWikiInvitation(v *visit) error {
	invitation, entry, err := s.invitedWiki(v)
	if err != nil {
		return err
	}
	here := v.r.URL.EscapedPath()
	page := ui.HostedInvitationPage{Frame: s.frame(v, entry.Name, ui.PlaceWikis), Wiki: entry, Invitation: invitation,
		Action: here, SignInURL: "/signin?next=" + url.QueryEscape(here)}
	page.Frame.Path = "/" // the address holds a secret
	if open, err := s.Platform.OpenRegistration(v.ctx()); err != nil {
		return err
	} else if open {
		page.RegisterURL = "/register?next=" + url.QueryEscape(here)
	}
	return s.show(v, http.StatusOK, page)
}

// joinWikiForm answers POST /join/{secret}. Who is a member already stays as
// they are, and uses nothing of the invitation up.
func (s *server) joinWikiForm(v *visit) error {
	_, entry, err := s.invitedWiki(v)
	if err != nil {
		return err
	}
	session, release, err := s.visitAs(v.ctx(), entry, v.caller.Account)
	if err != nil {
		return err
	}
	defer release()
	now := session.View().Caller()
	if now.Owner || now.Member != nil && (now.Member.Approved || now.Member.Admin) {
		return s.toWiki(v, entry.Slug)
	}
	invitation, err := s.Platform.RedeemWikiInvitation(v.ctx(), v.r.PathValue("secret"), v.caller.Account.ID)
	if err != nil {
		return err
	}
	role := wiki.Role(invitation.Role)
	if err := session.Wiki().Admit(v.ctx(), newMember(v.caller.Account, role)); err != nil {
		return err
	}
	if err := s.noteMember(v.ctx(), entry.Slug, v.caller.Account.ID, role.Flags()); err != nil {
		return err
	}
	return s.toWiki(v, entry.Slug)
}
