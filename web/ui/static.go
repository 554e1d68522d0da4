package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// styleSheet is the one style sheet, and styleParts the files it is joined
// from, in the order in which they build on each other.
const styleSheet = "holt.css"

var styleParts = [...]string{
	"tokens.css", "base.css", "controls.css", "frame.css", "library.css", "search.css", "reader.css", "pages.css",
}

// static holds the files that all pages share, ready to be sent.
type static struct {
	version string // of all files together, so that modules find each other beside them
	files   map[string]staticFile
}

type staticFile struct {
	mediaType string
	plain     []byte
	gzipped   []byte // nil where it would not be smaller
}

func newStatic(files fs.FS) (*static, error) {
	contents, err := readStatic(files)
	if err != nil {
		return nil, err
	}
	s := &static{files: make(map[string]staticFile, len(contents))}
	hash := sha256.New()
	for name, content := range contents {
		mediaType, err := mediaType(name)
		if err != nil {
			return nil, err
		}
		s.files[name] = staticFile{mediaType: mediaType, plain: content, gzipped: compress(content)}
	}
	for _, name := range sortedKeys(contents) {
		sum := sha256.Sum256(contents[name])
		fmt.Fprintf(hash, "%s %x\n", name, sum)
	}
	s.version = hex.EncodeToString(hash.Sum(nil))[:16]
	return s, nil
}

// readStatic returns the files of static/ and the joined style sheet, by name.
func readStatic(files fs.FS) (map[string][]byte, error) {
	contents := map[string][]byte{}
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		content, err := fs.ReadFile(files, "static/"+entry.Name())
		if err != nil {
			return nil, err
		}
		contents[entry.Name()] = content
	}
	var sheet bytes.Buffer
	for _, part := range styleParts {
		content, err := fs.ReadFile(files, "styles/"+part)
		if err != nil {
			return nil, err
		}
		sheet.Write(content)
	}
	contents[styleSheet] = sheet.Bytes()
	return contents, nil
}

func mediaType(name string) (string, error) {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8", nil
	case ".js":
		return "text/javascript; charset=utf-8", nil
	case ".svg":
		return "image/svg+xml", nil
	default:
		return "", fmt.Errorf("no media type for %s", name)
	}
}

// compress returns the content with gzip, or nil where that is not smaller.
func compress(content []byte) []byte {
	var b bytes.Buffer
	// Writing to memory cannot fail, and the level is a valid constant.
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(content)
	_ = w.Close()
	if b.Len() >= len(content) {
		return nil
	}
	return b.Bytes()
}

// url is the address of a file; it changes when any of the files does.
func (s *static) url(name string) (string, error) {
	if _, ok := s.files[name]; !ok {
		return "", fmt.Errorf("no static file %q", name)
	}
	return "/static/" + s.version + "/" + name, nil
}

// Static serves the shared files below /static/. Their addresses hold a hash of
// their content, so browsers keep them for good; an address of another version
// of the program is answered with the present file, which is not kept.
func (u *UI) Static() http.Handler {
	return http.HandlerFunc(u.static.serve)
}

func (s *static) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/static/"), "/")
	file, ok := s.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", file.mediaType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Vary", "Accept-Encoding")
	header.Set("Cache-Control", "no-cache")
	if version == s.version {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := file.plain
	if file.gzipped != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
		body = file.gzipped
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the client has gone; there is nobody to tell
}

// acceptsGzip reads an Accept-Encoding header (RFC 9110, section 12.5.3).
func acceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(coding, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		quality, found := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q=")
		weight, err := strconv.ParseFloat(quality, 64)
		return !found || err == nil && weight > 0
	}
	return false
}
