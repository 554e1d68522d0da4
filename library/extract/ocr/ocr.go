// Package ocr reads the text of pictures of pages with tesseract, where that
// program is installed.
//
// Each picture is read by a process of its own, without a shell, with next to
// no environment, at a low priority and with limits on time, output and, on
// Linux, memory, CPU time and files. What it gets is a plain picture that was
// encoded here, never bytes of a document: given anything else than a picture,
// tesseract takes it for a list of files and addresses to open.
package ocr

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrMissing means that there is no tesseract on this machine.
	ErrMissing = errors.New("tesseract, which reads scanned pages, is not installed: " +
		"install it (Debian and Ubuntu: apt install tesseract-ocr; macOS: brew install tesseract) and start Holt again")
	// ErrLanguage means that tesseract lacks the data of a language; the error's
	// text says of which.
	ErrLanguage = errors.New("tesseract lacks a language")
	// ErrSlow means that a page was not read in time.
	ErrSlow = errors.New("the page took too long to read")
	// ErrFailed means that a page could not be read; others may be.
	ErrFailed = errors.New("the page could not be read")
)

// Defaults of [Options].
const (
	DefaultPageTime    = 2 * time.Minute
	DefaultMemoryLimit = 1 << 30
)

// English is the language that is read when none is chosen.
const English Language = "eng"

// Options say how pages are read. The zero value takes the defaults.
type Options struct {
	// Program is tesseract, a name to be found in PATH or a path; "" means
	// "tesseract".
	Program string
	// Languages are those of the pages, the most frequent first; none means
	// English. Each one takes time.
	Languages []Language
	// DataDir is where tesseract finds its languages; "" means TESSDATA_PREFIX of
	// the environment, or else what tesseract itself was built with.
	DataDir string
	// PageTime bounds one reading of a page; 0 means DefaultPageTime.
	PageTime time.Duration
	// MemoryLimit is the most bytes of address space of one process, on Linux;
	// 0 means DefaultMemoryLimit.
	MemoryLimit int64
	// Processes is the most pages read at once; 0 means one less than CPUs, at
	// least one.
	Processes int
}

func (o Options) withDefaults() Options {
	if o.Program == "" {
		o.Program = "tesseract"
	}
	if len(o.Languages) == 0 {
		o.Languages = []Language{English}
	}
	if o.DataDir == "" {
		o.DataDir = os.Getenv("TESSDATA_PREFIX")
	}
	if o.PageTime <= 0 {
		o.PageTime = DefaultPageTime
	}
	if o.MemoryLimit <= 0 {
		o.MemoryLimit = DefaultMemoryLimit
	}
	if o.Processes <= 0 {
		o.Processes = max(1, runtime.NumCPU()-1)
	}
	return o
}

// Reader is tesseract on this machine. It is safe for concurrent use.
type Reader struct {
	program   program
	version   string
	languages []Language
	turns     bool // the turn of a page can be found out
	slots     chan struct{}
}

// leastVersion is the first major version that reads with a neural network and
// accepts the options used here.
const leastVersion = 4

// findTime bounds a question to tesseract about itself.
const findTime = 20 * time.Second

// Find looks for tesseract and its languages. It fails with [ErrMissing] or
// [ErrLanguage], whose texts say what to install.
func Find(ctx context.Context, options Options) (*Reader, error) {
	options = options.withDefaults()
	for _, l := range options.Languages {
		if err := l.check(); err != nil {
			return nil, err
		}
	}
	path, err := exec.LookPath(options.Program)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("find tesseract: %w", err)
	}
	r := &Reader{
		program:   program{path: path, dataDir: options.DataDir, time: findTime, memory: options.MemoryLimit},
		languages: slices.Clone(options.Languages),
		slots:     make(chan struct{}, options.Processes),
	}
	if r.version, err = r.program.version(ctx); err != nil {
		return nil, err
	}
	there, err := r.program.languages(ctx)
	if err != nil {
		return nil, err
	}
	if missing := without(r.languages, there); len(missing) > 0 {
		return nil, fmt.Errorf("%w: %s; on Debian and Ubuntu, apt install %s",
			ErrLanguage, joined(missing, ", "), packages(missing))
	}
	r.turns = slices.Contains(there, orientation)
	r.program.time = options.PageTime
	return r, nil
}

// Version is tesseract's, such as "5.3.0".
func (r *Reader) Version() string { return r.version }

// Languages are those that pages are read in.
func (r *Reader) Languages() []Language { return slices.Clone(r.languages) }

var versionLine = regexp.MustCompile(`(?m)^tesseract v?(\d{1,4})((?:\.\d{1,9})*)`)

// version asks tesseract for its version.
func (p program) version(ctx context.Context) (string, error) {
	out, err := p.run(ctx, nil, "--version")
	if err != nil {
		return "", fmt.Errorf("ask tesseract for its version: %w", err)
	}
	found := versionLine.FindSubmatch(append(out.stdout, out.stderr...))
	if found == nil {
		return "", fmt.Errorf("%w: %s does not say a version of tesseract", ErrMissing, p.path)
	}
	version := string(found[1]) + string(found[2])
	if major, err := strconv.Atoi(string(found[1])); err != nil || major < leastVersion {
		return "", fmt.Errorf("%w: version %s is too old, %d is the first that will do", ErrMissing, version, leastVersion)
	}
	return version, nil
}

// languages asks tesseract which languages it has.
func (p program) languages(ctx context.Context) ([]Language, error) {
	out, err := p.run(ctx, nil, "--list-langs")
	if err != nil {
		return nil, fmt.Errorf("ask tesseract for its languages: %w", err)
	}
	var all []Language
	for line := range strings.Lines(string(out.stdout) + "\n" + string(out.stderr)) {
		if l, err := ParseLanguage(strings.TrimSpace(line)); err == nil {
			all = append(all, l)
		}
	}
	return all, nil
}
