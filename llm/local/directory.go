package local

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/holtdb/holt/llm/local/safetensors"
)

// Greatest sizes of a model's files in bytes.
const (
	maxConfig    = 1 << 20
	maxTokenizer = 64 << 20
	maxWeights   = 4 << 30
)

// directory reads the files of a model, and keeps a digest of all that was read:
// whatever changes a vector changes the digest.
type directory struct {
	root   *os.Root
	folder string // of the encoder's own files
	digest hash.Hash
}

func newDirectory(root *os.Root) *directory {
	return &directory{root: root, folder: ".", digest: sha256.New()}
}

// open opens a file of the encoder and says how long it is.
func (d *directory) open(name string, limit int64) (*os.File, int64, error) {
	return d.openAt(path.Join(d.folder, name), limit)
}

// openAt opens a file by its path from the root. It must be a regular file of at
// most limit bytes.
func (d *directory) openAt(name string, limit int64) (*os.File, int64, error) {
	// Asked before it is opened: opening a pipe would wait for a writer.
	info, err := d.root.Stat(name)
	if err != nil {
		// The download cache of Hugging Face consists of such links.
		if link, e := d.root.Lstat(name); e == nil && link.Mode()&fs.ModeSymlink != 0 {
			return nil, 0, fmt.Errorf("%s: %w: it is a link out of the directory or to nothing; the file itself must be there (%w)", name, ErrModel, err)
		}
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s: %w: it is no regular file", name, ErrModel)
	}
	if info.Size() > limit {
		return nil, 0, fmt.Errorf("%s: %w: it has %d bytes, more than %d", name, ErrModel, info.Size(), limit)
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", name, err)
	}
	return f, info.Size(), nil
}

// readAt returns the content of a file by its path from the root.
func (d *directory) readAt(name string, limit int64) ([]byte, error) {
	f, _, err := d.openAt(name, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("%s: %w: it has more than %d bytes", name, ErrModel, limit)
	}
	d.note(name, int64(len(content)))
	d.digest.Write(content)
	return content, nil
}

// readJSON reads a file of the encoder into v.
func (d *directory) readJSON(name string, v any) error {
	return d.readJSONAt(path.Join(d.folder, name), v)
}

// readJSONAt reads a file by its path from the root into v.
func (d *directory) readJSONAt(name string, v any) error {
	content, err := d.readAt(name, maxConfig)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, v); err != nil {
		return fmt.Errorf("%s: %w: %w", name, ErrModel, err)
	}
	return nil
}

// optional turns the error of a file that is not there into none.
func optional(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// withWeights hands the weights to do.
func (d *directory) withWeights(do func(*safetensors.File) error) error {
	const name = "model.safetensors"
	f, size, err := d.open(name, maxWeights)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: the weights must be in one file of the safetensors format", err)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	d.note(name, size)
	if _, err := io.Copy(d.digest, io.NewSectionReader(f, 0, size)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	tensors, err := safetensors.Open(f, size)
	if err == nil {
		err = do(tensors)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// note adds a name and a number to the digest, so that what follows is told
// apart from what went before.
func (d *directory) note(name string, n int64) {
	fmt.Fprintf(d.digest, "\x00%s\x00%d\x00", name, n)
}
