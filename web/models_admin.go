package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
)

// feedbackDays is how far back opinions are counted.
const feedbackDays = 30

// showAdminModels answers GET /admin/models.
func (s *server) showAdminModels(v *visit) error {
	q := v.r.URL.Query()
	form := ui.AdminModelForm{AdminModel: ui.AdminModel{Purpose: library.ForChat, Protocol: platform.ProtocolOllama}}
	if q.Has("purpose") {
		models, err := s.Platform.ServerModels(v.ctx())
		if err != nil {
			return err
		}
		for _, m := range models {
			if m.Purpose == q.Get("purpose") && m.Tier == q.Get("tier") {
				form = ui.AdminModelForm{AdminModel: adminModel(m), Edit: true}
			}
		}
	}
	return s.askAdminModels(v, http.StatusOK, form)
}

func adminModel(m platform.ServerModel) ui.AdminModel {
	return ui.AdminModel{
		Purpose: library.Purpose(m.Purpose), Tier: m.Tier, Protocol: m.Protocol, URL: m.URL, Model: m.Model,
		HasKey: len(m.SealedKey) > 0, Context: m.ContextTokens,
	}
}

func (s *server) askAdminModels(v *visit, status int, form ui.AdminModelForm) (err error) {
	ctx := v.ctx()
	page := ui.AdminModelsPage{Frame: s.frame(v, "Models", ui.PlaceAdmin), Form: form, Local: s.Models.Local()}
	models, err := s.Platform.ServerModels(ctx)
	if err != nil {
		return err
	}
	for _, m := range models {
		page.Models = append(page.Models, adminModel(m))
	}
	tiers, err := s.Platform.Tiers(ctx)
	if err != nil {
		return err
	}
	for _, t := range tiers {
		page.Tiers = append(page.Tiers, t.Name)
	}
	if page.Private, err = s.Platform.PrivateModels(ctx); err != nil {
		return err
	}
	_, days, err := s.Platform.FeedbackCounts(ctx, feedbackDays)
	if err != nil {
		return err
	}
	for _, day := range days {
		page.Feedback.Up += day.Up
		page.Feedback.Down += day.Down
	}
	return s.show(v, status, page)
}

// saveAdminModels answers POST /admin/models, which has three forms.
func (s *server) saveAdminModels(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	form := v.r.PostForm
	var err error
	switch form.Get("form") {
	case "model":
		model, wrong := serverModel(form)
		if len(wrong) == 0 {
			err = s.Models.Save(v.ctx(), model, keyOf(form))
		}
		if errors.Is(err, platform.ErrInvalidModel) || errors.Is(err, llm.ErrInvalid) {
			wrong[""] = sentence(err)
		}
		if len(wrong) > 0 {
			page, err := s.typedModel(v, model, wrong)
			if err != nil {
				return err
			}
			return s.askAdminModels(v, http.StatusUnprocessableEntity, page)
		}
	case "remove":
		err = s.Platform.DeleteServerModel(v.ctx(), form.Get("purpose"), form.Get("tier"))
	case "private":
		err = s.Platform.SetPrivateModels(v.ctx(), form.Get("allow") == "yes")
	default:
		err = fmt.Errorf("%w: unknown form", library.ErrInvalid)
	}
	if err != nil {
		return err
	}
	return v.redirect("/admin/models?notice=saved")
}

// typedModel is the form of a model with what was typed into it.
func (s *server) typedModel(v *visit, m platform.ServerModel, wrong ui.Errors) (ui.AdminModelForm, error) {
	form := ui.AdminModelForm{AdminModel: adminModel(m), Edit: v.r.PostForm.Get("edit") == "yes", Errors: wrong}
	models, err := s.Platform.ServerModels(v.ctx())
	if err != nil {
		return form, err
	}
	for _, kept := range models {
		if kept.Purpose == m.Purpose && kept.Tier == m.Tier {
			form.HasKey = len(kept.SealedKey) > 0
		}
	}
	return form, nil
}

// serverModel reads the form of a model of the server.
func serverModel(form url.Values) (platform.ServerModel, ui.Errors) {
	wrong := ui.Errors{}
	m := platform.ServerModel{
		Purpose: form.Get("purpose"), Tier: form.Get("tier"), Protocol: form.Get("protocol"),
		URL: strings.TrimSpace(form.Get("url")), Model: strings.TrimSpace(form.Get("model")),
	}
	if text := strings.TrimSpace(form.Get("context")); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			wrong["context"] = "Type a whole number, or nothing for the usual one."
		}
		m.ContextTokens = n
	}
	return m, wrong
}

// testAdminModel answers POST /admin/models/test.
func (s *server) testAdminModel(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	model, wrong := serverModel(v.r.PostForm)
	form, err := s.typedModel(v, model, wrong)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return s.askAdminModels(v, http.StatusUnprocessableEntity, form)
	}
	ctx, cancel := context.WithTimeout(v.ctx(), testPatience)
	defer cancel()
	dim, err := s.Models.Test(ctx, model, keyOf(v.r.PostForm))
	if v.ctx().Err() != nil {
		return v.ctx().Err()
	}
	form.Test = &ui.ModelTest{Dimension: dim}
	if err != nil {
		form.Test.Problem = testProblem(err)
	}
	form.Known, _ = s.Models.Known(ctx, model, keyOf(v.r.PostForm)) // suggestions only
	return s.askAdminModels(v, http.StatusOK, form)
}

// modelProblem says what a failure of a model server means for people.
func modelProblem(err error) (string, bool) {
	var call *llm.Error
	switch {
	case errors.As(err, &call):
		return call.Error(), true
	case errors.Is(err, llm.ErrInvalid), errors.Is(err, platform.ErrInvalidModel):
		return sentence(err), true
	}
	return "", false
}
