package extract

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/holtdb/holt/library/extract/clean"
	"github.com/holtdb/holt/library/extract/markup"
)

func readMarkdown(ctx context.Context, f File) (*Content, error) {
	data, err := load(f)
	if err != nil {
		return nil, err
	}
	source, err := decodeText(data)
	if err != nil {
		return nil, err
	}
	source = strings.ReplaceAll(strings.TrimPrefix(source, "\ufeff"), "\r\n", "\n")
	meta, source := frontMatter(source)
	blocks, err := markdownBlocks(source)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return bindHeadings(blocks, meta)
}

func markdownBlocks(source string) ([]markup.Block, error) {
	if !plausibleMarkdown(source) {
		return textBlocks(clean.Text(source))
	}
	converter := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList),
		goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		// The HTML of the source goes through the same reader and policy as
		// any other HTML.
		goldmark.WithRendererOptions(html.WithUnsafe()),
	)
	var rendered bytes.Buffer
	if err := converter.Convert([]byte(source), &rendered); err != nil {
		return nil, fmt.Errorf("convert: %w: %w", ErrBroken, err)
	}
	doc, err := markup.Parse(rendered.Bytes(), markup.Options{})
	if err != nil {
		return nil, err
	}
	return doc.Blocks, nil
}
