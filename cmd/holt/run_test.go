package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// mustRun runs a command that must succeed and drops what it prints.
func mustRun(tb testing.TB, args ...string) {
	tb.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		tb.Fatal(err)
	}
	defer null.Close()
	if code := run(args, &console{in: null, out: null, err: null}); code != exitDone {
		tb.Fatalf("holt %v ends with %d", args, code)
	}
}

func TestCommandsAreInTheAuditLog(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, args := range [][]string{
		{"user", "add", "ann"},
		{"user", "set-tier", "ann", "local"},
		{"token", "create", "ann"},
		{"tenant", "create", "42"},
		{"tenant", "suspend", "42"},
		{"tenant", "resume", "42"},
		{"tenant", "delete", "42", "--yes"},
		{"tenant", "undelete", "42"},
		{"models", "set", "embed", "--protocol", "local"},
		{"models", "private", "on"},
		{"models", "private", "on"}, // changes nothing
		{"models", "remove", "embed"},
	} {
		mustRun(t, append(args, "--data", data)...)
	}
	store, err := server.OpenPlatform(context.Background(), data)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	events, err := store.Events(context.Background(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{ // the latest first
		platform.ActionModelDelete, platform.ActionSettingChange, platform.ActionModelSave,
		"tenant.undelete", "tenant.delete", "tenant.resume", "tenant.suspend", "tenant.create",
		platform.ActionTokenCreate, platform.ActionAccountTier, platform.ActionAccountCreate,
	}
	if len(events) != len(want) {
		t.Fatalf("%d events, want %d: %v", len(events), len(want), events)
	}
	for i, e := range events {
		if e.Action != want[i] || e.Account != "command line" {
			t.Errorf("event %d is %s by %q, want %s", i, e.Action, e.Account, want[i])
		}
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{errors.New("anything"), exitFailed},
		{tenant.ErrExists, exitFailed},
		{errUsage, exitUsage},
		{tenant.ErrInvalidID, exitUsage},
		{server.ErrConfig, exitUsage},
		{tenant.ErrNotExist, exitNotFound},
		{platform.ErrNotFound, exitNotFound},
		{platform.ErrInvalidModel, exitUsage},
		{errNoData, exitNotFound},
		{tenant.ErrBusy, exitBusy},
		{sqlite.ErrLocked, exitBusy},
		{server.ErrInUse, exitBusy},
		{fmt.Errorf("%w: listen: %w", server.ErrConfig, syscall.EADDRINUSE), exitBusy},
	} {
		if got := outcomeOf(fmt.Errorf("do it: %w", c.err)).code; got != c.want {
			t.Errorf("%v ends with %d, want %d", c.err, got, c.want)
		}
	}
}
