package ui_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/holtdb/holt/web/ui"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/markdown/embed"
)

// sampleWiki is the wiki that the examples of the syntax are written for.
type sampleWiki struct{}

func (sampleWiki) PageURL(page, _ string) string          { return "/" + page }
func (sampleWiki) AttachmentURL(page, name string) string { return "/" + page + "/a/" + name }
func (sampleWiki) Exists(page string) bool                { return page == "Home" }
func (sampleWiki) Page() string                           { return "Home" }

func (sampleWiki) Attachment(context.Context, string, string, int64) ([]byte, error) {
	return nil, embed.ErrNotFound
}

func (sampleWiki) Attachments(context.Context, string) ([]embed.Attachment, error) {
	return []embed.Attachment{{Name: "survey.pdf", Size: 9, URL: "/Home/a/survey.pdf"}}, nil
}

func (sampleWiki) Pages(context.Context, string) ([]embed.Page, error) {
	return []embed.Page{{Path: "Home", Title: "Home", URL: "/Home"}}, nil
}

// TestWikiSyntaxIsTrue shows that the real renderer understands each example.
func TestWikiSyntaxIsTrue(t *testing.T) {
	renderer, err := markdown.New()
	if err != nil {
		t.Fatal(err)
	}
	embeddings := map[string]bool{}
	for _, group := range ui.SyntaxGroups(false) {
		for _, sample := range group.Samples {
			page, err := renderer.Render(t.Context(), "Home", []byte(sample.Source), markdown.Options{}, sampleWiki{})
			if err != nil {
				t.Fatal(err)
			}
			for _, left := range []string{"embed-error", "{{", "|src", ":::", "[[", "&gt;!", "&gt;|", "[!", "==", "[^"} {
				if bytes.Contains(page.HTML, []byte(left)) {
					t.Errorf("%s: the renderer left %q:\n%s", sample.Title, left, page.HTML)
				}
			}
			for _, name := range embed.Names() {
				if bytes.Contains([]byte(sample.Source), []byte("{{"+name)) {
					embeddings[name] = true
				}
			}
		}
	}
	for _, name := range embed.Names() {
		if !embeddings[name] {
			t.Errorf("no example shows the embedding %s", name)
		}
	}
}
