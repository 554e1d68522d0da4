package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"
)

// console is where a command reads and writes.
type console struct {
	in, out, err *os.File
	json         bool
}

// printf writes for people; with --json it writes nothing.
func (c *console) printf(format string, args ...any) {
	if !c.json {
		fmt.Fprintf(c.out, format, args...)
	}
}

// object writes a value as one line of JSON.
func (c *console) object(v any) error {
	if err := json.NewEncoder(c.out).Encode(v); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// table writes rows in aligned columns.
func (c *console) table(head []string, rows [][]string) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}

// asks reports whether somebody sits at the other end who can be asked.
func (c *console) asks() bool {
	return !c.json && term.IsTerminal(int(c.in.Fd())) && term.IsTerminal(int(c.err.Fd()))
}

// password asks for a new password twice, without showing it.
func (c *console) password() (string, error) {
	first, err := c.secret("Password: ")
	if err != nil {
		return "", err
	}
	second, err := c.secret("Once more: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two passwords differ")
	}
	return first, nil
}

func (c *console) secret(prompt string) (string, error) {
	fmt.Fprint(c.err, prompt)
	text, err := term.ReadPassword(int(c.in.Fd()))
	fmt.Fprintln(c.err)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return string(text), nil
}

// fail says why a command did not do what it should and returns its exit code.
func (c *console) fail(err error) int {
	o := outcomeOf(err)
	if c.json {
		type problem struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		}
		_ = json.NewEncoder(c.err).Encode(map[string]problem{"error": {o.name, err.Error()}}) // nobody else to tell
		return o.code
	}
	fmt.Fprintf(c.err, "holt: %v\n", err)
	if o.code == exitUsage {
		fmt.Fprintln(c.err, "Try --help.")
	}
	return o.code
}
