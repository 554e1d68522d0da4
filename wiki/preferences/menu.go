package preferences

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// MenuItem is an entry of the custom menu: title and icon are plain text.
type MenuItem struct {
	Link  string `json:"link"` // see [SafeLink]; empty for an entry that leads nowhere
	Title string `json:"title"`
	Icon  string `json:"icon"`
}

// separator is the link of an entry that is a line between others.
const separator = "---"

// IsSeparator reports whether the entry is a line between others.
func (m MenuItem) IsSeparator() bool { return m.Link == separator }

// Bounds of the custom menu, of its text in bytes and of its entries.
const (
	maxMenu     = 64 << 10
	maxItems    = 100
	maxItemText = 500
)

var (
	// ErrUnsafeLink means that a link could run a script or mislead.
	ErrUnsafeLink = errors.New("links start with https://, http:// or mailto:, or name a page of this wiki")

	errMenu = errors.New("the menu cannot be read; write a list of entries, each with link, title and icon")
)

// ParseMenu reads the custom menu: a JSON list of objects with link, title and
// icon. When it fails it still returns the entries that can be shown.
func ParseMenu(text string) ([]MenuItem, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var read []MenuItem
	if len(text) > maxMenu || json.Unmarshal([]byte(text), &read) != nil {
		return nil, errMenu
	}
	if len(read) > maxItems {
		return nil, fmt.Errorf("a menu has at most %d entries", maxItems)
	}
	var items []MenuItem
	var failed error
	for _, item := range read {
		item.Link, item.Title, item.Icon = strings.TrimSpace(item.Link), strings.TrimSpace(item.Title), strings.TrimSpace(item.Icon)
		if item == (MenuItem{}) {
			continue
		}
		if err := item.check(); err != nil {
			failed = fmt.Errorf("entry %q: %w", item.Title, err)
			continue
		}
		items = append(items, item)
	}
	return items, failed
}

// FormatMenu writes the text that [ParseMenu] reads; no entries are no text.
func FormatMenu(items []MenuItem) string {
	if len(items) == 0 {
		return ""
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(items); err != nil {
		return "" // texts always encode
	}
	return strings.TrimSuffix(text.String(), "\n")
}

func (m MenuItem) check() error {
	for _, text := range []string{m.Title, m.Icon} {
		if _, err := oneLine(maxItemText)(text); err != nil {
			return err
		}
	}
	if m.Link == "" || m.IsSeparator() {
		return nil
	}
	return SafeLink(m.Link)
}

// SafeLink accepts addresses of http, https and mailto, and local ones: paths
// from the wiki's root or names of pages, with or without a fragment. It fails
// with [ErrUnsafeLink].
func SafeLink(link string) error {
	if _, err := oneLine(2048)(link); err != nil || link == "" || strings.ContainsAny(link, `\`) || strings.TrimSpace(link) != link {
		return ErrUnsafeLink
	}
	head, _, _ := strings.Cut(link, "/")
	head, _, _ = strings.Cut(head, "?")
	head, _, _ = strings.Cut(head, "#")
	scheme, _, absolute := strings.Cut(head, ":")
	switch {
	case strings.HasPrefix(link, "//"): // another host
		return ErrUnsafeLink
	case !absolute:
		return nil
	case strings.EqualFold(scheme, "mailto"):
		return nil
	case strings.EqualFold(scheme, "http"), strings.EqualFold(scheme, "https"):
		if u, err := url.Parse(link); err == nil && u.Host != "" && u.User == nil {
			return nil
		}
	}
	return ErrUnsafeLink
}
