package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/bench/retrieval/corpus"
	"github.com/holtdb/holt/library"
)

// describe prints what the corpus is and checks that each question has a page.
func (e *evaluation) describe(ctx context.Context, c corpus.Corpus) error {
	pages := 0
	labels := make(map[string]map[string]bool) // by file
	asked := make(map[string]bool)
	for _, p := range e.pairs {
		asked[p.File] = true
	}
	for _, name := range c.Documents {
		id := e.server.files[name]
		if id == "" {
			continue // the same bytes are there under another name
		}
		doc, err := e.server.library.Document(ctx, id)
		if err != nil {
			return err
		}
		pages += doc.Pages
		if !asked[name] {
			continue
		}
		labels[name] = make(map[string]bool)
		for n := 1; n <= doc.Pages; n++ {
			p, err := e.server.library.Page(ctx, id, n)
			if err != nil {
				return err
			}
			labels[name][p.Label] = true
		}
	}
	perSource := make(map[string]int)
	var order []string
	for _, p := range e.pairs {
		if !labels[p.File][p.Label] {
			return fmt.Errorf("%s has no page %s for %q", p.File, p.Label, p.Question)
		}
		if perSource[p.Source]++; perSource[p.Source] == 1 {
			order = append(order, p.Source)
		}
	}
	for i, name := range order {
		order[i] = fmt.Sprintf("%s %d", name, perSource[name])
	}
	fmt.Fprintf(e.out, "%d questions (%s); %d documents with %d pages; left out: %d questions whose answer repeats them or that are asked twice, %d with an answer of a few words, %d files that list questions.\n\n",
		len(e.pairs), strings.Join(order, ", "), len(e.server.files), pages, c.Dropped.Repeated, c.Dropped.Short, c.Dropped.Lists)
	if len(c.Packages) > 0 {
		fmt.Fprintf(e.out, "Packages: %s.\n\n", strings.Join(c.Packages, ", "))
	}
	return nil
}

// table measures every way of searching and prints it.
func (e *evaluation) table(ctx context.Context, embedders []embedder) error {
	fmt.Fprintln(e.out, "| search | recall@1 | recall@5 | recall@10 | MRR@10 | p50 | p95 |")
	fmt.Fprintln(e.out, "|---|---|---|---|---|---|---|")
	row := func(name string, ask func(ctx context.Context, text string) ([]page, error)) error {
		s, err := e.measure(ctx, ask)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.out, "| %s | %.3f | %.3f | %.3f | %.3f | %s | %s |\n", name, s.at1, s.at5, s.at10, s.mrr,
			milliseconds(s.quantile(0.5)), milliseconds(s.quantile(0.95)))
		return nil
	}
	if err := e.use(ctx, embedder{}); err != nil {
		return err
	}
	if err := row("words", e.in(library.ModeWords)); err != nil {
		return err
	}
	if err := row("passages of an answer, words", e.answer); err != nil {
		return err
	}
	for _, m := range embedders {
		if err := e.use(ctx, m); err != nil {
			return err
		}
		for _, way := range []struct {
			name string
			ask  func(ctx context.Context, text string) ([]page, error)
		}{
			{"meaning", e.in(library.ModeMeaning)},
			{"hybrid", e.in(library.ModeHybrid)},
			{"passages of an answer", e.answer},
		} {
			if err := row(way.name+", "+m.name, way.ask); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(e.out)
	return nil
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// failures prints questions whose answer the words do not find, with the pages
// that were found instead.
func (e *evaluation) failures(ctx context.Context, most int) error {
	if most == 0 {
		return nil
	}
	titles := make(map[string]string)
	for name, id := range e.server.files {
		titles[id] = name
	}
	for _, p := range e.pairs {
		pages, err := e.search(ctx, p.Question, library.ModeWords, deepest)
		if err != nil {
			return err
		}
		if e.rankOf(p, pages) > 0 {
			continue
		}
		fmt.Fprintf(e.out, "- %s: %s (%s, section %s); found:", p.Source, p.Question, p.File, p.Label)
		for _, found := range pages[:min(3, len(pages))] {
			fmt.Fprintf(e.out, " %s p. %d;", titles[found.document], found.number)
		}
		fmt.Fprintln(e.out)
		if most--; most == 0 {
			break
		}
	}
	return nil
}
