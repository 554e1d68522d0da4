package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/access"
)

// showRules answers GET /-/admin/rules.
func (s *server) showRules(v *wikiVisit) error {
	return s.listRules(v, http.StatusOK, ui.WikiRulesPage{})
}

// listRules shows the access rules with what the form for a new one answered.
func (s *server) listRules(v *wikiVisit, status int, page ui.WikiRulesPage) (err error) {
	if page.WikiFrame, err = s.wikiFrame(v, "Rules"); err != nil {
		return err
	}
	page.Levels = v.session.Preferences().Permissions.Levels
	rules, err := v.session.Rules(v.ctx())
	if err != nil {
		return err
	}
	for _, r := range rules {
		shown, err := s.shownRule(v, r)
		if err != nil {
			return err
		}
		page.Rules = append(page.Rules, shown)
	}
	return s.showWiki(v, status, page)
}

// shownRule is a rule with the name of the account that it speaks of.
func (s *server) shownRule(v *wikiVisit, r wiki.Rule) (ui.WikiRule, error) {
	shown := ui.WikiRule{ID: r.ID, Rule: r.Rule}
	if r.Who.Account == "" {
		return shown, nil
	}
	account, err := s.Platform.Account(v.ctx(), r.Who.Account)
	if err != nil && !errors.Is(err, platform.ErrNotFound) {
		return ui.WikiRule{}, err
	}
	shown.AccountName = account.Name
	return shown, nil
}

// addRuleForm answers POST /-/admin/rules.
func (s *server) addRuleForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	form := ruleForm(v)
	wrong, err := s.addRule(v, form)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return s.listRules(v, http.StatusUnprocessableEntity, ui.WikiRulesPage{Form: form, Errors: wrong})
	}
	return v.redirect(v.root + "/-/admin/rules?notice=saved")
}

func ruleForm(v *wikiVisit) ui.WikiRuleForm {
	form := v.r.PostForm
	return ui.WikiRuleForm{Path: form.Get("path"), Scope: form.Get("scope"), Who: form.Get("who"),
		Account: form.Get("account"), Grant: form.Get("grant")}
}

// addRule stores the rule of a form, or says what is wrong with it.
func (s *server) addRule(v *wikiVisit, form ui.WikiRuleForm) (ui.Errors, error) {
	wrong := ui.Errors{}
	rule := access.Rule{Path: strings.TrimSuffix(strings.Trim(strings.TrimSpace(form.Path), "/"), ".md")}
	rule.Tree = form.Scope != "page" || rule.Path == ""
	var err error
	if rule.Who, err = s.whoOf(v, form); err != nil {
		switch {
		case errors.Is(err, platform.ErrNotFound):
			wrong["account"] = "Nobody here signs in with this login, and no member has this handle or e-mail address."
		case errors.Is(err, access.ErrInvalidWho):
			wrong["who"] = "Choose for whom the rule is."
		default:
			return nil, err
		}
	}
	if rule.Grant, err = access.ParseSet(form.Grant); err != nil || form.Grant == "" {
		wrong["grant"] = "Choose what they may do."
	}
	if len(wrong) > 0 {
		return wrong, nil
	}
	err = v.session.SaveRule(v.ctx(), rule)
	if errors.Is(err, wiki.ErrInvalid) {
		return ui.Errors{"path": detail(err, wiki.ErrInvalid)}, nil
	}
	if err != nil {
		return nil, err
	}
	return nil, s.auditWiki(v.ctx(), v.slug, actionWikiRule, ruleText(rule))
}

// whoOf returns whom the form of a rule speaks of. It fails with
// [access.ErrInvalidWho], and with [platform.ErrNotFound] for an account that is
// none.
func (s *server) whoOf(v *wikiVisit, form ui.WikiRuleForm) (access.Who, error) {
	switch form.Who {
	case "everybody", "signed-in", "approved":
		return access.ParseWho(form.Who)
	case "account":
		account, err := s.accountNamed(v, form.Account)
		return access.Who{Account: account}, err
	}
	return access.Who{}, access.ErrInvalidWho
}

