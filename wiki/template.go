package wiki

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/holtdb/holt/wiki/index"
)

// Templates returns the pages that new ones can be made of: those below the
// folder that the preferences name.
func (s *Session) Templates(ctx context.Context) ([]index.Page, error) {
	folder := s.settings.preferences.Content.TemplateTree
	if folder == "" {
		return nil, nil
	}
	return s.Pages(ctx, folder)
}

// FromTemplate returns the text of a new page made of a template: {{title}},
// {{page}}, {{date}} and {{author}} in it are filled in.
func (s *Session) FromTemplate(ctx context.Context, template, name Name) (string, error) {
	page, err := s.Page(ctx, template)
	if err != nil {
		return "", err
	}
	return strings.NewReplacer(
		"{{title}}", name.Last(), "{{page}}", name.path,
		"{{date}}", time.Now().Format(time.DateOnly), "{{author}}", s.visitor.Name,
	).Replace(page.Text), nil
}

// maxSimilar bounds the pages that are offered instead of one that is missing.
const maxSimilar = 5

// Similar returns pages whose names resemble one that does not exist.
func (s *Session) Similar(ctx context.Context, name Name) ([]index.Page, error) {
	pages, err := s.Pages(ctx, "")
	if err != nil {
		return nil, err
	}
	type near struct {
		page  index.Page
		score int
	}
	var found []near
	want := words(name.path)
	for _, p := range pages {
		score := 0
		have := words(p.Path + " " + p.Title)
		for _, w := range want {
			if slices.Contains(have, w) {
				score++
			}
		}
		if score > 0 {
			found = append(found, near{p, score})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return b.score - a.score })
	var similar []index.Page
	for _, f := range found[:min(len(found), maxSimilar)] {
		similar = append(similar, f.page)
	}
	return similar, nil
}

// words returns the words of a name without difference of case.
func words(name string) []string {
	return strings.FieldsFunc(index.Fold(name), func(r rune) bool { return strings.ContainsRune(" /-_.", r) })
}
