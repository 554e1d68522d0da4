package repo

import (
	"errors"
	"fmt"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrNotFound means that the repository holds no such commit, file or blob.
	ErrNotFound = errors.New("not found in the repository")
	// ErrAmbiguous means that an abbreviated hash fits several commits.
	ErrAmbiguous = errors.New("the abbreviated revision fits more than one commit")
	// ErrInvalidRevision means that a text is neither HEAD nor 4 to 64 hexadecimal digits.
	ErrInvalidRevision = errors.New("not a revision: use HEAD or at least four digits of a commit's hash")
	// ErrInvalidPath means that a text cannot be the path of a file in a wiki.
	ErrInvalidPath = errors.New("not a valid path")
	// ErrMoved means that somebody else changed the branch first.
	ErrMoved = errors.New("the branch has moved; look at the newest version and try again")
	// ErrUnchanged means that a write would leave every file as it is.
	ErrUnchanged = errors.New("nothing would change")
	// ErrConflictingPath means that a path is needed as a file and as a folder,
	// or is taken by something that is no plain file.
	ErrConflictingPath = errors.New("the path is taken")
	// ErrTooLarge means that content is larger than the caller or the package allows.
	ErrTooLarge = errors.New("too large")
	// ErrCorrupt means that what is on disk is not what its hash promises.
	ErrCorrupt = errors.New("the repository is damaged; check it with git fsck")
	// ErrNotRepository means that a directory is no bare git repository that can be trusted.
	ErrNotRepository = errors.New("not a usable bare git repository")
	// ErrUnsupported means that a repository uses a format that this package does not read.
	ErrUnsupported = errors.New("the repository's format is not supported")
	// ErrLocked means that another program holds the branch's lock and does not give it back.
	ErrLocked = errors.New("the branch is locked by another program; try again in a moment")
	// ErrExists means that a repository cannot be created where there is one.
	ErrExists = errors.New("there is a repository already")
)

// tooLarge is the error for content of size bytes where limit are allowed.
func tooLarge(size, limit int64) error {
	return fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrTooLarge, size, limit)
}
