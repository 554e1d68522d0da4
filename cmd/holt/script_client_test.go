package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/rogpeppe/go-internal/testscript"
)

// capture: capture NAME PATTERN sets a variable to the pattern's group in the
// output of the command before.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture name pattern")
	}
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("no %q in the output", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// request: request [-wait] [-token T] [-header "NAME: VALUE"] [-file F] STATUS METHOD URL
// sends a request and expects a status. The answer's headers and body are the
// command's output. -file uploads a file as a form does; -wait repeats until the
// status comes, as another process's change takes a moment to be seen.
func request(ts *testscript.TestScript, neg bool, args []string) {
	flags := flag.NewFlagSet("request", flag.ContinueOnError)
	wait := flags.Bool("wait", false, "repeat")
	token := flags.String("token", "", "bearer token")
	line := flags.String("header", "", "header line")
	file := flags.String("file", "", "file to be uploaded")
	if err := flags.Parse(args); neg || err != nil || flags.NArg() != 3 {
		ts.Fatalf("usage: request [flag...] status method url")
	}
	want, err := strconv.Atoi(flags.Arg(0))
	ts.Check(err)
	header := make(http.Header)
	if *token != "" {
		header.Set("Authorization", "Bearer "+*token)
	}
	if name, value, ok := strings.Cut(*line, ": "); ok {
		header.Set(name, value)
	}
	var body []byte
	if *file != "" {
		body = formOf(ts, *file, header)
	}
	deadline := time.Now().Add(scriptPatience)
	for {
		status, answer := send(ts, flags.Arg(1), flags.Arg(2), header, body)
		if status != want && *wait && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		_, err := ts.Stdout().Write(answer)
		ts.Check(err)
		if status != want {
			ts.Fatalf("%s answers %d, want %d", flags.Arg(1), status, want)
		}
		return
	}
}

// formOf makes the form that uploads a file.
func formOf(ts *testscript.TestScript, file string, header http.Header) []byte {
	content, err := os.ReadFile(ts.MkAbs(file))
	ts.Check(err)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", filepath.Base(file))
	ts.Check(err)
	_, err = part.Write(content)
	ts.Check(err)
	ts.Check(form.Close())
	header.Set("Content-Type", form.FormDataContentType())
	return body.Bytes()
}

// send sends a request and returns the status, and headers and body in one.
func send(ts *testscript.TestScript, method, url string, header http.Header, body []byte) (int, []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), scriptPatience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	ts.Check(err)
	r.Header = header.Clone()
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	var answer bytes.Buffer
	ts.Check(resp.Header.Write(&answer))
	_, err = io.Copy(&answer, resp.Body)
	ts.Check(err)
	return resp.StatusCode, answer.Bytes()
}

// signJWT: jwt NAME SECRET USER sets a variable to a token of a user, as an
// identity provider makes it.
func signJWT(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: jwt name secret user")
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"id": args[2], "exp": time.Now().Add(time.Hour).Unix(),
	}).SignedString([]byte(args[1]))
	ts.Check(err)
	ts.Setenv(args[0], token)
}

// absent: absent FILE TEXT... expects that a file contains none of the texts,
// none of which is empty.
func absent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: absent file text...")
	}
	content := ts.ReadFile(args[0])
	for i, text := range args[1:] {
		if text == "" || strings.Contains(content, text) {
			ts.Fatalf("text %d is empty or in %s", i+1, args[0])
		}
	}
}
