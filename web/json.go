package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/holtdb/holt/library"
)

// maxForm bounds the body of everything but uploads, in bytes.
const maxForm = 64 << 10

type errorBody struct {
	Code      string `json:"code"`
	Message   string `json:"message"`
	RequestID string `json:"request_id,omitempty"`
	Used      *int64 `json:"used,omitempty"`
	Allowed   *int64 `json:"allowed,omitempty"`
}

// answerJSON answers a program.
func answerJSON(v *visit, status int, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "private, no-store")
	v.w.WriteHeader(status)
	_, err = v.w.Write(append(text, '\n'))
	return err
}

// readJSON reads the body of a program's request.
func readJSON(v *visit, into any) error { return readJSONUpTo(v, maxForm, into) }

// readJSONUpTo is readJSON for bodies of up to limit bytes.
func readJSONUpTo(v *visit, limit int64, into any) error {
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return fmt.Errorf("%w: the body must be JSON, with Content-Type: application/json", library.ErrInvalid)
	}
	d := json.NewDecoder(http.MaxBytesReader(v.w, v.r.Body, limit))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return err
		}
		return fmt.Errorf("%w: the body is not the JSON that is expected here", library.ErrInvalid)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: there is more than one JSON value in the body", library.ErrInvalid)
	}
	return nil
}

// readForm reads the fields of a form.
func readForm(v *visit) error {
	if !hasForm(v.r) {
		return fmt.Errorf("%w: this is no form", library.ErrInvalid)
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	if err := v.r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return err
		}
		return fmt.Errorf("%w: the form cannot be read", library.ErrInvalid)
	}
	return nil
}

// hasForm reports whether the body is a form, or there is none. What is no form
// must not be taken for an empty one: in a form of settings, a box that is
// missing is one that is not ticked.
func hasForm(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return r.ContentLength == 0 || err == nil && kind == "application/x-www-form-urlencoded"
}

// number reads a whole number of the query; absent is fallback.
func number(v *visit, name string, fallback int) (int, error) {
	text := v.r.URL.Query().Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%w: %s must be a whole number", library.ErrInvalid, name)
	}
	return n, nil
}

// pageNumber reads the number of a page from the path. What is no page's number
// is as absent as a page beyond the last.
func pageNumber(v *visit, name string) (int, error) {
	n, err := strconv.Atoi(v.r.PathValue(name))
	if err != nil || n < 1 {
		return 0, library.ErrNotFound
	}
	return n, nil
}
