package extract_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/holtdb/holt/library/extract"
)

// rawEntry is an entry whose header says what it likes about its data.
type rawEntry struct {
	data    string
	claimed int // bytes it claims to expand to
	method  uint16
}

// MustRawZip makes an archive of one entry, a.png.
func MustRawZip(tb testing.TB, e rawEntry) []byte {
	tb.Helper()
	packed := []byte(e.data)
	if e.method == zip.Deflate {
		var buf bytes.Buffer
		w, err := flate.NewWriter(&buf, flate.BestSpeed)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(w, e.data); err != nil {
			tb.Fatal(err)
		}
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
		packed = buf.Bytes()
	}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: "a.png", Method: e.method, CRC32: crc32.ChecksumIEEE([]byte(e.data)),
		CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(e.claimed),
	})
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(packed); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func TestOpenResourceStreams(t *testing.T) {
	picture := MustPNG(t, 8, 8) + strings.Repeat("\x00", 15<<20)
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		f := file(MustRawZip(t, rawEntry{picture, len(picture), method}), extract.EPUB)
		var n int64
		spent := allocated(func() {
			r, err := extract.OpenResource(f, "a.png")
			if err != nil {
				t.Fatal(err)
			}
			if n, err = io.Copy(io.Discard, r); err != nil || n != r.Size || r.Close() != nil {
				t.Errorf("method %d: read %d of %d bytes, %v", method, n, r.Size, err)
			}
		})
		if n != int64(len(picture)) || spent > 1<<20 {
			t.Errorf("method %d: %d bytes allocated for %d of %d bytes", method, spent, n, len(picture))
		}
	}
}

func TestOpenResourceClaims(t *testing.T) {
	small := MustPNG(t, 8, 8)
	large := small + strings.Repeat("\x00", 100_000)
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	tests := []struct {
		name       string
		entry      rawEntry
		open, read error
	}{
		{"true", rawEntry{large, len(large), zip.Deflate}, nil, nil},
		{"small and true", rawEntry{small, len(small), zip.Store}, nil, nil},
		{"more than the limit", rawEntry{large, 16<<20 + 1, zip.Deflate}, extract.ErrTooLarge, nil},
		{"more than can be", rawEntry{large, -1, zip.Deflate}, extract.ErrTooLarge, nil},
		{"longer than it claims", rawEntry{large, 1000, zip.Deflate}, nil, extract.ErrBroken},
		{"longer than it claims, stored", rawEntry{large, 1000, zip.Store}, nil, extract.ErrBroken},
		{"shorter than it claims", rawEntry{large, 200_000, zip.Deflate}, nil, extract.ErrBroken},
		{"shorter than it claims, stored", rawEntry{large, 200_000, zip.Store}, nil, extract.ErrBroken},
		{"shorter than its beginning", rawEntry{small[:20], 300, zip.Store}, extract.ErrBroken, nil},
		{"no bytes", rawEntry{"", 0, zip.Store}, extract.ErrUnsupported, nil},
		{"another method", rawEntry{large, len(large), 12}, extract.ErrBroken, nil},
		{"script", rawEntry{svg, len(svg), zip.Deflate}, extract.ErrUnsupported, nil},
		{"type after the beginning", rawEntry{strings.Repeat(" ", 600) + small, 600 + len(small), zip.Store}, extract.ErrUnsupported, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := extract.OpenResource(file(MustRawZip(t, tt.entry), extract.EPUB), "a.png")
			if !errors.Is(err, tt.open) {
				t.Fatalf("open: %v, want %v", err, tt.open)
			}
			if err != nil {
				return
			}
			defer r.Close()
			data, err := io.ReadAll(r)
			if !errors.Is(err, tt.read) {
				t.Errorf("read: %v, want %v", err, tt.read)
			}
			if int64(len(data)) > r.Size || !strings.HasPrefix(tt.entry.data, string(data)) {
				t.Errorf("%d bytes, not those of the entry up to its size %d", len(data), r.Size)
			}
		})
	}
}

// TestOpenResourceForgets keeps an image open without the archive's directory.
func TestOpenResourceForgets(t *testing.T) {
	entries := []entry{{"a.png", MustPNG(t, 8, 8)}}
	for range 10_000 {
		entries = append(entries, entry{strings.Repeat("x", 200), ""})
	}
	f := file(MustZip(t, entries...), extract.EPUB)
	before := live()
	var open []*extract.Resource
	for range 10 {
		r, err := extract.OpenResource(f, "a.png")
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, r)
	}
	if kept := live() - before; kept > 2<<20 {
		t.Errorf("%d open images keep %d bytes", len(open), kept)
	}
	for _, r := range open {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
