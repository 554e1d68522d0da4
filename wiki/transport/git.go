package transport

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The oldest git whose behaviour this package relies on.
const (
	oldestMajor = 2
	oldestMinor = 30
	// durableMinor is the first version that knows core.fsync, and complains
	// about the option it replaces.
	durableMinor = 36
)

// findTimeout bounds the first call of the git program.
const findTimeout = 10 * time.Second

// Git runs the git program. It has no state and is safe for concurrent use.
type Git struct {
	program string   // absolute path
	version string   // for logs and the about page
	options []string // what this version must be told on top of strictConfig
}

// Find returns the git program that is in the process's PATH. It gives ErrNoGit
// when there is none, or one older than 2.30.
func Find() (*Git, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoGit, err)
	}
	if program, err = filepath.Abs(program); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoGit, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), findTimeout)
	defer cancel()
	g := &Git{program: program}
	var out limitedBuffer
	out.max = maxStderr
	if err := g.run(ctx, job{args: []string{"version"}, out: &out}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoGit, err)
	}
	g.version = strings.TrimPrefix(plainLine(out.String(), maxReason), "git version ")
	var major, minor int
	if _, err := fmt.Sscanf(g.version, "%d.%d", &major, &minor); err != nil {
		return nil, fmt.Errorf("%w: unknown version %q", ErrNoGit, g.version)
	}
	if major < oldestMajor || major == oldestMajor && minor < oldestMinor {
		return nil, fmt.Errorf("%w: found %s", ErrNoGit, g.version)
	}
	if major == oldestMajor && minor < durableMinor {
		g.options = []string{"-c", "core.fsyncObjectFiles=true"}
	}
	return g, nil
}

// Version returns the git program's version, such as "2.39.5".
func (g *Git) Version() string { return g.version }
