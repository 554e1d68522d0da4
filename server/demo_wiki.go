package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/holtdb/holt/hosting"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/samples"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
)

// DemoWiki is the address of the wiki of a demonstration.
const DemoWiki = "allotment"

// addSampleWiki makes the demo wiki, unless it is there, or was deleted.
func (s *Server) addSampleWiki(ctx context.Context, account platform.Account) error {
	slug, err := platform.ParseSlug(DemoWiki)
	if err != nil {
		return err
	}
	host := hosting.Host{Directory: s.store, Fleet: s.wikiFleet, Homes: s.wikis}
	_, err = host.Create(ctx, platform.NewWiki{Owner: account.ID, Slug: slug, Name: "The Allotment", Purpose: "Notes of neighbours who share a garden"},
		wiki.Founding{Visibility: preferences.Public, Empty: true})
	if errors.Is(err, platform.ErrExists) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make wiki: %w", err)
	}
	return s.wikis.With(ctx, slug.ID(), func(ctx context.Context, w *wiki.Wiki) error {
		return writeSamplePages(ctx, w, account)
	})
}

// writeSamplePages saves the pages as a person would.
func writeSamplePages(ctx context.Context, w *wiki.Wiki, account platform.Account) error {
	session, err := w.Visit(ctx, wiki.Visitor{Account: account.ID, Name: account.Name, Owner: true})
	if err != nil {
		return err
	}
	pages := samples.Pages()
	return fs.WalkDir(pages, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(pages, path)
		if err != nil {
			return err
		}
		name, err := wiki.ParseName(path)
		if err != nil {
			return err
		}
		if _, err := session.Save(ctx, wiki.Edit{Name: name, Text: string(text), Message: "Write " + name.String()}); err != nil {
			return fmt.Errorf("write sample page %s: %w", name, err)
		}
		return nil
	})
}
