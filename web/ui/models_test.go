package ui_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
)

// named finds a form by a field and its value.
func named(field, value string) func(*html.Node) bool {
	return func(form *html.Node) bool {
		for node := range form.Descendants() {
			name, _ := attribute(node, "name")
			got, _ := attribute(node, "value")
			if name == field && got == value {
				return true
			}
		}
		return false
	}
}

// TestModelForms sends the forms as they are opened.
func TestModelForms(t *testing.T) {
	u := MustNew(t)
	form := MustSend(t, MustRender(t, u, modelsPage()), named("purpose", "chat"))
	if got := form.Encode(); got != "key=&model=river-large&protocol=openai&purpose=chat&url=https%3A%2F%2Fmodels.example.org%2Fv1" {
		t.Errorf("the form for a chat model sends %s", got)
	}
	form = MustSend(t, MustRender(t, u, modelsPage()), named("use", "server"))
	if got := form.Encode(); got != "purpose=chat&use=server" {
		t.Errorf("back to the server's sends %s", got)
	}
	edit := adminModelsPage()
	edit.Form = ui.AdminModelForm{AdminModel: edit.Models[1], Edit: true}
	form = MustSend(t, MustRender(t, u, edit), named("form", "model"))
	if got := form.Encode(); got != "context=32768&edit=yes&form=model&key=&model=gpt-4o-mini&protocol=openai&purpose=chat&tier=ultra&url=https%3A%2F%2Fapi.example.org%2Fv1" {
		t.Errorf("the form for a server's model sends %s", got)
	}
	form = MustSend(t, MustRender(t, u, adminModelsPage()), named("form", "private"))
	if got := form.Encode(); got != "allow=yes&form=private" {
		t.Errorf("the switch sends %s", got)
	}
	form = MustSend(t, MustRender(t, u, adminModelsPage()), named("form", "remove"))
	if got := form.Encode(); got != "form=remove&purpose=chat&tier=" {
		t.Errorf("removing sends %s", got)
	}
}

// TestModelsSay looks for what a person must know of the models in use.
func TestModelsSay(t *testing.T) {
	u := MustNew(t)
	setting := func(change func(*library.ModelSetting)) ui.ModelsPage {
		page := ui.ModelsPage{Chat: ui.ModelForm{Setting: library.ModelSetting{Purpose: library.ForChat}}, Embed: ui.ModelForm{Setting: library.ModelSetting{Purpose: library.ForEmbed}}}
		change(&page.Chat.Setting)
		return page
	}
	progress := func(state library.MeaningState) ui.ModelsPage {
		page := modelsPage()
		page.Meaning = state
		return page
	}
	for _, test := range []struct {
		name  string
		page  ui.ModelsPage
		says  string
		never string
	}{
		{"own", modelsPage(), "Your own: <strong>river-large</strong>", "Your tier uses the server’s models only."},
		{"leaves", modelsPage(), "leave this server: they are sent to that address", ""},
		{"server's", setting(func(s *library.ModelSetting) { s.Model, s.Offered, s.Allowed = "llama3.2", true, true }), "The server’s: <strong>llama3.2</strong>", "leave this server"},
		{"not included", setting(func(s *library.ModelSetting) { s.Offered, s.OwnAllowed = true, true }), "your tier does not include it", "Your own:"},
		{"none", setting(func(*library.ModelSetting) {}), "None is connected: questions are answered with the best passages.", ""},
		{"how", setting(func(*library.ModelSetting) {}), "ollama pull nomic-embed-text", ""},
		{"kept key", modelsPage(), "A key is kept; leave this empty to keep it.", ""},
		{"no key", setting(func(s *library.ModelSetting) { s.OwnAllowed, s.HasKey = true, true }), "Key", "A key is kept"},
		{"half", progress(library.MeaningState{Configured: true, Embedded: 12040, Total: 53100}), "12\u202f040 of 53\u202f100 passages are embedded; until most are, search goes by words.", ""},
		{"most", progress(library.MeaningState{Configured: true, Embedded: 95, Total: 100}), "95 of 100 passages are embedded; search by meaning works already.", ""},
		{"all", progress(library.MeaningState{Configured: true, Embedded: 100, Total: 100}), "All 100 passages are embedded.", "<progress"},
		{"off", progress(library.MeaningState{}), "Search by meaning", "passages are embedded"},
		{"stuck", modelsPage(), "Start Ollama there, or check the address.", ""},
	} {
		text := MustRender(t, u, test.page)
		if !strings.Contains(text, test.says) {
			t.Errorf("%s: the page does not say %q", test.name, test.says)
		}
		if test.never != "" && strings.Contains(text, test.never) {
			t.Errorf("%s: the page says %q", test.name, test.never)
		}
	}
}

// TestModelTest looks for what the test of a model came to, and for what was
// typed.
func TestModelTest(t *testing.T) {
	page := modelsPage()
	page.Embed.Test, page.Embed.Model, page.Embed.URL = &ui.ModelTest{Dimension: 768}, "bge-m3", "http://box:11434"
	text := MustRender(t, MustNew(t), page)
	for _, words := range []string{"It works: 768 numbers in each embedding.", `value="bge-m3"`, `value="http://box:11434"`} {
		if !strings.Contains(text, words) {
			t.Errorf("after the test the page does not say %q", words)
		}
	}
	page.Embed.Test = &ui.ModelTest{Problem: "The address cannot be reached."}
	if text := MustRender(t, MustNew(t), page); !strings.Contains(text, "The address cannot be reached.<br>Nothing was saved.") {
		t.Error("the page does not say what is wrong")
	}
}

// TestTierForm sends what a tier includes.
func TestTierForm(t *testing.T) {
	with := free
	with.Chat = true
	form := MustSend(t, MustRender(t, MustNew(t), ui.AdminSettingsPage{Frame: adminFrame(), Tiers: []platform.Tier{with}}), named("form", "tier"))
	if form.Get("chat") != "yes" || form.Has("own_models") || form.Get("name") != "free" {
		t.Errorf("the form of a tier sends %v", form)
	}
}
