package tenant

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// journal remembers which tenants a migration has done, a line each. Losing
// lines costs time only: a tenant that is migrated already is done at once.
type journal struct {
	data *os.Root
	name string
	file *os.File // nil in a dry run
	done map[string]struct{}
}

// openJournal opens the journal of the migration to the present schemas, which
// its name carries. One run at a time has it. A dry run has none.
func (f *Fleet) openJournal(ctx context.Context, dryRun bool) (*journal, error) {
	j := &journal{data: f.data, done: make(map[string]struct{})}
	if dryRun {
		return j, nil
	}
	var name strings.Builder
	fmt.Fprintf(&name, "migrate-%s", f.kind.Name)
	for _, d := range f.kind.Databases {
		fmt.Fprintf(&name, "-%d", d.Schema.Version())
	}
	j.name = name.String() + ".journal"
	file, err := f.data.OpenFile(j.name, os.O_RDWR|os.O_CREATE|os.O_APPEND, fileMode)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	if err := errors.Join(takeLock(ctx, file, exclusiveLock, 0), j.inPlace(file), j.read(file)); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), file.Close())
	}
	j.file = file
	return j, nil
}

// inPlace makes sure that the locked file is the one of this name: a run that
// ended at the same moment has removed its own.
func (j *journal) inPlace(file *os.File) error {
	opened, err := file.Stat()
	if err != nil {
		return err
	}
	named, err := j.data.Lstat(j.name)
	if err != nil || !os.SameFile(opened, named) {
		return fmt.Errorf("%w: another migration has just ended", ErrBusy)
	}
	return nil
}

// read takes over what an earlier run wrote. A last line that a crash cut off is
// removed: the next one must not be glued to it.
func (j *journal) read(file *os.File) error {
	text, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	for line := range strings.Lines(string(whole)) {
		j.done[strings.TrimSuffix(line, "\n")] = struct{}{}
	}
	return file.Truncate(int64(len(whole)))
}

func (j *journal) has(id ID) bool {
	_, done := j.done[id.Dir()]
	return done
}

func (j *journal) add(id ID) error {
	if j.file == nil {
		return nil
	}
	if _, err := j.file.WriteString(id.Dir() + "\n"); err != nil {
		return fmt.Errorf("write journal: %w", err)
	}
	return nil
}

// close ends the journal, which is not needed any more when all are done.
func (j *journal) close(complete bool) error {
	if j.file == nil {
		return nil
	}
	var err error
	if complete { // while it is locked: the next run makes a new one
		err = j.data.Remove(j.name)
	}
	return errors.Join(err, j.file.Close())
}
