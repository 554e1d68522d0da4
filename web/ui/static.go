package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// styleSheets are the style sheets, each with the files that it is joined from,
// in the order in which they build on each other. All pages use the first; those
// of wikis and of chats each have one more.
var styleSheets = map[string][]string{
	"holt.css": {"tokens.css", "base.css", "controls.css", "frame.css", "library.css", "search.css", "reader.css", "pages.css", "wiki_admin.css"},
	"chat.css": {"chat.css"},
	"wiki.css": {"wiki_frame.css", "wiki_pages.css", "wiki_prose.css", "editor.css"},
}

// styleComment is a comment of a style sheet, with the line break behind it.
var styleComment = regexp.MustCompile(`(?s)/\*.*?\*/\n?`)

// packedSuffix marks files that are kept packed with gzip. They are served under
// their name without it.
const packedSuffix = ".gz"

// diagramPage draws one diagram inside a sandbox: the program that draws it
// writes style elements, which no other page may. Its policy lets it load its
// two scripts and nothing else; whatever it does, it has no origin, so it reaches
// neither the cookies nor the pages of this server. Only pages of this server may
// frame it, and these need "frame-src 'self'" in their own policy.
const (
	diagramPage   = "wiki_diagram.html"
	diagramPolicy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts"
)

// openFiles may be loaded by pages of any origin, because the sandbox of
// [diagramPage] has one of its own that equals no other.
var openFiles = []string{"wiki_diagram_frame.js", "vendor/mermaid/mermaid.js"}

// static holds the files that all pages share, ready to be sent.
type static struct {
	version string // of all files together, so that modules find each other beside them
	files   map[string]staticFile
}

type staticFile struct {
	mediaType string
	plain     []byte // nil where the file is only kept packed
	gzipped   []byte // nil where it would not be smaller
}

func newStatic(files fs.FS) (*static, error) {
	s := &static{files: map[string]staticFile{}}
	if err := s.readFiles(files); err != nil {
		return nil, err
	}
	for name, parts := range styleSheets {
		var sheet bytes.Buffer
		for _, part := range parts {
			content, err := fs.ReadFile(files, "styles/"+part)
			if err != nil {
				return nil, err
			}
			sheet.Write(styleComment.ReplaceAll(content, nil)) // nobody reads them there
		}
		if err := s.add(name, sheet.Bytes()); err != nil {
			return nil, err
		}
	}
	hash := sha256.New()
	for _, name := range sortedKeys(s.files) {
		file := s.files[name]
		content := file.plain
		if content == nil {
			content = file.gzipped
		}
		fmt.Fprintf(hash, "%s %x\n", name, sha256.Sum256(content))
	}
	s.version = hex.EncodeToString(hash.Sum(nil))[:16]
	return s, nil
}

// readFiles adds the files below static/.
func (s *static) readFiles(files fs.FS) error {
	return fs.WalkDir(files, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return s.add(strings.TrimPrefix(name, "static/"), content)
	})
}

// add makes a file ready to be sent.
func (s *static) add(name string, content []byte) error {
	name, packed := strings.CutSuffix(name, packedSuffix)
	mediaType, err := mediaType(name)
	if err != nil {
		return err
	}
	file := staticFile{mediaType: mediaType, plain: content}
	switch {
	case packed:
		file.plain, file.gzipped = nil, content
	case mediaType != fontType: // fonts are packed by nature
		file.gzipped = compress(content)
	}
	s.files[name] = file
	return nil
}

const fontType = "font/woff2"

func mediaType(name string) (string, error) {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8", nil
	case ".js":
		return "text/javascript; charset=utf-8", nil
	case ".html":
		return "text/html; charset=utf-8", nil
	case ".svg":
		return "image/svg+xml", nil
	case ".woff2":
		return fontType, nil
	case ".txt", ".md":
		return "text/plain; charset=utf-8", nil
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
	protectDiagram(header, name)
	if file.gzipped != nil && acceptsGzip(r.Header.Get("Accept-Encoding")) {
		header.Set("Content-Encoding", "gzip")
		sendStatic(w, r, file.gzipped)
	} else if file.plain != nil {
		sendStatic(w, r, file.plain)
	} else if r.Method != http.MethodHead {
		unpackStatic(w, file.gzipped)
	}
}

// protectDiagram sets the headers of the page that draws diagrams, and of what
// it loads. Each replaces a stricter one that all answers have.
func protectDiagram(header http.Header, name string) {
	if name == diagramPage {
		header.Set("Content-Security-Policy", diagramPolicy)
		header.Set("X-Frame-Options", "SAMEORIGIN")
	}
	if slices.Contains(openFiles, name) {
		header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
}

func sendStatic(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client has gone; there is nobody to tell
	}
}

// unpackStatic serves the rare client that does not take gzip.
func unpackStatic(w http.ResponseWriter, gzipped []byte) {
	reader, err := gzip.NewReader(bytes.NewReader(gzipped))
	if err != nil {
		http.Error(w, "the file is broken", http.StatusInternalServerError) // the tests unpack all of them
		return
	}
	_, _ = io.Copy(w, reader) // as above
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
