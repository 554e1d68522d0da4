package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/web/ui"
)

const (
	wikisPerPage = 50
	// maxReason bounds what people are told of a wiki that is out of use, in
	// characters.
	maxReason = 200
)

// showAllWikis answers GET /admin/wikis.
func (s *server) showAllWikis(v *visit) error {
	return s.listAllWikis(v, http.StatusOK, ui.AdminWikisPage{})
}

// listAllWikis shows the wikis of the server with what a form on the page
// answered.
func (s *server) listAllWikis(v *visit, status int, page ui.AdminWikisPage) error {
	page.Frame = s.frame(v, "Wikis", ui.PlaceAdmin)
	page.Text = v.r.URL.Query().Get("text")
	after, err := platform.ParseSlug(v.r.URL.Query().Get("after"))
	if err != nil {
		after = platform.Slug{} // from the first
	}
	wikis, err := s.Platform.Wikis(v.ctx(), strings.TrimSpace(page.Text), after, wikisPerPage)
	if err != nil {
		return err
	}
	for _, entry := range wikis {
		tier, err := s.ownersTier(v.ctx(), entry)
		if err != nil {
			return err
		}
		page.Wikis = append(page.Wikis, ui.AdminWiki{Wiki: entry, URL: s.wikiURL(v.r, entry.Slug), Tier: tier, State: s.stateOf(v.ctx(), entry)})
	}
	if len(wikis) == wikisPerPage {
		page.Next = wikis[len(wikis)-1].Slug.String()
	}
	return s.show(v, status, page)
}

// suspendWikiForm answers POST /admin/wikis/{slug}/suspend.
func (s *server) suspendWikiForm(v *visit) error { return s.restrictWiki(v, tenant.Suspended) }

// freezeWikiForm answers POST /admin/wikis/{slug}/read-only.
func (s *server) freezeWikiForm(v *visit) error { return s.restrictWiki(v, tenant.ReadOnly) }

// restrictWiki takes a wiki out of full use, for a reason that people are told.
func (s *server) restrictWiki(v *visit, status tenant.Status) error {
	entry, err := s.wikiOfPath(v)
	if err != nil {
		return err
	}
	if err := readForm(v); err != nil {
		return err
	}
	reason := strings.Join(strings.Fields(v.r.PostForm.Get("reason")), " ")
	if reason == "" || utf8.RuneCountInString(reason) > maxReason {
		return s.listAllWikis(v, http.StatusUnprocessableEntity, ui.AdminWikisPage{Failed: entry.Slug.String(),
			Errors: ui.Errors{"reason": fmt.Sprintf("Say why, in at most %d characters.", maxReason)}})
	}
	return s.setWikiState(v, entry, platform.ActionTenantSuspend, tenant.State{Status: status, Reason: reason, Since: time.Now()})
}

// resumeWikiForm answers POST /admin/wikis/{slug}/resume.
func (s *server) resumeWikiForm(v *visit) error {
	entry, err := s.wikiOfPath(v)
	if err != nil {
		return err
	}
	return s.setWikiState(v, entry, platform.ActionTenantResume, tenant.State{Status: tenant.Active, Since: time.Now()})
}

func (s *server) setWikiState(v *visit, entry platform.Wiki, action string, state tenant.State) error {
	if err := s.Wikis.SetState(v.ctx(), entry.Slug.ID(), state); err != nil {
		return err
	}
	if err := s.auditWiki(v.ctx(), entry.Slug, action, strings.TrimSpace(string(state.Status)+" "+state.Reason)); err != nil {
		return err
	}
	return v.redirect("/admin/wikis?notice=saved")
}

// ownersTier returns the tier that a wiki's limits come from, also for one in the
// trash.
func (s *server) ownersTier(ctx context.Context, w platform.Wiki) (platform.Tier, error) {
	owner, err := s.Platform.Account(ctx, w.Owner)
	if err != nil {
		return platform.Tier{}, fmt.Errorf("find owner of wiki: %w", err)
	}
	return s.Platform.Tier(ctx, owner.Tier)
}
