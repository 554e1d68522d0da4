package wiki

import (
	"errors"
	"fmt"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
)

var (
	// ErrNotFound means that there is no such page, file, revision or member, or
	// that the visitor may not know of it.
	ErrNotFound = index.ErrNotFound
	// ErrForbidden means that the visitor may not do this. The error that wraps
	// it is a [Forbidden].
	ErrForbidden = errors.New("not allowed")
	// ErrExists means that the name is taken.
	ErrExists = errors.New("there is one of this name already")
	// ErrInvalid means that a value cannot be accepted. The error that wraps it
	// says what to change.
	ErrInvalid = errors.New("cannot be accepted")
	// ErrConflict means that the page was changed meanwhile. The error that wraps
	// it is a [Conflict].
	ErrConflict = errors.New("the page was changed meanwhile")
	// ErrTooLarge means that a text or file is larger than the wiki takes.
	ErrTooLarge = errors.New("too large")
	// ErrUnchanged means that there was nothing to save.
	ErrUnchanged = errors.New("nothing was changed")
	// ErrNoGit means that the server has no git program, or the wiki's git server
	// is switched off.
	ErrNoGit = errors.New("git is not available for this wiki")
)

// Forbidden says what the visitor would have needed. It matches [ErrForbidden].
type Forbidden struct {
	Need   access.Set
	Reason string // of the platform, when it took the permission away
}

// Error implements error.
func (f *Forbidden) Error() string {
	if f.Reason != "" {
		return f.Reason
	}
	return fmt.Sprintf("this needs the permission %v", f.Need)
}

// Is makes errors.Is(err, ErrForbidden) true.
func (f *Forbidden) Is(target error) bool { return target == ErrForbidden }

// invalid makes an [ErrInvalid] of a sentence for people.
func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}
