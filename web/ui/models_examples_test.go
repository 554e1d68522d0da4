package ui_test

import (
	"testing"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/web/ui"
)

// modelExamples are the pages about models.
func modelExamples(tb testing.TB) []example {
	tb.Helper()
	all := []example{}
	add := func(name string, page ui.Page) { all = append(all, example{"models " + name, page}) }

	add("own", modelsPage())
	none := modelsPage()
	none.Chat = ui.ModelForm{Setting: library.ModelSetting{Purpose: library.ForChat, Offered: true, OwnAllowed: true}}
	none.Embed = ui.ModelForm{Setting: library.ModelSetting{Purpose: library.ForEmbed}}
	none.Meaning = library.MeaningState{}
	add("none", none)
	tested := modelsPage()
	tested.Chat.Test = &ui.ModelTest{Problem: "The server has no model “llama9”. Fetch it there with: ollama pull llama9."}
	tested.Chat.Model, tested.Chat.Known = "llama9", []string{"llama3.2:latest", "qwen3:8b"}
	tested.Embed.Test = &ui.ModelTest{Dimension: 768}
	tested.Embed.Errors = ui.Errors{"": "Nothing was saved.", "protocol": "Choose a kind.", "url": "An address begins with http:// or https://.", "model": "Name a model.", "key": "The key has signs that cannot be sent."}
	tested.Meaning = library.MeaningState{Configured: true, Embedded: 5310, Total: 5310}
	add("tested", tested)
	bad := modelsPage()
	bad.Chat.Setting.Model, bad.Chat.Setting.URL, bad.Chat.URL, bad.Chat.Model = hostile, hostile, hostile, hostile
	bad.Chat.Known, bad.Chat.Test, bad.Chat.Errors = []string{hostile}, &ui.ModelTest{Problem: hostile}, ui.Errors{"url": hostile}
	bad.Meaning.Problem = hostile
	add("hostile", bad)

	add("admin", adminModelsPage())
	edit := adminModelsPage()
	edit.Form = ui.AdminModelForm{AdminModel: edit.Models[1], Edit: true, Known: []string{"gpt-4o-mini"}, Errors: ui.Errors{"url": "Only https addresses.", "context": "Use a number of 0 or more."}}
	add("admin edit", edit)
	add("admin empty", ui.AdminModelsPage{Frame: adminFrame(), Form: ui.AdminModelForm{Errors: ui.Errors{"purpose": "Choose one.", "tier": "No such tier."}}})
	evil := adminModelsPage()
	evil.Local, evil.Tiers = hostile, []string{hostile}
	evil.Models = []ui.AdminModel{{Purpose: library.ForEmbed, Tier: hostile, Protocol: hostile, URL: hostile, Model: hostile}}
	evil.Form = ui.AdminModelForm{AdminModel: evil.Models[0], Edit: true, Test: &ui.ModelTest{Problem: hostile}}
	add("admin hostile", evil)
	return all
}

func modelsPage() ui.ModelsPage {
	f := frame("Models")
	f.Place = ui.PlaceAccount
	return ui.ModelsPage{
		Frame: f,
		Chat: ui.ModelForm{
			Setting:  library.ModelSetting{Purpose: library.ForChat, Own: true, Protocol: "openai", URL: "https://models.example.org/v1", Model: "river-large", HasKey: true, OwnAllowed: true},
			Protocol: "openai", URL: "https://models.example.org/v1", Model: "river-large",
		},
		Embed: ui.ModelForm{
			Setting:  library.ModelSetting{Purpose: library.ForEmbed, Protocol: "ollama", Model: "nomic-embed-text", Offered: true, Allowed: true, OwnAllowed: true},
			Protocol: "ollama",
		},
		Meaning: library.MeaningState{Configured: true, Model: "nomic-embed-text", Embedded: 1204, Total: 5310, Problem: "The model server cannot be reached. Start Ollama there, or check the address."},
	}
}

func adminModelsPage() ui.AdminModelsPage {
	f := adminFrame()
	f.Flashes = nil
	return ui.AdminModelsPage{
		Frame: f, Tiers: []string{"free", "ultra"}, Private: true, Local: "all-MiniLM-L6-v2", Feedback: platform.FeedbackCount{Up: 1204, Down: 31},
		Models: []ui.AdminModel{
			{Purpose: library.ForChat, Protocol: "ollama", URL: "http://localhost:11434", Model: "llama3.2"},
			{Purpose: library.ForChat, Tier: "ultra", Protocol: "openai", URL: "https://api.example.org/v1", Model: "gpt-4o-mini", HasKey: true, Context: 32768},
			{Purpose: library.ForEmbed, Protocol: "ollama", URL: "http://localhost:11434", Model: "nomic-embed-text"},
		},
		Form: ui.AdminModelForm{AdminModel: ui.AdminModel{Purpose: library.ForChat, Protocol: "ollama"}},
	}
}
