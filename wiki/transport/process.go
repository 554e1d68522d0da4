package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

const (
	// maxStderr bounds what is kept of git's complaints, in bytes.
	maxStderr = 8 << 10
	// lingering is how long a finished git's descendants may keep its output open.
	lingering = 5 * time.Second
	// copySize is the size in bytes of the buffer between client and git.
	copySize = 64 << 10
)

// allocationLimit is the largest piece of memory that a git which reads a
// stranger's objects may ask for at once. A pack of a few bytes can describe an
// object of many gigabytes.
const allocationLimit = "256m"

// job is one run of git.
type job struct {
	args []string  // constants, hashes and paths of this package's making
	env  []string  // beside the common environment
	in   io.Reader // nil for none
	out  io.Writer // nil to discard

	memory uint64 // bound in bytes, 0 for none; see limitMemory
}

// environment is all that git gets of one. Nothing of the server's own is
// inherited: neither its secrets nor a GIT_… variable.
func (g *Git) environment() []string {
	return []string{
		"PATH=" + filepath.Dir(g.program) + string(os.PathListSeparator) + "/usr/bin:/bin",
		"LC_ALL=C",
		"TZ=UTC",
		"HOME=/nonexistent",
		"XDG_CONFIG_HOME=/nonexistent",
		"GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_SYSTEM=" + os.DevNull,
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_ATTR_NOSYSTEM=1",
		"GIT_NO_REPLACE_OBJECTS=1",
		"GIT_NO_LAZY_FETCH=1",
		"GIT_ALLOW_PROTOCOL=none",
		"GIT_TERMINAL_PROMPT=0",
		"GIT_ASKPASS=true",
		"GIT_OPTIONAL_LOCKS=0",
	}
}

// run executes git and waits for its end. When ctx ends, or reading the input
// fails, git and all its descendants are killed and that is the error.
func (g *Git) run(ctx context.Context, j job) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	// Ownership of the files is the server's matter: git would refuse a
	// repository whose directory belongs to somebody else.
	args := slices.Concat([]string{"-c", "safe.directory=*"}, g.options, j.args)
	cmd := exec.CommandContext(ctx, g.program, args...)
	cmd.Env = append(g.environment(), j.env...)
	cmd.Dir = string(filepath.Separator)
	cmd.WaitDelay = lingering
	stderr := &limitedBuffer{max: maxStderr}
	cmd.Stderr = stderr
	cmd.Stdout = j.out
	ownGroup(cmd)
	var pipe io.WriteCloser
	if j.in != nil {
		var err error
		if pipe, err = cmd.StdinPipe(); err != nil {
			return fmt.Errorf("start git: %w", err)
		}
		defer func() { _ = pipe.Close() }()
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start git: %w", err)
	}
	if j.memory > 0 {
		limitMemory(cmd.Process, j.memory)
	}
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		if pipe == nil {
			return
		}
		if err := feed(pipe, j.in); err != nil {
			cancel(err)
		}
		_ = pipe.Close()
	}()
	err := cmd.Wait()
	if errors.Is(err, exec.ErrWaitDelay) {
		_ = killGroup(cmd.Process)
	}
	// Git may end before it has read everything. The reader is the caller's
	// again when this returns, unless the caller has given up itself.
	select {
	case <-fed:
	case <-ctx.Done():
	}
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("git %s: %w", j.args[0], cause)
	}
	if err != nil {
		return fmt.Errorf("git %s: %w: %s", j.args[0], err, plainLine(stderr.String(), maxReason))
	}
	return nil
}

// feed copies r to git. It gives the error of reading only: a git that does not
// listen any more says why in its own way.
func feed(git io.Writer, r io.Reader) error {
	buf := make([]byte, copySize)
	for {
		n, err := r.Read(buf)
		if _, closed := git.Write(buf[:n]); closed != nil {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// limitedBuffer keeps the first max bytes written to it and drops the rest.
type limitedBuffer struct {
	bytes.Buffer
	max int
}

// Write implements io.Writer. It never fails.
func (b *limitedBuffer) Write(p []byte) (int, error) {
	keep := min(len(p), max(0, b.max-b.Len()))
	b.Buffer.Write(p[:keep])
	return len(p), nil
}
