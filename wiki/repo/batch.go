package repo

import (
	"compress/zlib"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"time"
)

// temporaryStart begins the names of unfinished objects. Git knows it and
// sweeps what a crash leaves behind.
const temporaryStart = "tmp_obj_"

// batch writes objects so that they reach the disk together: first the files,
// all at once, then their folders.
type batch struct {
	r       *Repository
	rd      *reader
	files   []pendingObject
	folders map[string]bool // whose names have to reach the disk
	held    map[Hash]bool
}

// pendingObject is an object under a temporary name.
type pendingObject struct {
	hash Hash
	name string
	file *os.File
}

// newBatch begins a batch; close ends it.
func (r *Repository) newBatch(rd *reader) *batch {
	return &batch{r: r, rd: rd, folders: make(map[string]bool), held: make(map[Hash]bool)}
}

// add writes an object unless the repository has it, and returns its name.
func (b *batch) add(k kind, data []byte) (Hash, error) {
	h := hashOf(k, data)
	if b.held[h] {
		return h, nil
	}
	has, err := b.refresh(h, k, data)
	if err != nil {
		return Hash{}, err
	}
	if has {
		b.held[h] = true
		return h, nil
	}
	f, name, err := b.temporary()
	if err != nil {
		return Hash{}, err
	}
	b.files = append(b.files, pendingObject{h, name, f})
	z := zlib.NewWriter(f)
	_, err = io.WriteString(z, header(k, int64(len(data))))
	if err == nil {
		_, err = z.Write(data)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		return Hash{}, fmt.Errorf("write object: %w", err)
	}
	b.held[h] = true
	return h, nil
}

// temporary creates the file of an object to be.
func (b *batch) temporary() (*os.File, string, error) {
	name := path.Join(objectsDir, temporaryStart+rand.Text())
	f, err := b.r.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, objectMode)
	if err != nil {
		return nil, "", fmt.Errorf("write object: %w", err)
	}
	return f, name, nil
}

// refreshPacked reports whether a pack holds an object. The pack's time is set
// to now, as git does, so that no gc takes the object for forgotten before the
// branch leads to it.
func (b *batch) refreshPacked(h Hash) (bool, error) {
	set, err := b.rd.packs.list(b.r.root, false)
	if err != nil {
		return false, err
	}
	now := time.Now()
	for _, p := range set {
		if _, ok := p.find(h); !ok {
			continue
		}
		if err := b.r.root.Chtimes(p.path, now, now); err == nil {
			return true, nil
		}
	}
	return false, nil
}

// refresh reports whether the repository has an object already, whole, and
// sets its time as refreshPacked does.
func (b *batch) refresh(h Hash, k kind, data []byte) (bool, error) {
	if has, err := b.refreshPacked(h); has || err != nil {
		return has, err
	}
	name := loosePath(h)
	f, err := b.r.root.Open(name)
	if isGone(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for object: %w", err)
	}
	defer f.Close()
	got, have, err := b.rd.readLoose(f, k, int64(len(data)))
	if err != nil || got != k || hashOf(got, have) != h {
		return false, nil // a damaged file is replaced
	}
	now := time.Now()
	if err := b.r.root.Chtimes(name, now, now); err != nil {
		return false, nil
	}
	// Whoever wrote it may not have reached the disk yet.
	b.folders[path.Dir(name)] = true
	return true, nil
}

// land gives the objects their names and returns when they have reached the
// disk. beside runs while the disk is busy with the objects' content.
func (b *batch) land(beside func() error) error {
	jobs := []func() error{beside}
	for _, o := range b.files {
		jobs = append(jobs, o.file.Sync)
	}
	if err := each(jobs, func(job func() error) error { return job() }); err != nil {
		return fmt.Errorf("sync objects: %w", err)
	}
	b.r.step("objects written")
	for i := range b.files {
		if err := b.name(&b.files[i]); err != nil {
			return err
		}
	}
	b.files = nil
	b.r.step("objects named")
	folders := make([]string, 0, len(b.folders))
	for name := range b.folders {
		folders = append(folders, name)
	}
	if len(folders) == 0 {
		return nil
	}
	return syncFolders(b.r.root, folders)
}

// name gives an object its name.
func (b *batch) name(o *pendingObject) error {
	err := o.file.Close()
	o.file = nil
	if err != nil {
		return fmt.Errorf("write object: %w", err)
	}
	to := loosePath(o.hash)
	dir := path.Dir(to)
	err = b.r.root.Rename(o.name, to)
	for try := 0; isGone(err) && try < rereads; try++ {
		// The folder of the first two digits is made on demand, and gc removes it when it is empty.
		if err := b.r.root.Mkdir(dir, folderMode); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("name object: %w", err)
		}
		b.folders[objectsDir] = true
		err = b.r.root.Rename(o.name, to)
	}
	if err != nil {
		return fmt.Errorf("name object: %w", err)
	}
	b.folders[dir] = true
	return nil
}

// close removes what did not land.
func (b *batch) close() {
	for _, o := range b.files {
		if o.file != nil {
			o.file.Close()
		}
		b.r.root.Remove(o.name) // fails for those that have their name already
	}
	b.files = nil
}
