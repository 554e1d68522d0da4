package transport

import (
	"errors"
	"fmt"
	"strings"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrNoGit means that there is no usable git program.
	ErrNoGit = errors.New("no usable git program: install git 2.30 or newer")
	// ErrProtocol means that a client sent what is no request of this service.
	ErrProtocol = errors.New("not a valid git request")
	// ErrUnsupportedSource means that a repository cannot be taken over as it
	// is. The error that wraps it says why and what to do.
	ErrUnsupportedSource = errors.New("the repository cannot be taken over")
)

// maxReason is the length in bytes of a reason that a pusher is shown.
const maxReason = 400

// Refusal is the error of a push that was refused for a reason that the pusher
// may know. Push.Review and Push.Land return one to say why they refuse.
type Refusal struct {
	// Reason is one short line. Git shows it behind the name of the branch.
	Reason string
	// Details are further lines, shown before it. May be empty.
	Details string
}

// Refuse returns a Refusal with a formatted reason.
func Refuse(format string, args ...any) *Refusal {
	return &Refusal{Reason: fmt.Sprintf(format, args...)}
}

// Error implements error.
func (r *Refusal) Error() string { return "push refused: " + r.Reason }

// plainLine makes text safe to show in a terminal as one line of at most max bytes.
func plainLine(text string, max int) string {
	text = strings.Join(strings.Fields(strings.Map(func(c rune) rune {
		if c < ' ' || c >= 0x7f && c < 0xa0 {
			return ' '
		}
		return c
	}, text)), " ")
	if len(text) > max {
		text = strings.TrimSpace(strings.ToValidUTF8(text[:max-len("…")], "")) + "…"
	}
	return text
}
