package repo

import (
	"bytes"
	"context"
	"crypto/sha1"
	"fmt"
	"hash"
	"io"
	"os"
)

// maxDelta bounds an attachment that git stored as the difference from another
// one, because it must be put together in memory: 512 MB, from where on git
// makes no such differences.
const maxDelta = 512 << 20

// Blob returns the content of a blob of at most limit bytes. It may fail with
// ErrTooLarge, without reading the content, with ErrNotFound or ErrCorrupt.
func (r *Repository) Blob(ctx context.Context, h Hash, limit int64) ([]byte, error) {
	rd := r.read(ctx)
	defer rd.close()
	data, err := rd.object(h, blobKind, limit)
	if err != nil {
		return nil, fmt.Errorf("read blob %s: %w", h, err)
	}
	return data, nil
}

// OpenBlob returns the content of a blob as a stream, and its size in bytes.
// The stream ends with ErrCorrupt instead of io.EOF if the content was not what
// h promises. It must be closed; it does not end with ctx.
func (r *Repository) OpenBlob(ctx context.Context, h Hash) (io.ReadCloser, int64, error) {
	rd := r.read(ctx)
	stream, size, err := rd.openBlob(h)
	if err != nil {
		rd.close()
		return nil, 0, fmt.Errorf("open blob %s: %w", h, err)
	}
	return stream, size, nil
}

// openBlob begins to read a blob. The stream closes the reader.
func (rd *reader) openBlob(h Hash) (io.ReadCloser, int64, error) {
	place, err := rd.locate(h)
	if err != nil {
		return nil, 0, err
	}
	if place.loose != nil {
		k, size, stream, err := rd.looseStream(place.loose)
		if err == nil && k != blobKind {
			err = fmt.Errorf("%w: it is a %s, not a blob", ErrNotFound, k)
		}
		if err != nil {
			place.loose.Close()
			return nil, 0, err
		}
		return newBlobStream(rd, place.loose, stream, h, size), size, nil
	}
	e, err := parseEntry(place.pack, place.index, place.offset)
	if err != nil {
		return nil, 0, err
	}
	if e.kind == packedBlob {
		stream, err := rd.packedStream(place.pack, e)
		if err != nil {
			return nil, 0, err
		}
		return newBlobStream(rd, nil, stream, h, e.size), e.size, nil
	}
	data, err := rd.object(h, blobKind, maxDelta)
	if err != nil {
		return nil, 0, err
	}
	rd.close()
	return io.NopCloser(bytes.NewReader(data)), int64(len(data)), nil
}

// blobStream reads a blob and holds it against its name.
type blobStream struct {
	rd     *reader
	file   *os.File // the loose object; nil for a packed one
	stream io.Reader
	want   Hash
	left   int64
	sum    hash.Hash
	err    error
}

// newBlobStream returns a stream of size bytes that closes rd and file.
func newBlobStream(rd *reader, file *os.File, stream io.Reader, want Hash, size int64) *blobStream {
	s := &blobStream{rd: rd, file: file, stream: stream, want: want, left: size, sum: sha1.New()}
	io.WriteString(s.sum, header(blobKind, size))
	return s
}

// Read implements io.Reader.
func (s *blobStream) Read(p []byte) (int, error) {
	if s.err != nil || len(p) == 0 {
		return 0, s.err
	}
	if s.left == 0 {
		s.err = s.end()
		return 0, s.err
	}
	n, err := s.stream.Read(p[:min(int64(len(p)), s.left)])
	s.sum.Write(p[:n])
	s.left -= int64(n)
	if err != nil && (err != io.EOF || s.left > 0) {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		s.err = fmt.Errorf("%w: blob %s: %w", ErrCorrupt, s.want, err)
		return n, s.err
	}
	return n, nil
}

// end returns io.EOF if the whole content was right.
func (s *blobStream) end() error {
	if _, err := exactly(s.stream, 0); err != nil {
		return fmt.Errorf("blob %s: %w", s.want, err)
	}
	if Hash(s.sum.Sum(nil)) != s.want {
		return fmt.Errorf("%w: blob %s has other content", ErrCorrupt, s.want)
	}
	return io.EOF
}

// Close implements io.Closer.
func (s *blobStream) Close() error {
	s.err = os.ErrClosed
	s.rd.close()
	if s.file != nil {
		return s.file.Close()
	}
	return nil
}
