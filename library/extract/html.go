package extract

import (
	"context"

	"golang.org/x/text/language"

	"github.com/holtdb/holt/library/extract/markup"
)

func readHTML(_ context.Context, f File) (*Content, error) {
	data, err := load(f)
	if err != nil {
		return nil, err
	}
	source, err := decodeHTML(data)
	if err != nil {
		return nil, err
	}
	doc, err := markup.Parse([]byte(source), markup.Options{})
	if err != nil {
		return nil, err
	}
	return bindHeadings(doc.Blocks, Meta{Title: doc.Title, Authors: doc.Authors, Language: languageTag(doc.Language)})
}

// bindHeadings makes a Content that is divided at its headings. One of them is
// the title where the document does not name another.
func bindHeadings(blocks []markup.Block, meta Meta) (*Content, error) {
	b := newBinder()
	if meta.Title = shorten(meta.Title); meta.Title == "" {
		meta.Title = titleOf(blocks)
	}
	b.begin(meta.Title)
	outline, err := b.byHeadings(blocks)
	if err != nil {
		return nil, err
	}
	meta.Outline = outline
	return &Content{Meta: meta, Pages: b.pages}, nil
}

// languageTag returns the canonical form of a language tag, "" for none.
func languageTag(s string) string {
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und {
		return ""
	}
	return tag.String()
}
