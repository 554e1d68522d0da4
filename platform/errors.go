package platform

import (
	"errors"
	"fmt"
	"time"
)

// The text of these errors may be shown to the person who caused them.
var (
	// ErrNotFound means that no such account, session, token or invitation exists.
	ErrNotFound = errors.New("not found")
	// ErrSuspended means that an administrator has suspended the account.
	ErrSuspended = errors.New("this account is suspended; ask the administrator")
	// ErrWrongPassword means that login and password do not belong together; which
	// of the two is wrong is not said.
	ErrWrongPassword = errors.New("login or password is wrong")
	// ErrThrottled means too many failed sign-ins; the error that wraps it is a
	// [*Throttled] with the time to wait.
	ErrThrottled = errors.New("too many attempts")
	// ErrLoginTaken means that another account has the login.
	ErrLoginTaken = errors.New("this login is taken; choose another")
	// ErrInvalidLogin means that a login cannot be one; the wrapping error says why.
	ErrInvalidLogin = errors.New("this login cannot be used")
	// ErrInvalidName means that a name is too long or holds characters that cannot be shown.
	ErrInvalidName = errors.New("use a name of at most 100 characters on one line")
	// ErrPasswordShort means fewer than [MinPassword] characters.
	ErrPasswordShort = errors.New("use a password of at least 10 characters")
	// ErrPasswordLong means more than [MaxPassword] bytes.
	ErrPasswordLong = errors.New("use a password of at most 1024 bytes")
	// ErrInvalidPassword means that a password has characters that cannot be typed again.
	ErrInvalidPassword = errors.New("use a password without control characters")
	// ErrNoPassword means that the account signs in elsewhere and has none here.
	ErrNoPassword = errors.New("this account has no password here")
	// ErrInvalidProof means that a provider's subject cannot name a library.
	ErrInvalidProof = errors.New("this identity cannot be used")
	// ErrIdentityTaken means that the identity, or the library it names, belongs
	// to another account.
	ErrIdentityTaken = errors.New("this identity belongs to another account")
	// ErrLastIdentity means that the account could not sign in any more.
	ErrLastIdentity = errors.New("this is the account's only way to sign in")
	// ErrLastAdmin means that nobody could administer the server any more.
	ErrLastAdmin = errors.New("this is the last active administrator; make another one first")
	// ErrNotAdmin means that only an administrator may do this.
	ErrNotAdmin = errors.New("only an administrator may do this")
	// ErrSetupDone means that there is an administrator already.
	ErrSetupDone = errors.New("this server is set up already; sign in instead")
	// ErrInvalidLink means that a set-up or invitation link is wrong, used or expired.
	ErrInvalidLink = errors.New("this link is not valid any more; ask for a new one")
	// ErrRegistrationClosed means that new accounts need an invitation.
	ErrRegistrationClosed = errors.New("registration is closed; ask the administrator for an invitation")
	// ErrInvalidToken means that an API token is mistyped, revoked or expired.
	ErrInvalidToken = errors.New("this API token is not valid")
	// ErrInvalidScope means a scope other than read and write.
	ErrInvalidScope = errors.New("a token's scope is read or write")
	// ErrInvalidExpiry means an expiry that has passed or is missing.
	ErrInvalidExpiry = errors.New("choose an expiry in the future")
	// ErrTooMany means that an account has as many tokens as it may, or wikis: then
	// the error that wraps it is a [*TooManyWikis].
	ErrTooMany = errors.New("too many; delete one first")
	// ErrInvalidTier means that a tier's name or limits cannot be saved.
	ErrInvalidTier = errors.New("a tier needs a name of at most 64 characters, and limits of 0 or more")
	// ErrInvalidModel means that a model's settings cannot be saved; the wrapping
	// error says why.
	ErrInvalidModel = errors.New("this model cannot be used")
	// ErrExists means that another wiki, perhaps a removed one, has the address.
	ErrExists = errors.New("this address is taken; choose another")
	// ErrInvalidPurpose means that a wiki's purpose is too long or holds characters
	// that cannot be shown.
	ErrInvalidPurpose = errors.New("use a purpose of at most 200 characters on one line")
	// ErrInvalidRole means a role other than viewer, editor and admin.
	ErrInvalidRole = errors.New("a role is viewer, editor or admin")
	// ErrInvalidUses means that an invitation could be used never, or by a crowd.
	ErrInvalidUses = errors.New("an invitation is for 1 to 1000 people")
	// ErrOwner means that a wiki is offered to its owner.
	ErrOwner = errors.New("this account owns the wiki already")
	// ErrOwnsWikis means that an account's wikis would be left without an owner.
	ErrOwnsWikis = errors.New("this account owns wikis; transfer or delete them first, also those in the trash")
	// ErrInvalidHandOver means that a code that carries a session to a wiki is
	// wrong, used or expired.
	ErrInvalidHandOver = errors.New("signing in to this wiki took too long or was interrupted; open the wiki again")
)

// TooManyWikis says how many wikis an account owns and may own. It matches
// [ErrTooMany].
type TooManyWikis struct {
	Owned, Allowed int64
}

// Error implements error.
func (e *TooManyWikis) Error() string {
	return fmt.Sprintf("%d of %d wikis are in use; delete or transfer one first", e.Owned, e.Allowed)
}

// Is makes errors.Is(err, ErrTooMany) true.
func (e *TooManyWikis) Is(target error) bool { return target == ErrTooMany }

// Throttled says how long to wait before the next sign-in. It matches
// [ErrThrottled].
type Throttled struct {
	RetryAfter time.Duration
}

// Error implements error.
func (e *Throttled) Error() string {
	return fmt.Sprintf("too many attempts; try again in %s", e.RetryAfter.Round(time.Second))
}

// Is makes errors.Is(err, ErrThrottled) true.
func (e *Throttled) Is(target error) bool { return target == ErrThrottled }
