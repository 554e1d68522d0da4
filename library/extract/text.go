package extract

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/holtdb/holt/library/extract/clean"
	"github.com/holtdb/holt/library/extract/markup"
)

const (
	textPage  = 500 // words
	longTitle = 100 // bytes; a longer first line is not a title
)

// readText reads plain text. Form feeds divide its pages; without them a page
// is some 500 words that end with a paragraph.
func readText(ctx context.Context, f File) (*Content, error) {
	data, err := load(f)
	if err != nil {
		return nil, err
	}
	source, err := decodeText(data)
	if err != nil {
		return nil, err
	}
	b := newBinder()
	if strings.Contains(strings.Trim(source, "\f \r\n\t"), "\f") {
		err = bindFormFeeds(ctx, b, source)
	} else {
		err = bindParagraphs(ctx, b, clean.Text(source))
	}
	if err != nil {
		return nil, err
	}
	content := &Content{Pages: b.pages}
	if len(b.pages) > 0 {
		first, rest, _ := strings.Cut(b.pages[0].Text, "\n")
		if len(first) <= longTitle && (rest == "" || strings.HasPrefix(rest, "\n")) {
			content.Meta.Title = first
		}
	}
	return content, nil
}

func bindFormFeeds(ctx context.Context, b *binder, source string) error {
	if pages := strings.Count(source, "\f") + 1; pages > maxPages {
		return fmt.Errorf("%d form feeds: %w", pages-1, ErrTooLarge)
	}
	for i, page := range clean.Pages(strings.Split(source, "\f")) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if page == "" {
			continue
		}
		blocks, err := textBlocks(page)
		if err != nil {
			return err
		}
		b.begin(strconv.Itoa(i + 1))
		for _, r := range markup.Split(blocks, markup.Borders{Ranks: make([]int, len(blocks))}) {
			if err := b.add(blocks[r.From:r.To], ""); err != nil {
				return err
			}
		}
	}
	return nil
}

func bindParagraphs(ctx context.Context, b *binder, text string) error {
	blocks, err := textBlocks(text)
	if err != nil {
		return err
	}
	from, words := 0, 0
	for i, block := range blocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i > from && words+block.Weight/2 > textPage {
			if err := b.add(blocks[from:i], ""); err != nil {
				return err
			}
			from, words = i, 0
		}
		words += block.Weight
	}
	if from < len(blocks) {
		return b.add(blocks[from:], "")
	}
	return nil
}

// textBlocks makes a paragraph of what stands between blank lines.
func textBlocks(text string) ([]markup.Block, error) {
	var b markup.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" {
			if b.Full() {
				break
			}
			b.Open("p")
			continue
		}
		b.LineBreak()
		b.Text(line)
	}
	return b.Blocks()
}
