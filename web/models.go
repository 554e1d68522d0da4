package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
)

// showModels answers GET /account/models.
func (s *server) showModels(v *visit) error {
	return s.askModels(v, http.StatusOK, library.ForChat, nil)
}

// askModels shows the models page. change puts what was typed for a purpose
// into its form.
func (s *server) askModels(v *visit, status int, purpose library.Purpose, change func(form *ui.ModelForm)) (err error) {
	page := ui.ModelsPage{Frame: s.frame(v, "Models", ui.PlaceAccount)}
	for _, form := range []struct {
		of   library.Purpose
		form *ui.ModelForm
	}{{library.ForChat, &page.Chat}, {library.ForEmbed, &page.Embed}} {
		if form.form.Setting, err = v.library.Model(v.ctx(), form.of); err != nil {
			return err
		}
		if problem := form.form.Setting.Problem; problem != "" {
			form.form.Errors = ui.Errors{"": problem}
		}
		if set := form.form.Setting; set.Own {
			form.form.Protocol, form.form.URL, form.form.Model = set.Protocol, set.URL, set.Model
		}
		if change != nil && form.of == purpose {
			change(form.form)
		}
	}
	if page.Meaning, err = v.library.Meaning(v.ctx()); err != nil {
		return err
	}
	return s.show(v, status, page)
}

// modelChange reads the form of a model. An empty key keeps the one that is
// there, unless it is to be forgotten.
func modelChange(form url.Values) library.ModelChange {
	return library.ModelChange{Protocol: form.Get("protocol"), URL: form.Get("url"), Model: form.Get("model"), Key: keyOf(form)}
}

func keyOf(form url.Values) *string {
	key := strings.TrimSpace(form.Get("key"))
	if key == "" && form.Get("forget") != "yes" {
		return nil
	}
	return &key
}

// saveModel answers POST /account/models.
func (s *server) saveModel(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	form := v.r.PostForm
	purpose := library.Purpose(form.Get("purpose"))
	if form.Get("use") == "server" {
		if err := v.library.ForgetModel(v.ctx(), purpose); err != nil {
			return err
		}
		return v.redirect("/account/models?notice=saved")
	}
	change := modelChange(form)
	err := v.library.SetModel(v.ctx(), purpose, change)
	if errors.Is(err, library.ErrInvalid) {
		return s.askModels(v, http.StatusUnprocessableEntity, purpose, func(f *ui.ModelForm) {
			f.Protocol, f.URL, f.Model = change.Protocol, change.URL, change.Model
			f.Errors = ui.Errors{"": detail(err, library.ErrInvalid)}
		})
	}
	if err != nil {
		return err
	}
	return v.redirect("/account/models?notice=saved")
}

// testPatience is how long a model may take to be tried.
const testPatience = 2 * time.Minute

// testModel answers POST /account/models/test.
func (s *server) testModel(v *visit) error {
	if err := readForm(v); err != nil {
		return err
	}
	purpose, change := library.Purpose(v.r.PostForm.Get("purpose")), modelChange(v.r.PostForm)
	ctx, cancel := context.WithTimeout(v.ctx(), testPatience)
	defer cancel()
	dim, err := v.library.TestModel(ctx, purpose, change)
	if v.ctx().Err() != nil {
		return v.ctx().Err()
	}
	test := &ui.ModelTest{Dimension: dim}
	if err != nil {
		test.Problem = testProblem(err)
	}
	known, _ := v.library.KnownModels(ctx, purpose, change) // suggestions only
	return s.askModels(v, http.StatusOK, purpose, func(f *ui.ModelForm) {
		f.Protocol, f.URL, f.Model = change.Protocol, change.URL, change.Model
		f.Test, f.Known = test, known
	})
}

// testProblem is what is wrong with a model that was tried.
func testProblem(err error) string {
	if errors.Is(err, library.ErrInvalid) {
		return detail(err, library.ErrInvalid)
	}
	if p, ok := modelProblem(err); ok {
		return p
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "The model did not answer in time."
	}
	return "The model could not be tried because of a fault of the server."
}

// apiModels answers GET /api/models.
func (s *server) apiModels(v *visit) error {
	type modelBody struct {
		Own      bool   `json:"own"`
		Protocol string `json:"protocol"`
		URL      string `json:"url"`
		Model    string `json:"model"`
		HasKey   bool   `json:"has_key"`
		Allowed  bool   `json:"allowed"`
	}
	body := struct {
		Chat    modelBody `json:"chat"`
		Embed   modelBody `json:"embed"`
		Meaning struct {
			Configured bool   `json:"configured"`
			Ready      bool   `json:"ready"`
			Embedded   int    `json:"embedded"`
			Total      int    `json:"total"`
			Problem    string `json:"problem,omitempty"`
		} `json:"meaning"`
	}{}
	for purpose, into := range map[library.Purpose]*modelBody{library.ForChat: &body.Chat, library.ForEmbed: &body.Embed} {
		set, err := v.library.Model(v.ctx(), purpose)
		if err != nil {
			return err
		}
		*into = modelBody{set.Own, set.Protocol, set.URL, set.Model, set.HasKey, set.Allowed}
	}
	state, err := v.library.Meaning(v.ctx())
	if err != nil {
		return err
	}
	body.Meaning.Configured, body.Meaning.Ready, body.Meaning.Problem = state.Configured, state.Ready(), state.Problem
	body.Meaning.Embedded, body.Meaning.Total = state.Embedded, state.Total
	return answerJSON(v, http.StatusOK, body)
}

// ServerModels is what the administrator's page does with the server's models.
type ServerModels interface {
	// Save makes a model of the server. A nil key keeps the one that is there,
	// if the address stays.
	Save(ctx context.Context, m platform.ServerModel, key *string) error
	// Test calls a model without keeping it and returns the length of its
	// embeddings, 0 for chat.
	Test(ctx context.Context, m platform.ServerModel, key *string) (dim int, err error)
	// Known lists the models at the address of one.
	Known(ctx context.Context, m platform.ServerModel, key *string) ([]string, error)
	// Local is the name of the model in this process, "" without one.
	Local() string
}
