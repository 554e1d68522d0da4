package wiki

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"time"

	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
)

// Owner is the account that a new wiki belongs to.
type Owner struct {
	Account string
	Name    string
	Email   string // or another readable identity; "" for one made of the account
}

// Founding says what a new wiki is like.
type Founding struct {
	Owner       Owner
	Name        string // shown as the title of the wiki
	Description string
	Visibility  preferences.Visibility
	// Empty leaves the first pages out.
	Empty bool
}

//go:embed pages
var firstPages embed.FS

// Create makes a wiki: its home with database, repository, owner and first
// pages, all of it or nothing. It fails with [tenant.ErrExists].
func Create(ctx context.Context, fleet *tenant.Fleet, id tenant.ID, f Founding) error {
	return fleet.CreateWith(ctx, id, func(ctx context.Context, home *tenant.Home) error { return found(ctx, home, f) })
}

// found fills a home under construction.
func found(ctx context.Context, home *tenant.Home, f Founding) error {
	dir, err := home.Files().OpenRoot(repoDir)
	if err != nil {
		return fmt.Errorf("open repository's folder: %w", err)
	}
	err = repo.Create(ctx, dir, branch)
	if err := errors.Join(err, dir.Close()); err != nil {
		return fmt.Errorf("create repository: %w", err)
	}
	return settle(ctx, home, f, func(ctx context.Context, w *Wiki) error {
		if f.Empty {
			return nil
		}
		return w.writeFirstPages(ctx, f)
	})
}

// settle writes owner and preferences into a new home, does what else is to be
// done, and lets the index follow.
func settle(ctx context.Context, home *tenant.Home, f Founding, more func(ctx context.Context, w *Wiki) error) error {
	w, err := Open(ctx, home, Config{})
	if err != nil {
		return err
	}
	err = w.db.Write(ctx, func(tx *sql.Tx) error {
		return storePreferences(ctx, tx, preferences.ForNewWiki(f.Name, f.Description, f.Visibility).Rows())
	})
	if err == nil {
		err = more(ctx, w)
	}
	if err == nil {
		err = w.Admit(ctx, Member{
			Account: f.Owner.Account, Name: f.Owner.Name, Email: f.Owner.Email, Member: RoleAdmin.Flags(),
		})
	}
	if err == nil {
		_, _, err = w.look(ctx)
	}
	return errors.Join(err, w.Close())
}

// writeFirstPages commits the pages that a new wiki begins with.
func (w *Wiki) writeFirstPages(ctx context.Context, f Founding) error {
	names, err := fs.Glob(firstPages, "pages/*.md")
	if err != nil {
		return err
	}
	var edits []repo.Edit
	for _, name := range names {
		text, err := firstPage(name, f)
		if err != nil {
			return err
		}
		path, err := repo.ParsePath(strings.ReplaceAll(strings.TrimPrefix(name, "pages/"), "_", " "))
		if err != nil {
			return err
		}
		edits = append(edits, repo.Edit{Path: path, Content: []byte(text)})
	}
	who := repo.Signature{Name: f.Owner.Name, Email: f.Owner.Account + "@holt", When: time.Now()}
	_, err = w.repo.Write(ctx, repo.Write{Edits: edits, Author: who, Committer: who, Message: "First pages\n"})
	if err != nil {
		return fmt.Errorf("write first pages: %w", err)
	}
	return nil
}

// firstPage fills in what a first page says of its wiki.
func firstPage(name string, f Founding) (string, error) {
	t, err := template.ParseFS(firstPages, name)
	if err != nil {
		return "", fmt.Errorf("read first page: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, f); err != nil {
		return "", fmt.Errorf("write first page: %w", err)
	}
	return b.String(), nil
}
