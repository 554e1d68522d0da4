package wiki

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/holtdb/holt/wiki/transport"
)

// staleAfter is how long a push may take before its leftovers are swept.
const staleAfter = 24 * time.Hour

// Maintain packs the repository and clears what pushes left behind that a crash
// ended. It may run beside everything else.
func (w *Wiki) Maintain(ctx context.Context) error {
	scratch, err := w.home.FolderPath(incomingDir)
	if err != nil {
		return fmt.Errorf("maintain wiki: %w", err)
	}
	err = transport.Sweep(scratch, time.Now().Add(-staleAfter))
	if w.git != nil {
		err = errors.Join(err, w.git.Maintain(ctx, w.path))
		w.usage.forget()
	}
	if err != nil {
		return fmt.Errorf("maintain wiki: %w", err)
	}
	return nil
}

const (
	// manyLoose is about how many loose objects make packing worth while.
	manyLoose = 2000
	// manyPacks is how many packs do; every push leaves one.
	manyPacks = 50
)

// NeedsMaintenance reports whether the repository has grown so that [Maintain]
// is worth its time. It looks at few folders, however large the repository is:
// objects spread evenly over 256 of them.
func (w *Wiki) NeedsMaintenance(context.Context) (bool, error) {
	if w.git == nil {
		return false, nil
	}
	loose := 0
	samples := []string{"17", "5a", "9e", "d3"}
	for _, folder := range samples {
		n, err := w.entries(path.Join("objects", folder), manyLoose)
		if err != nil {
			return false, fmt.Errorf("look at repository: %w", err)
		}
		loose += n
	}
	packs, err := w.entries("objects/pack", 4*manyPacks) // each has an index and more beside it
	if err != nil {
		return false, fmt.Errorf("look at repository: %w", err)
	}
	return loose*256/len(samples) >= manyLoose || packs >= 2*manyPacks, nil
}

// entries counts the entries of a folder of the repository, up to most.
func (w *Wiki) entries(folder string, most int) (int, error) {
	dir, err := w.home.Files().Open(path.Join(repoDir, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	names, err := dir.Readdirnames(most)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return len(names), errors.Join(err, dir.Close())
}
