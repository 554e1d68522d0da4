package transport

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/holtdb/holt/wiki/repo"
)

// Push says where a push goes and who decides about it.
type Push struct {
	// Dir is the absolute path of the bare repository.
	Dir string
	// Scratch is the absolute path of a directory on the same file system,
	// where what is pushed is kept until it is accepted. See Sweep.
	Scratch string
	// MaxBytes is the largest pack that is taken. None is when it is not positive.
	MaxBytes int64
	// Review is called when everything was received and is proven whole, sound
	// and not beyond all bounds. An error refuses the push: a Refusal with its reason, any other
	// with a general one. old is zero for the first push into an empty repository.
	Review func(ctx context.Context, pushed Quarantine, old, new repo.Hash) error
	// Land moves the branch from old to new when the objects are durably in the
	// repository. repo.ErrMoved tells the pusher to fetch first; other errors
	// count as those of Review.
	Land func(ctx context.Context, old, new repo.Hash) error
}

// reasonMoved is git's own word for a push onto a branch that has moved on.
const reasonMoved = "fetch first"

// ReceivePack answers a push: the body of POST …/git-receive-pack. Only the
// repository's branch may be pushed, and only forward. Nothing of the push is in
// the repository, and nothing is left in Scratch, unless Land was called.
//
// in is read before out is written. A push that was refused is answered, and the
// error is a *Refusal. After any other error the client was told of a failure of
// the server if the request could be understood at all, else the error is
// ErrProtocol and nothing was written.
func (g *Git) ReceivePack(ctx context.Context, p Push, in io.Reader, out io.Writer) error {
	client := &failingReader{r: in}
	body := bufio.NewReaderSize(client, copySize)
	req, err := readPushRequest(body)
	if err != nil {
		return fmt.Errorf("receive pack: %w", err)
	}
	if len(req.commands) == 0 {
		return nil
	}
	current, store, err := inspect(p.Dir)
	if err != nil {
		return fmt.Errorf("receive pack: %w", err)
	}
	r := reception{git: g, push: p, request: req, head: current, store: store}
	a, err := r.receive(ctx, body)
	if ctx.Err() != nil {
		return errors.Join(err, context.Cause(ctx)) // nobody waits for an answer
	}
	// A client hears the answer only after it has sent everything.
	if client.err == nil {
		_, _ = io.CopyN(io.Discard, body, max(p.MaxBytes, minDrain)) // an error is kept by client
	}
	if client.err != nil {
		return errors.Join(err, fmt.Errorf("receive pack: %w", client.err))
	}
	return errors.Join(err, a.write(out, req))
}

// minDrain is how much of a refused push is read at least, in bytes.
const minDrain = 16 << 20

// reception is one push on its way in.
type reception struct {
	git     *Git
	push    Push
	request pushRequest
	head           // the repository's branch when the push began
	store   string // absolute path of the repository's objects
}

// receive judges the commands, takes the one for the branch if it may be taken,
// and returns the answer to all, with the error that ReceivePack returns.
func (r reception) receive(ctx context.Context, pack io.Reader) (answer, error) {
	a := answer{unpack: "ok"}
	accepted := -1
	var refusal error
	for i, c := range r.request.commands {
		v := verdict{ref: c.ref, reason: r.judge(c)}
		if v.reason == "" && accepted >= 0 {
			v.reason = "it is named twice"
		}
		if v.reason == "" {
			accepted = i
		} else if refusal == nil {
			refusal = Refuse("%s", v.reason)
		}
		a.verdicts = append(a.verdicts, v)
	}
	if accepted < 0 {
		return a, refusal
	}
	if r.request.atomic && refusal != nil {
		a.verdicts[accepted].reason = "atomic push refused because of another reference"
		return a, refusal
	}
	messages, unpack, err := r.take(ctx, r.request.commands[accepted], pack)
	a.messages = messages
	if unpack != "" {
		a.unpack = unpack
	}
	if err == nil {
		return a, refusal
	}
	var refused *Refusal
	if errors.Is(err, repo.ErrMoved) {
		err = Refuse(reasonMoved)
	}
	if errors.As(err, &refused) {
		a.verdicts[accepted].reason = plainLine(refused.Reason, maxReason)
		for line := range strings.Lines(refused.Details) {
			a.messages = append(a.messages, plainLine(line, maxReason))
		}
	} else {
		a.verdicts[accepted].reason = "the server could not take the push; try again later"
	}
	return a, err
}

