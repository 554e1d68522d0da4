package repo

import (
	"bytes"
	"context"
	"fmt"
	"strings"
)

// maxCommit bounds a commit object in bytes; a message has no reason to be longer.
const maxCommit = 4 << 20

// Commit is one version of all files.
type Commit struct {
	Hash      Hash
	Tree      Hash // of the root folder
	Parents   []Hash
	Author    Signature
	Committer Signature
	Message   string // without the line ends at its end
}

// Commit returns the commit named h. It may fail with ErrNotFound, also when h
// names an object of another kind, or with ErrCorrupt.
func (r *Repository) Commit(ctx context.Context, h Hash) (Commit, error) {
	rd := r.read(ctx)
	defer rd.close()
	return rd.commit(h)
}

// commit reads a commit.
func (rd *reader) commit(h Hash) (Commit, error) {
	data, err := rd.object(h, commitKind, maxCommit)
	if err != nil {
		return Commit{}, fmt.Errorf("read commit %s: %w", h, err)
	}
	c, err := parseCommit(data)
	if err != nil {
		return Commit{}, fmt.Errorf("read commit %s: %w", h, err)
	}
	c.Hash = h
	return c, nil
}

// parseCommit reads a commit object: header lines "key value" in git's order,
// continued by lines that begin with a space, then an empty line and the message.
func parseCommit(data []byte) (Commit, error) {
	var c Commit
	head, message, _ := bytes.Cut(data, []byte("\n\n"))
	// A commit without a message may end right after its header.
	head = bytes.TrimSuffix(head, []byte("\n"))
	for line := range bytes.SplitSeq(head, []byte("\n")) {
		key, value, _ := bytes.Cut(line, []byte(" "))
		switch string(key) {
		case "tree":
			h, err := ParseHash(string(value))
			if err != nil || !c.Tree.IsZero() {
				return Commit{}, fmt.Errorf("%w: a commit's tree is not readable", ErrCorrupt)
			}
			c.Tree = h
		case "parent":
			h, err := ParseHash(string(value))
			if err != nil {
				return Commit{}, fmt.Errorf("%w: a commit's parent is not readable", ErrCorrupt)
			}
			c.Parents = append(c.Parents, h)
		case "author":
			c.Author = parseSignature(value)
		case "committer":
			c.Committer = parseSignature(value)
		}
	}
	if c.Tree.IsZero() {
		return Commit{}, fmt.Errorf("%w: a commit has no tree", ErrCorrupt)
	}
	c.Message = strings.TrimRight(validText(message), "\n")
	return c, nil
}

// encode returns the commit as an object's content.
func (c Commit) encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", c.Tree)
	for _, p := range c.Parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	fmt.Fprintf(&b, "author %s\ncommitter %s\n\n%s", c.Author.encode(), c.Committer.encode(), cleanMessage(c.Message))
	return b.Bytes()
}

// cleanMessage returns a message that ends with one line end and holds nothing
// that git refuses.
func cleanMessage(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = strings.ReplaceAll(text, "\x00", "")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	return text + "\n"
}
