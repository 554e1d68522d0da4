package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/transport"
)

// newWikiFlags say what a new wiki is like.
type newWikiFlags struct {
	wikiArg
	Owner      string `required:"" help:"Login or account id of the owner." placeholder:"LOGIN"`
	Name       string `help:"Name to show; the address when it is not given." placeholder:"NAME"`
	Purpose    string `help:"What the wiki is for, in a line." placeholder:"TEXT"`
	Visibility string `help:"Who may read: private, signed-in or public (${default})." default:"private" enum:"private,signed-in,public"`
}

// plan turns the flags into what the host is asked for.
func (f newWikiFlags) plan(ctx context.Context, d data) (platform.NewWiki, wiki.Founding, error) {
	slug, err := f.slug()
	if err != nil {
		return platform.NewWiki{}, wiki.Founding{}, err
	}
	owner, err := d.account(ctx, f.Owner)
	if err != nil {
		return platform.NewWiki{}, wiki.Founding{}, err
	}
	visibility, err := preferences.ParseVisibility(f.Visibility)
	return platform.NewWiki{Owner: owner.ID, Slug: slug, Name: f.Name, Purpose: f.Purpose}, wiki.Founding{Visibility: visibility}, err
}

// wikiCreateCmd is `holt wiki create`.
type wikiCreateCmd struct {
	dataFlag
	newWikiFlags
	Empty bool `help:"Leave the first pages out."`
}

// Run implements the command.
func (cmd *wikiCreateCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(d data) error {
		n, founding, err := cmd.plan(ctx, d)
		if err != nil {
			return err
		}
		founding.Empty = cmd.Empty
		w, err := d.host().Create(ctx, n, founding)
		if err != nil {
			return err
		}
		return printWiki(ctx, d, c, w)
	})
}

// wikiImportCmd is `holt wiki import`.
type wikiImportCmd struct {
	dataFlag
	newWikiFlags
	Repository string `required:"" help:"Directory of the git repository, with a work tree or bare." placeholder:"DIR"`
	Database   string `help:"SQLite file of An Otter Wiki: preferences, users and drafts are taken over." placeholder:"FILE"`
	OwnerEmail string `help:"Address of the row in that database which is the owner's." placeholder:"ADDRESS"`
}

// Run implements the command.
func (cmd *wikiImportCmd) Run(ctx context.Context, c *console) error {
	repository, err := filepath.Abs(cmd.Repository)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	git, err := transport.Find()
	if err != nil {
		return err
	}
	return cmd.with(ctx, func(d data) error {
		n, founding, err := cmd.plan(ctx, d)
		if err != nil {
			return err
		}
		founding.Owner.Email = cmd.OwnerEmail
		w, err := d.host().Import(ctx, git, n, founding, wiki.Source{Repository: repository, Database: cmd.Database})
		if err != nil {
			return err
		}
		return printWiki(ctx, d, c, w)
	})
}