// ruleText is a rule as the audit log has it.
func ruleText(r access.Rule) string {
	path := r.Path
	if r.Tree {
		path = strings.TrimPrefix(path+"/**", "/")
	}
	return r.Who.String() + " " + r.Grant.String() + " " + path
}

// accountNamed returns the id of the account that signs in with a login, or is a
// member of the wiki under a handle or an address; [platform.ErrNotFound] for
// nobody.
func (s *server) accountNamed(v *wikiVisit, who string) (string, error) {
	who = strings.TrimSpace(who)
	account, err := s.Platform.AccountByLogin(v.ctx(), who)
	if !errors.Is(err, platform.ErrNotFound) {
		return account.ID, err
	}
	members, err := v.session.Members(v.ctx())
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(members, func(m wiki.Member) bool { return m.Account != "" && strings.EqualFold(m.Email, who) })
	if i < 0 {
		return "", platform.ErrNotFound
	}
	return members[i].Account, nil
}

// removeRuleForm answers POST /-/admin/rules/{id}/remove.
func (s *server) removeRuleForm(v *wikiVisit) error {
	if err := s.removeRule(v, v.places["id"]); err != nil {
		return err
	}
	return v.redirect(v.root + "/-/admin/rules?notice=saved")
}

func (s *server) removeRule(v *wikiVisit, id string) error {
	rules, err := v.session.Rules(v.ctx())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rules, func(r wiki.Rule) bool { return strconv.FormatInt(r.ID, 10) == id })
	if i < 0 {
		return errNoRoute
	}
	if err := v.session.RemoveRule(v.ctx(), rules[i].ID); err != nil {
		return err
	}
	return s.auditWiki(v.ctx(), v.slug, actionWikiRuleRemove, ruleText(rules[i].Rule))
}

// showPageAccess answers GET /{page}/access: who may do what with a page.
func (s *server) showPageAccess(v *wikiVisit) error {
	return s.askPageAccess(v, http.StatusOK, ui.WikiPageAccessPage{})
}

func (s *server) askPageAccess(v *wikiVisit, status int, page ui.WikiPageAccessPage) (err error) {
	if page.WikiFrame, err = s.wikiFrame(v, "Access"); err != nil {
		return err
	}
	page.Levels = v.session.Preferences().Permissions.Levels
	deciding := v.session.RulesFor(v.page)
	if !v.session.View().Base().Has(access.Admin) {
		for _, r := range deciding {
			shown, err := s.shownRule(v, wiki.Rule{Rule: r})
			if err != nil {
				return err
			}
			page.Deciding = append(page.Deciding, shown)
		}
		return s.showWiki(v, status, page)
	}
	rules, err := v.session.Rules(v.ctx())
	if err != nil {
		return err
	}
	for _, r := range rules {
		shown, err := s.shownRule(v, r)
		if err != nil {
			return err
		}
		switch {
		case slices.Contains(deciding, r.Rule):
			page.Deciding = append(page.Deciding, shown)
		case len(access.NewRules([]access.Rule{r.Rule}).Deciding(v.page.String())) > 0:
			page.Others = append(page.Others, shown)
		}
	}
	return s.showWiki(v, status, page)
}

// changePageAccessForm answers POST /{page}/access, which adds a rule for the
// page or removes one.
func (s *server) changePageAccessForm(v *wikiVisit) error {
	if err := readForm(v.visit); err != nil {
		return err
	}
	here := v.url(v.page.String()) + "/access?notice=saved"
	if id := v.r.PostForm.Get("remove"); id != "" {
		if err := s.removeRule(v, id); err != nil {
			return err
		}
		return v.redirect(here)
	}
	form := ruleForm(v)
	form.Path = v.page.String()
	wrong, err := s.addRule(v, form)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		if text, ok := wrong["path"]; ok { // there is no field for it
			wrong = ui.Errors{"": text}
		}
		return s.askPageAccess(v, http.StatusUnprocessableEntity, ui.WikiPageAccessPage{Form: form, Errors: wrong})
	}
	return v.redirect(here)
}
