package ui

import (
	"net/url"
	"strings"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
)

// ModelsPage is where a person says which models answer and search for them, at
// /account/models. Its forms post
//
//	purpose (chat or embed), protocol (ollama or openai), url, model, key, forget=yes
//
// to /account/models, which keeps them, and to /account/models/test, which tries
// them and keeps nothing; an empty key keeps the one that is there. To go back to
// the server's model, purpose and use=server are posted to /account/models.
type ModelsPage struct {
	Frame
	Chat    ModelForm
	Embed   ModelForm
	Meaning library.MeaningState
}

func (ModelsPage) template() string { return "models" }

// ModelForm is the form for the model of one purpose.
type ModelForm struct {
	Setting  library.ModelSetting // what is used now, with its Purpose
	Protocol string               // this and the next two: what stands in the fields
	URL      string
	Model    string
	Known    []string   // names of models that the address has
	Test     *ModelTest // of what stands in the fields; nil when they were not tried
	Errors   Errors     // "protocol", "url", "model", "key", ""
}

// ModelTest is what came of trying a model.
type ModelTest struct {
	Problem   string // a sentence that says what is wrong, and what to do; "" when it works
	Dimension int    // numbers in one embedding; 0 for a chat model
}

// Open reports whether the form is of use as the page is opened.
func (f ModelForm) Open() bool {
	return f.Setting.Own || f.Test != nil || len(f.Errors) > 0
}

// KeepsKey reports whether a key is stored that an empty field keeps.
func (f ModelForm) KeepsKey() bool { return f.Setting.Own && f.Setting.HasKey }

// Fields are the fields of the form.
func (f ModelForm) Fields() ModelFields {
	return ModelFields{
		ID: string(f.Setting.Purpose), Purpose: f.Setting.Purpose, Protocol: f.Protocol, URL: f.URL, Model: f.Model,
		Known: f.Known, KeepsKey: f.KeepsKey(), Test: f.Test, Errors: f.Errors,
	}
}

// ModelFields are the fields that say where a model is.
type ModelFields struct {
	ID                   string // what the ids of the fields begin with
	Purpose              library.Purpose
	Protocol, URL, Model string
	Known                []string
	KeepsKey             bool
	Test                 *ModelTest
	WithContext          bool // there is a field for Context
	Context              int
	Errors               Errors
}

// Protocols are the kinds of servers that can be chosen.
func (f ModelFields) Protocols() []Option {
	return []Option{
		{Value: "ollama", Label: protocolName("ollama"), Current: f.Protocol != "openai"},
		{Value: "openai", Label: protocolName("openai"), Current: f.Protocol == "openai"},
	}
}

// Example is a model that fits the purpose.
func (f ModelFields) Example() string {
	if f.Purpose == library.ForEmbed {
		return "nomic-embed-text"
	}
	return "llama3.2"
}

// protocolName names a kind of server for people.
func protocolName(protocol string) string {
	switch protocol {
	case "ollama":
		return "Ollama"
	case "openai":
		return "OpenAI-compatible"
	case "local":
		return "on this server"
	default:
		return ""
	}
}

// AdminModelsPage is where an administrator says which models the server has,
// at /admin/models; the parameters purpose and tier put a model into the form.
// Its forms post
//
//	form=model with purpose, tier ("" for all), protocol, url, model, key, forget=yes,
//	context (tokens; "" for the usual number), and edit=yes for one that is there
//	form=remove with purpose and tier
//	form=private with allow=yes or nothing
//
// to /admin/models, and the fields of the first to /admin/models/test, which
// tries them and keeps nothing.
type AdminModelsPage struct {
	Frame
	Models   []AdminModel
	Tiers    []string               // names
	Private  bool                   // people may use models of their own at private addresses
	Local    string                 // name of the model for embeddings that the program itself runs; "" for none
	Feedback platform.FeedbackCount // of the last 30 days
	Form     AdminModelForm
}

func (AdminModelsPage) template() string { return "admin_models" }

// AdminModel is a model that the server offers.
type AdminModel struct {
	Purpose  library.Purpose
	Tier     string // "" for all tiers that have none of their own
	Protocol string // "ollama", "openai" or "local"
	URL      string
	Model    string
	HasKey   bool
	Context  int // tokens that fit into a request; 0 for the usual number
}

// AdminModelForm is the form for a model of the server.
type AdminModelForm struct {
	AdminModel          // what stands in the fields
	Edit       bool     // a model that is there is changed: purpose and tier are fixed
	Known      []string // names of models that the address has
	Test       *ModelTest
	Errors     Errors // "purpose", "tier", "protocol", "url", "model", "key", "context", ""
}

// PurposeWords say what the model is for.
func (m AdminModel) PurposeWords() string { return purposeWords(m.Purpose) }

func purposeWords(p library.Purpose) string {
	if p == library.ForEmbed {
		return "search by meaning"
	}
	return "answers"
}

// EditURL is the page with the model in its form.
func (m AdminModel) EditURL() string {
	return address("/admin/models", url.Values{"purpose": {string(m.Purpose)}, "tier": {m.Tier}}) + "#model"
}

// Gone is what happens when the model is removed.
func (m AdminModel) Gone() string {
	if m.Purpose == library.ForEmbed {
		return "What was embedded by “" + m.Model + "” is of no use without it: libraries are searched by words, or embedded again by another model."
	}
	return "Nobody is answered by “" + m.Model + "” any more. Its address and key are removed."
}

// Fields are the fields of the form.
func (f AdminModelForm) Fields() ModelFields {
	return ModelFields{
		ID: "model", Purpose: f.Purpose, Protocol: f.Protocol, URL: f.URL, Model: f.Model,
		Known: f.Known, KeepsKey: f.Edit && f.HasKey, Test: f.Test, Errors: f.Errors,
		WithContext: true, Context: f.Context,
	}
}

// Purposes are what a model can be for.
func (f AdminModelForm) Purposes() []Option {
	options := make([]Option, 0, 2)
	for _, p := range []library.Purpose{library.ForChat, library.ForEmbed} {
		words := purposeWords(p)
		options = append(options, Option{Value: string(p), Label: strings.ToUpper(words[:1]) + words[1:], Current: p == f.Purpose})
	}
	return options
}

// TierOptions are those whom a model can be for.
func (p AdminModelsPage) TierOptions() []Option {
	options := []Option{{Value: "", Label: "All tiers", Current: p.Form.Tier == ""}}
	for _, tier := range p.Tiers {
		options = append(options, Option{Value: tier, Label: "Tier " + tier, Current: tier == p.Form.Tier})
	}
	return options
}
