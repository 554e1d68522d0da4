package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/holtdb/holt/wiki/repo"
)

const (
	// maxCommands bounds the references that one push may name.
	maxCommands = 1000
	// maxBoundaries bounds the commits that a shallow client names.
	maxBoundaries = 100_000
	// maxRef bounds the name of a reference, in bytes.
	maxRef = 1 << 10
)

// command asks to move a reference. A zero old hash creates it, a zero new one
// deletes it.
type command struct {
	old, new repo.Hash
	ref      string // what the client wrote; never used as a path or an argument
}

// pushRequest is what a push says before its pack.
type pushRequest struct {
	commands []command
	sideBand bool // the answer may carry messages beside the report
	report   bool // the client wants a report at all
	atomic   bool // all or nothing
}

// readPushRequest reads the commands of a push and leaves r at the pack. A
// request without commands asks for nothing and gives no commands: clients try
// their credentials with it before they send much.
func readPushRequest(r io.Reader) (pushRequest, error) {
	var req pushRequest
	boundaries := 0
	for first := true; ; {
		line, err := readPacket(r)
		if errors.Is(err, io.EOF) {
			return pushRequest{}, fmt.Errorf("%w: it ends early", ErrProtocol)
		}
		if err != nil {
			return pushRequest{}, err
		}
		if line == nil {
			return req, nil
		}
		// A shallow client names where its history ends. That does not matter
		// here: what it pushes must be whole on this side.
		if bytes.HasPrefix(line, []byte("shallow ")) {
			if boundaries++; boundaries > maxBoundaries {
				return pushRequest{}, fmt.Errorf("%w: its history has too many ends", ErrProtocol)
			}
			continue
		}
		if first {
			var capabilities []byte
			line, capabilities, _ = bytes.Cut(line, []byte{0})
			if err := req.agree(string(capabilities)); err != nil {
				return pushRequest{}, err
			}
			first = false
		}
		c, err := parseCommand(strings.TrimSuffix(string(line), "\n"))
		if err != nil {
			return pushRequest{}, err
		}
		if len(req.commands) == maxCommands {
			return pushRequest{}, fmt.Errorf("%w: more than %d references at once", ErrProtocol, maxCommands)
		}
		req.commands = append(req.commands, c)
	}
}

// agree notes what the client wants of the protocol's options.
func (req *pushRequest) agree(capabilities string) error {
	for capability := range strings.FieldsSeq(capabilities) {
		switch capability {
		case "report-status", "report-status-v2":
			req.report = true
		case "side-band-64k":
			req.sideBand = true
		case "atomic":
			req.atomic = true
		case "push-options":
			return fmt.Errorf("%w: push options were not offered", ErrProtocol)
		default:
			if format, ok := strings.CutPrefix(capability, "object-format="); ok && format != "sha1" {
				return fmt.Errorf("%w: object format is not SHA-1", ErrProtocol)
			}
		}
	}
	return nil
}

// parseCommand reads "<old hash> <new hash> <reference>".
func parseCommand(line string) (command, error) {
	const hash = 2 * len(repo.Hash{})
	if len(line) < 2*hash+3 || line[hash] != ' ' || line[2*hash+1] != ' ' {
		return command{}, fmt.Errorf("%w: not a command of a push", ErrProtocol)
	}
	from, errOld := repo.ParseHash(line[:hash])
	to, errNew := repo.ParseHash(line[hash+1 : 2*hash+1])
	if err := errors.Join(errOld, errNew); err != nil {
		return command{}, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	c := command{old: from, new: to, ref: line[2*hash+2:]}
	if len(c.ref) > maxRef || strings.ContainsFunc(c.ref, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return command{}, fmt.Errorf("%w: not a reference", ErrProtocol)
	}
	return c, nil
}