// judge returns why a command is refused before anything is received, or "".
func (r reception) judge(c command) string {
	switch {
	case strings.HasPrefix(c.ref, "refs/tags/"):
		return fmt.Sprintf("this wiki keeps no tags; push only %s", r.branch)
	case c.ref != branchPrefix+r.branch:
		return fmt.Sprintf("this wiki has one branch; push to %s", r.branch)
	case c.new.IsZero():
		return "the wiki's branch cannot be deleted"
	case c.old != r.tip:
		return reasonMoved
	}
	return ""
}

// take receives the pack for one command, has it reviewed, and lands it. It
// returns git's messages to the pusher, and the state of unpacking if git gave one.
func (r reception) take(ctx context.Context, c command, pack io.Reader) (messages []string, unpack string, _ error) {
	if r.push.MaxBytes <= 0 {
		return nil, "", Refuse("this wiki takes no more data")
	}
	staging, err := makeTemporary(r.push.Scratch, pushPrefix, layout{head: r.head, config: strictConfig, alternate: r.store})
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = staging.remove() }() // a push that landed has landed; Sweep takes the rest
	told, err := r.stage(ctx, staging, c, pack)
	if err != nil {
		return nil, "", err
	}
	messages, unpack = told.messages, told.unpack
	if err := checkTaken(staging, told, c); err != nil {
		return messages, unpack, err
	}
	q := Quarantine{git: r.git, staging: staging, old: c.old, new: c.new}
	if err := q.bounded(ctx); err != nil {
		return messages, unpack, err
	}
	if err := r.push.Review(ctx, q, c.old, c.new); err != nil {
		return messages, unpack, err
	}
	// Objects that are in the repository cannot be taken out again, so look once
	// more whether they can still land.
	now, _, err := inspect(r.push.Dir)
	if err != nil {
		return messages, unpack, err
	}
	if now.branch != r.branch || now.tip != c.old {
		return messages, unpack, repo.ErrMoved
	}
	if err := ctx.Err(); err != nil {
		return messages, unpack, err
	}
	if err := movePacks(staging.dir, r.push.Dir); err != nil {
		return messages, unpack, err
	}
	return messages, unpack, r.push.Land(ctx, c.old, c.new)
}

// stage lets git receive a pack into the throw-away repository and returns what
// git says about it.
func (r reception) stage(ctx context.Context, staging temporary, c command, pack io.Reader) (answer, error) {
	line := fmt.Sprintf("%s %s %s\x00report-status side-band-64k quiet", c.old, c.new, branchPrefix+r.branch)
	limited := &limitedReader{r: pack, left: r.push.MaxBytes, err: Refuse("the push is too large: at most %s fit", size(r.push.MaxBytes))}
	out := limitedBuffer{max: maxAnswer}
	err := r.git.run(ctx, job{
		args: []string{Receive.command(), "--stateless-rpc", staging.dir},
		env:  append(staging.env, "GIT_ALLOC_LIMIT="+allocationLimit),
		in:   io.MultiReader(strings.NewReader(packet(line)+flushPacket), limited),
		out:  &out,
	})
	if err != nil {
		return answer{}, err
	}
	return readAnswer(out.Bytes())
}

// checkTaken returns nil when git took the pack and moved the staging
// repository's branch, and a Refusal with git's reason otherwise.
func checkTaken(staging temporary, told answer, c command) error {
	if len(told.verdicts) != 1 {
		return errors.New("git gave no report of a push")
	}
	switch reason := told.verdicts[0].reason; {
	case reason == "non-fast-forward":
		return &Refusal{
			Reason:  reason,
			Details: "The history of a wiki cannot be rewritten: pull, merge and push again.",
		}
	case told.unpack != "ok":
		return Refuse("the pushed objects are damaged or not allowed (%s)", told.unpack)
	case reason != "":
		return Refuse("%s", reason)
	}
	root, err := os.OpenRoot(staging.dir)
	if err != nil {
		return fmt.Errorf("open staging repository: %w", err)
	}
	defer root.Close()
	now, err := readHead(root)
	if err != nil {
		return err
	}
	if now.tip != c.new {
		return fmt.Errorf("git left the staging branch at %s", now.tip)
	}
	return nil
}

// size writes a number of bytes for people.
func size(n int64) string {
	const kilo, mega = 1000, 1000 * 1000
	switch {
	case n >= 10*mega:
		return fmt.Sprintf("%d MB", n/mega)
	case n >= 10*kilo:
		return fmt.Sprintf("%d kB", n/kilo)
	}
	return fmt.Sprintf("%d bytes", n)
}

// failingReader remembers why reading from a client failed.
type failingReader struct {
	r   io.Reader
	err error // nil until then; the end of the input is no failure
}

// Read implements io.Reader.
func (f *failingReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// limitedReader fails with err when more than left bytes come.
type limitedReader struct {
	r    io.Reader
	left int64
	err  error
}

// Read implements io.Reader.
func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, l.err
	}
	return n, err
}
