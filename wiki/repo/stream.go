package repo

import (
	"compress/zlib"
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
)

// WriteStream stores size bytes from source as a blob, for a later Edit, and
// returns when it has reached the disk. A source of another length fails and
// leaves nothing behind.
func (r *Repository) WriteStream(ctx context.Context, source io.Reader, size int64) (Hash, error) {
	if size < 0 {
		return Hash{}, errors.New("write blob: its size is negative")
	}
	rd := r.read(ctx)
	defer rd.close()
	out := r.newBatch(rd)
	defer out.close()
	h, err := out.stream(ctx, source, size)
	if err == nil {
		err = out.land(nil)
	}
	if err != nil {
		return Hash{}, fmt.Errorf("write blob: %w", err)
	}
	return h, nil
}

// stream adds a blob of size bytes. Attachments are mostly compressed already,
// so that little effort is spent on compressing them.
func (b *batch) stream(ctx context.Context, source io.Reader, size int64) (Hash, error) {
	f, err := b.begin(Hash{})
	if err != nil {
		return Hash{}, err
	}
	z, err := zlib.NewWriterLevel(f, zlib.BestSpeed)
	if err != nil {
		return Hash{}, err
	}
	sum := sha1.New()
	both := io.MultiWriter(sum, z)
	if _, err := io.WriteString(both, header(blobKind, size)); err != nil {
		return Hash{}, err
	}
	source = cancellable{ctx, source}
	if _, err := io.CopyN(both, source, size); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return Hash{}, err
	}
	var more [1]byte
	if n, err := io.ReadFull(source, more[:]); n > 0 {
		return Hash{}, fmt.Errorf("%w: more than the announced %d bytes", ErrTooLarge, size)
	} else if err != io.EOF {
		return Hash{}, err
	}
	if err := z.Close(); err != nil {
		return Hash{}, err
	}
	h := Hash(sum.Sum(nil))
	b.files[len(b.files)-1].hash = h
	// A packed copy is enough. A loose one is replaced, in case it is damaged.
	if has, err := b.refreshPacked(h, false); err != nil || !has {
		return h, err
	}
	b.close()
	return h, nil
}

// cancellable is a reader that ends with its context.
type cancellable struct {
	ctx    context.Context
	source io.Reader
}

// Read implements io.Reader.
func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.source.Read(p)
}
