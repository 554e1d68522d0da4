package tenant

import (
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
// its name carries. A dry run has none.
func (f *Fleet) openJournal(dryRun bool) (*journal, error) {
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
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read journal: %w", err), file.Close())
	}
	j.file = file
	for line := range strings.Lines(string(text)) {
		if dir, whole := strings.CutSuffix(line, "\n"); whole {
			j.done[dir] = struct{}{}
		}
	}
	return j, nil
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
	err := j.file.Close()
	if complete {
		err = errors.Join(err, j.data.Remove(j.name))
	}
	return err
}
