package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/holtdb/holt/hosting"
	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/tenant"
)

// dataFlag names the data directory.
type dataFlag struct {
	Data string `help:"Data directory (${default})." default:"data" env:"HOLT_DATA" placeholder:"DIR"`
}

// data is an open data directory.
type data struct {
	store *platform.Store
	fleet *tenant.Fleet // of libraries
	wikis *tenant.Fleet
}

// with opens a data directory that exists, runs do and closes it.
func (f dataFlag) with(ctx context.Context, do func(d data) error) error {
	_, err := os.Stat(filepath.Join(f.Data, server.PlatformFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w in %s; name the directory by --data, or start a server there first", errNoData, f.Data)
	}
	if err != nil {
		return fmt.Errorf("open data directory: %w", err)
	}
	return f.withNew(ctx, do)
}

// withNew is with for commands that may come before the first server.
func (f dataFlag) withNew(ctx context.Context, do func(d data) error) error {
	if f.Data == "" {
		return fmt.Errorf("%w: the data directory has no name", errUsage)
	}
	if err := os.MkdirAll(f.Data, 0o700); err != nil {
		return fmt.Errorf("make data directory: %w", err)
	}
	store, err := server.OpenPlatform(ctx, f.Data)
	if err != nil {
		return err
	}
	fleet, err := openFleet(f.Data)
	if err != nil {
		return errors.Join(err, store.Close())
	}
	wikis, err := server.OpenWikiFleet(f.Data)
	if err != nil {
		return errors.Join(err, fleet.Close(), store.Close())
	}
	return errors.Join(do(data{store, fleet, wikis}), wikis.Close(), fleet.Close(), store.Close())
}

// host makes and deletes wikis.
func (d data) host() hosting.Host {
	return hosting.Host{Directory: d.store, Fleet: d.wikis, Homes: d.wikis}
}

func openFleet(dir string) (*tenant.Fleet, error) {
	kind, err := library.Kind()
	if err != nil {
		return nil, err
	}
	return tenant.OpenFleet(dir, kind)
}

// account returns the account with a login, or with an account id for people
// who sign in elsewhere.
func (d data) account(ctx context.Context, name string) (platform.Account, error) {
	a, err := d.store.AccountByLogin(ctx, name)
	if errors.Is(err, platform.ErrNotFound) {
		a, err = d.store.Account(ctx, name)
	}
	if errors.Is(err, platform.ErrNotFound) {
		return platform.Account{}, fmt.Errorf("no account has the login or id %q: %w", name, platform.ErrNotFound)
	}
	return a, err
}

// audit notes what was done to a tenant.
func (d data) audit(ctx context.Context, action string, id tenant.ID, detail string) error {
	return d.store.Audit(ctx, platform.Event{Action: action, Subject: id.String(), Detail: detail})
}
