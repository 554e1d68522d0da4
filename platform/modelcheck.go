package platform

import (
	"fmt"
	"net/url"
	"strings"
)

// Bounds of a model's settings.
const (
	maxModelURL      = 2048 // bytes
	maxModelName     = 200  // bytes
	maxSealedKey     = 8192 // bytes
	maxContextTokens = 1 << 24
)

// Check fails with [ErrInvalidModel] for what [Store.SaveServerModel] would not take.
func (m ServerModel) Check() error {
	switch {
	case m.Purpose != PurposeChat && m.Purpose != PurposeEmbed:
		return invalidModel("its purpose is chat or embed")
	case m.Tier != "" && !validTierName(m.Tier):
		return invalidModel("no tier has such a name")
	case m.ContextTokens < 0 || m.ContextTokens > maxContextTokens:
		return invalidModel("its context has at most %d tokens, or 0 for the usual number", maxContextTokens)
	case m.Protocol == ProtocolLocal:
		return m.checkLocal()
	case m.Protocol != ProtocolOllama && m.Protocol != ProtocolOpenAI:
		return invalidModel("its protocol is ollama, openai or local")
	case m.Model == "" || len(m.Model) > maxModelName || !printable(m.Model):
		return invalidModel("name the model in at most %d characters", maxModelName)
	case len(m.SealedKey) > maxSealedKey:
		return invalidModel("its key is too long")
	}
	return checkModelURL(m.URL)
}

func (m ServerModel) checkLocal() error {
	switch {
	case m.Purpose != PurposeEmbed:
		return invalidModel("a local model cannot chat; use it for embed")
	case m.Model != LocalModel:
		return invalidModel("a local model is named %s", LocalModel)
	case m.URL != "" || len(m.SealedKey) > 0:
		return invalidModel("a local model has neither an address nor a key")
	}
	return nil
}

// checkModelURL refuses all but the plain base address of a server. In
// particular a password has no place there: addresses are shown and logged.
func checkModelURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case len(text) > maxModelURL || err != nil || !printable(text),
		u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return invalidModel("its address is one such as http://localhost:11434 or https://api.openai.com/v1")
	case u.User != nil:
		return invalidModel("its address has a name or password in it; a key is set for itself")
	case strings.ContainsAny(text, "?#"):
		return invalidModel("its address ends before any ? or #")
	}
	return nil
}

func invalidModel(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalidModel, fmt.Sprintf(format, args...))
}
