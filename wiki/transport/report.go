package transport

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// The channels of an answer with side bands: the first byte of each packet.
const (
	bandReport   = 1
	bandMessages = 2
	bandFailure  = 3
)

// maxAnswer bounds what is kept of git's answer to a push, in bytes. It is a few
// lines; hostile objects can make it complain at length.
const maxAnswer = 256 << 10

// verdict is what became of one command of a push: an empty reason means done.
type verdict struct{ ref, reason string }

// answer is what a pusher is told.
type answer struct {
	unpack   string // "ok", or why the objects could not be taken
	verdicts []verdict
	messages []string // lines shown with "remote: " before them
}

// write sends the answer as the client wants to have it (gitprotocol-pack,
// "Report Status").
func (a answer) write(w io.Writer, req pushRequest) error {
	var report strings.Builder
	report.WriteString(packet("unpack " + a.unpack + "\n"))
	for _, v := range a.verdicts {
		if v.reason == "" {
			report.WriteString(packet("ok " + v.ref + "\n"))
		} else {
			report.WriteString(packet("ng " + v.ref + " " + v.reason + "\n"))
		}
	}
	report.WriteString(flushPacket)
	var out bytes.Buffer
	if req.sideBand {
		for _, line := range a.messages {
			out.WriteString(packet(string(rune(bandMessages)) + line + "\n"))
		}
	}
	switch {
	case !req.report:
	case req.sideBand:
		for rest := report.String(); rest != ""; {
			n := min(len(rest), maxPacketBody-1)
			out.WriteString(packet(string(rune(bandReport)) + rest[:n]))
			rest = rest[n:]
		}
	default:
		out.WriteString(report.String())
	}
	if req.sideBand {
		out.WriteString(flushPacket)
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("answer push: %w", err)
	}
	return nil
}

// readAnswer reads git's answer to a push of one reference, made with side
// bands and a report.
func readAnswer(text []byte) (answer, error) {
	var report, messages bytes.Buffer
	for r := bytes.NewReader(text); ; {
		p, err := readPacket(r)
		if errors.Is(err, io.EOF) || err == nil && p == nil {
			break
		}
		if err != nil {
			return answer{}, fmt.Errorf("read git's answer: %w", err)
		}
		if len(p) == 0 {
			continue // keeps the connection alive
		}
		switch p[0] {
		case bandReport:
			report.Write(p[1:])
		case bandMessages, bandFailure:
			messages.Write(p[1:])
		}
	}
	var a answer
	for line := range strings.Lines(messages.String()) {
		if line = publicLine(line); line != "" {
			a.messages = append(a.messages, line)
		}
	}
	for {
		p, err := readPacket(&report)
		if errors.Is(err, io.EOF) || err == nil && p == nil {
			return a, nil
		}
		if err != nil {
			return answer{}, fmt.Errorf("read git's report: %w", err)
		}
		word, rest, _ := strings.Cut(strings.TrimSuffix(string(p), "\n"), " ")
		switch word {
		case "unpack":
			a.unpack = publicLine(rest)
		case "ok":
			a.verdicts = append(a.verdicts, verdict{ref: rest})
		case "ng":
			ref, reason, _ := strings.Cut(rest, " ")
			a.verdicts = append(a.verdicts, verdict{ref: ref, reason: publicLine(reason)})
		}
	}
}

// directory matches an absolute path up to the last name.
var directory = regexp.MustCompile(`(^|[\s'"(])/\S*/`)

// publicLine makes a line of git's fit for a pusher, whom the places of the
// server's files do not concern.
func publicLine(text string) string {
	return plainLine(directory.ReplaceAllString(text, "$1"), maxReason)
}
