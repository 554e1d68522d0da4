package extract

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// archive reads the entries of a zip file within limits. An entry is known by
// its exact name; nothing is ever written under that name, so that names which
// lead out of a directory do no harm.
type archive struct {
	files map[string]*zip.File
	left  int64 // bytes that may still be expanded
}

// openArchive reads the directory of a zip file.
func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	metered := &meter{reader: r, left: maxDirectory}
	z, err := zip.NewReader(metered, size)
	if err != nil {
		if errors.Is(err, ErrTooLarge) {
			return nil, fmt.Errorf("read archive directory: %w", err)
		}
		return nil, fmt.Errorf("read archive directory: %w: %w", ErrBroken, err)
	}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("archive has %d entries: %w", len(z.File), ErrTooLarge)
	}
	metered.open = true
	a := &archive{files: make(map[string]*zip.File, len(z.File)), left: maxExpanded}
	for _, f := range z.File {
		if _, twice := a.files[f.Name]; !twice {
			a.files[f.Name] = f
		}
	}
	return a, nil
}

// has reports whether there is an entry of that name.
func (a *archive) has(name string) bool { return a.files[name] != nil }

// open opens an entry. What it yields is not bounded.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f, err := a.entry(name)
	if err != nil {
		return nil, err
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("archive entry: %w: %w", ErrBroken, err)
	}
	return r, nil
}

// entry returns an entry that can be opened.
func (a *archive) entry(name string) (*zip.File, error) {
	f := a.files[name]
	if f == nil {
		return nil, fmt.Errorf("archive entry: %w", fs.ErrNotExist)
	}
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return nil, fmt.Errorf("archive entry: %w", ErrProtected)
	}
	return f, nil
}

// read returns an entry of at most limit bytes. The size the entry claims is
// not believed.
func (a *archive) read(name string, limit int64) ([]byte, error) {
	r, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	limit = min(limit, a.left)
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("expand archive entry: %w", ErrTooLarge)
	}
	if err != nil {
		return nil, fmt.Errorf("expand archive entry: %w: %w", ErrBroken, err)
	}
	a.left -= int64(len(data))
	return data, nil
}

// stream opens an entry of at most limit bytes and returns its size. Reading it
// fails where the entry turns out shorter or longer. The reader does not keep
// the archive's directory in memory, as one from archive/zip would.
func (a *archive) stream(name string, limit int64) (io.ReadCloser, int64, error) {
	f, err := a.entry(name)
	if err != nil {
		return nil, 0, err
	}
	if f.UncompressedSize64 > uint64(limit) {
		return nil, 0, fmt.Errorf("archive entry of %d bytes: %w", f.UncompressedSize64, ErrTooLarge)
	}
	raw, err := f.OpenRaw()
	if err != nil {
		return nil, 0, fmt.Errorf("archive entry: %w: %w", ErrBroken, err)
	}
	size := int64(f.UncompressedSize64)
	switch f.Method {
	case zip.Store:
		return &sized{io.NopCloser(raw), size}, size, nil
	case zip.Deflate:
		return &sized{flate.NewReader(raw), size}, size, nil
	}
	return nil, 0, fmt.Errorf("archive entry: %w: %w", ErrBroken, zip.ErrAlgorithm)
}

// sized reads an entry that must have a certain size.
type sized struct {
	io.ReadCloser
	left int64
}

func (s *sized) Read(p []byte) (int, error) {
	// One byte beyond the end tells an entry that is longer.
	p = p[:min(int64(len(p)), s.left+1)]
	n, err := s.ReadCloser.Read(p)
	switch {
	case int64(n) > s.left:
		n, err = int(s.left), fmt.Errorf("expand archive entry: longer than it claims: %w", ErrBroken)
	case err == io.EOF && int64(n) == s.left:
	case err != nil:
		err = fmt.Errorf("expand archive entry: %w: %w", ErrBroken, noEOF(err))
	}
	s.left -= int64(n)
	return n, err
}

// meter bounds what may be read through it until it is opened: archive/zip
// believes the directory, however long that is.
type meter struct {
	reader io.ReaderAt
	left   int64
	open   bool
}

func (m *meter) ReadAt(p []byte, off int64) (int, error) {
	if !m.open {
		if m.left -= int64(len(p)); m.left < 0 {
			return 0, ErrTooLarge
		}
	}
	return m.reader.ReadAt(p, off)
}
