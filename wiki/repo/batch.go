package repo

import (
	"compress/zlib"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
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
	zlib    *zlib.Writer // needs much memory, so that all objects share it
	files   []pendingObject
	open    int             // how many of files are open
	folders map[string]bool // whose names have to reach the disk
	held    map[Hash]bool
}

// maxOpen bounds the files that one batch keeps open.
const maxOpen = 64

// pendingObject is an object under a temporary name.
type pendingObject struct {
	hash Hash
	name string
	file *os.File // nil when the content has reached the disk
}

// newBatch begins a batch; close ends it.
func (r *Repository) newBatch(rd *reader) *batch {
	return &batch{r: r, rd: rd, zlib: zlib.NewWriter(nil), folders: make(map[string]bool), held: make(map[Hash]bool)}
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
	if b.open == maxOpen {
		if err := b.settle(nil); err != nil {
			return Hash{}, err
		}
	}
	f, err := b.begin(h)
	if err != nil {
		return Hash{}, err
	}
	b.zlib.Reset(f)
	_, err = io.WriteString(b.zlib, header(k, int64(len(data))))
	if err == nil {
		_, err = b.zlib.Write(data)
	}
	if err = errors.Join(err, b.zlib.Close()); err != nil {
		return Hash{}, fmt.Errorf("write object: %w", err)
	}
	b.held[h] = true
	return h, nil
}

// begin creates the file of an object to be.
func (b *batch) begin(h Hash) (*os.File, error) {
	name := path.Join(objectsDir, temporaryStart+rand.Text())
	f, err := b.r.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, objectMode)
	if err != nil {
		return nil, fmt.Errorf("write object: %w", err)
	}
	b.files = append(b.files, pendingObject{h, name, f})
	b.open++
	return f, nil
}

// keep refreshes an object that the write names without its content.
func (b *batch) keep(h Hash) error {
	for try := range rereads {
		// A gc may take it from one place to the other meanwhile.
		if b.refreshLoose(h) {
			return nil
		}
		if has, err := b.refreshPacked(h, try > 0); has || err != nil {
			return err
		}
	}
	return ErrNotFound
}

// refreshPacked reports whether a pack holds an object. The pack's time is set
// to now, as git does, so that no gc takes the object for forgotten before the
// branch leads to it. The packs are listed anew if they shall be.
func (b *batch) refreshPacked(h Hash, again bool) (bool, error) {
	set, err := b.rd.packs.list(b.r.root, again)
	if err != nil {
		return false, err
	}
	now := time.Now()
	for _, p := range set {
		if _, ok := p.find(h); !ok {
			continue
		}
		if err := b.r.root.Chtimes(p.path, now, now); err == nil {
			b.folders[packDir] = true // a push may just have put it there
			return true, nil
		}
	}
	return false, nil
}

// refreshLoose reports whether there is a file with an object, and sets its
// time as refreshPacked does.
func (b *batch) refreshLoose(h Hash) bool {
	now := time.Now()
	name := loosePath(h)
	if err := b.r.root.Chtimes(name, now, now); err != nil {
		return false
	}
	b.folders[path.Dir(name)] = true // whoever wrote it may not have reached the disk yet
	return true
}

// refresh reports whether the repository has an object already, whole, and
// sets its time.
func (b *batch) refresh(h Hash, k kind, data []byte) (bool, error) {
	if has, err := b.refreshPacked(h, false); has || err != nil {
		return has, err
	}
	f, err := b.r.root.Open(loosePath(h))
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
	return b.refreshLoose(h), nil
}

// settle waits until the content of the objects has reached the disk, and closes
// their files. beside, if not nil, runs meanwhile.
func (b *batch) settle(beside func() error) error {
	var jobs []func() error
	if beside != nil {
		jobs = append(jobs, beside)
	}
	for i := range b.files {
		if b.files[i].file != nil {
			jobs = append(jobs, b.files[i].settle)
		}
	}
	b.open = 0
	if err := each(jobs, func(job func() error) error { return job() }); err != nil {
		return fmt.Errorf("sync objects: %w", err)
	}
	return nil
}

// settle is a batch's settle for one object.
func (o *pendingObject) settle() error {
	err := errors.Join(o.file.Sync(), o.file.Close())
	o.file = nil
	return err
}

// land gives the objects their names and returns when they have reached the
// disk. beside runs while the disk is busy with the objects' content.
func (b *batch) land(beside func() error) error {
	if err := b.settle(beside); err != nil {
		return err
	}
	b.r.step("objects written")
	for _, o := range b.files {
		if err := b.name(o); err != nil {
			return err
		}
	}
	b.files = nil
	b.r.step("objects named")
	return syncFolders(b.r.root, slices.Collect(maps.Keys(b.folders)))
}

// name gives an object its name.
func (b *batch) name(o pendingObject) error {
	to := loosePath(o.hash)
	dir := path.Dir(to)
	err := b.r.root.Rename(o.name, to)
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
