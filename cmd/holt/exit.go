package main

import (
	"errors"
	"syscall"

	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// Exit codes.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitNotFound = 3
	exitBusy     = 4
)

var (
	// errUsage means that a command was called in a way that makes no sense.
	errUsage = errors.New("wrong use")
	// errNoData means that a directory holds no Holt data.
	errNoData = errors.New("no Holt data")
)

// outcome is an exit code with its name in JSON and the errors that lead to it.
type outcome struct {
	code   int
	name   string
	causes []error
}

// outcomeOf says how a program that met err ends.
func outcomeOf(err error) outcome {
	for _, o := range []outcome{
		{exitBusy, "busy", []error{tenant.ErrBusy, sqlite.ErrLocked, server.ErrInUse, syscall.EADDRINUSE}},
		{exitNotFound, "not_found", []error{tenant.ErrNotExist, platform.ErrNotFound, errNoData}},
		{exitUsage, "usage", []error{errUsage, server.ErrConfig, tenant.ErrInvalidID, platform.ErrInvalidSlug, platform.ErrReservedSlug,
			platform.ErrInvalidModel}},
	} {
		for _, cause := range o.causes {
			if errors.Is(err, cause) {
				return o
			}
		}
	}
	return outcome{code: exitFailed, name: "failed"}
}
