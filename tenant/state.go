package tenant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Status is what a tenant may be used for.
type Status string

// The states of a tenant, as an operator or an importing program sets them. Any
// other value found in a home counts as Suspended, the safest one.
const (
	Active    Status = "active"
	ReadOnly  Status = "read-only" // may be read
	Suspended Status = "suspended" // may not be opened
	Migrating Status = "migrating" // is being changed as a whole; try again shortly
	Failed    Status = "failed"    // was taken out of use because of a fault
	deleting  Status = "deleting"  // is on its way to the trash
)

// State is a tenant's status with the reason a person is told.
type State struct {
	Status Status    `json:"status"`
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since,omitzero"`
	// Until ends the state by itself; Before is what then holds again.
	Until  time.Time `json:"until,omitzero"`
	Before *State    `json:"before,omitempty"`
}

// StateError says why a tenant cannot be used. It matches [ErrUnavailable].
type StateError struct{ State State }

// Error implements error.
func (e *StateError) Error() string {
	text := "tenant is " + string(e.State.Status)
	if e.State.Reason != "" {
		text += ": " + e.State.Reason
	}
	return text
}

// Is makes errors.Is(err, ErrUnavailable) true.
func (e *StateError) Is(target error) bool { return target == ErrUnavailable }

// usable returns nil when a tenant in this state may be opened.
func (s State) usable() error {
	switch s.Status {
	case Active, ReadOnly:
		return nil
	case deleting:
		return ErrDeleting
	default:
		return &StateError{State: s}
	}
}

// at resolves a state that ends by itself.
func (s State) at(now time.Time) State {
	if s.Until.IsZero() || now.Before(s.Until) {
		return s
	}
	if s.Before == nil {
		return State{Status: Active}
	}
	return *s.Before
}

const stateFile = "state.json"

// readState reads the state of the home at root. No file means active.
func readState(root *os.Root, now time.Time) (State, error) {
	text, err := root.ReadFile(stateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return State{Status: Active}, nil
	}
	if err != nil {
		return State{}, fmt.Errorf("read state: %w", err)
	}
	var s State
	if err := json.Unmarshal(text, &s); err != nil {
		return State{Status: Suspended, Reason: "the state file cannot be read"}, nil
	}
	s = s.at(now)
	switch s.Status {
	case Active, ReadOnly, Suspended, Migrating, Failed, deleting:
	default:
		s = State{Status: Suspended, Reason: fmt.Sprintf("unknown state %q", s.Status)}
	}
	return s, nil
}

// changePatience is how long a change of a home's own files waits for another.
const changePatience = 5 * time.Second

// changing runs do while nobody else, in any process, changes the home's own
// files: its state and its derived databases.
func changing(ctx context.Context, root *os.Root, do func() error) error {
	lock, err := openLock(root, changeFile)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := takeLock(ctx, lock, exclusiveLock, changePatience); err != nil {
		return err
	}
	return do()
}

// changeState replaces the state by what change makes of it.
func (h *Home) changeState(ctx context.Context, change func(State) (State, error)) error {
	return changing(ctx, h.files, func() error {
		before, err := readState(h.files, h.fleet.now())
		if err != nil {
			return err
		}
		after, err := change(before)
		if err != nil {
			return err
		}
		return writeState(h.files, after)
	})
}

// writeState replaces the state of the home at root in one step. One at a time
// does it, see changing, so that the passing name is its own and what a crash
// left there is overwritten.
func writeState(root *os.Root, s State) error {
	text, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	const next = stateFile + ".next"
	if err := writeFileSync(root, next, text); err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	if err := root.Rename(next, stateFile); err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	return syncDir(root, ".")
}
