package tenant

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrNotExist means that no tenant has this ID.
	ErrNotExist = errors.New("tenant does not exist")
	// ErrDeleting means that the tenant is on its way to the trash, from which a
	// deletion that fails brings it back. It matches ErrNotExist.
	ErrDeleting = fmt.Errorf("%w: it is being deleted", ErrNotExist)
	// ErrExists means that a tenant has this ID already.
	ErrExists = errors.New("tenant exists already")
	// ErrBusy means that the tenant could not be had in time: all places are
	// taken by tenants in use, or another process holds the home.
	ErrBusy = errors.New("tenant is busy, try again shortly")
	// ErrClosed means that the registry is shut down.
	ErrClosed = errors.New("registry is closed")
	// ErrWrongHome means that a database lies in a home it does not belong to.
	ErrWrongHome = errors.New("database belongs to another home")
	// ErrUnsafe means that a home contains a link or a special file where a
	// plain one must be.
	ErrUnsafe = errors.New("home is not safe to open")
	// ErrUnavailable means that the tenant's state forbids what was asked. The
	// error that wraps it is a [StateError].
	ErrUnavailable = errors.New("tenant is not available")
	// ErrReadOnly means that the tenant may be read but not changed.
	ErrReadOnly = errors.New("tenant is read-only")
)

// OpenError says that a tenant could not be opened and when that is tried again.
type OpenError struct {
	Tenant  ID
	Since   time.Time // of the first failure in a row
	RetryAt time.Time
	Err     error
}

// Error implements error.
func (e *OpenError) Error() string { return fmt.Sprintf("open tenant %q: %v", e.Tenant, e.Err) }

// Unwrap gives the reason.
func (e *OpenError) Unwrap() error { return e.Err }
