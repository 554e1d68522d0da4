// Package corpus makes a collection of documents with questions whose answers
// are known, from the documentation that Debian packages carry. A FAQ becomes a
// document in which each answer is a section of its own with a number in the
// place of the question; manuals of the same subjects stand beside it as
// distractors. Nothing of their text is part of this project: it is read from
// the packages each time.
package corpus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Corpus is what an evaluation is made with. Its documents are files of its
// folder.
type Corpus struct {
	Packages  []string `json:"packages"`  // name and version of each
	Documents []string `json:"documents"` // file names, as they are uploaded
	Pairs     []Pair   `json:"pairs"`
	Dropped   Dropped  `json:"dropped"`
}

// Pair is a question and where its answer lies: the pages of a document with a
// label, which are several where the answer is long.
type Pair struct {
	Question string `json:"question"`
	File     string `json:"file"`
	Label    string `json:"label"`
	Source   string `json:"source"` // the FAQ's short name
}

// Dropped counts what was left out.
type Dropped struct {
	Repeated int `json:"repeated"` // questions whose answer repeats them word for word, or that are asked twice
	Short    int `json:"short"`    // questions whose answer is a few words: most send the reader to another one
	Lists    int `json:"lists"`    // files that list the questions, as tables of contents do
}

// Folders and files in the folder of an evaluation.
const (
	packagesDir  = "packages"
	unpackedDir  = "unpacked"
	documentsDir = "documents"
	manifestFile = "corpus.json"
)

// Documents returns the folder of the documents.
func Documents(work string) string { return filepath.Join(work, documentsDir) }

// Read returns the corpus that lies in the folder work. It is
// [os.ErrNotExist] when there is none.
func Read(work string) (Corpus, error) {
	data, err := os.ReadFile(filepath.Join(work, manifestFile))
	if err != nil {
		return Corpus{}, fmt.Errorf("read corpus: %w", err)
	}
	var c Corpus
	if err := json.Unmarshal(data, &c); err != nil {
		return Corpus{}, fmt.Errorf("read corpus: %w", err)
	}
	return c, nil
}

// Make makes the corpus in the folder work: it fetches the packages unless they
// are there, unpacks them and writes the documents. It needs apt-get and
// dpkg-deb, but no right to install anything.
func Make(ctx context.Context, work string) (Corpus, error) {
	versions, err := unpack(ctx, work)
	if err != nil {
		return Corpus{}, fmt.Errorf("make corpus: %w", err)
	}
	c, err := Build(filepath.Join(work, unpackedDir), work, sources())
	if err != nil {
		return Corpus{}, fmt.Errorf("make corpus: %w", err)
	}
	c.Packages = versions
	data, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return Corpus{}, fmt.Errorf("make corpus: %w", err)
	}
	if err := os.WriteFile(filepath.Join(work, manifestFile), data, 0o600); err != nil {
		return Corpus{}, fmt.Errorf("make corpus: %w", err)
	}
	return c, nil
}

// Build writes the documents of sources below root into the folder work.
func Build(root, work string, from []Source) (Corpus, error) {
	out := Documents(work)
	if err := os.RemoveAll(out); err != nil {
		return Corpus{}, err
	}
	if err := os.MkdirAll(out, 0o700); err != nil {
		return Corpus{}, err
	}
	var c Corpus
	b := builder{root: root, out: out, corpus: &c, asked: make(map[string]bool)}
	for _, faqs := range []bool{true, false} { // lists are told by the questions
		for _, s := range from {
			if (s.FAQ != nil) != faqs {
				continue
			}
			if err := b.add(s); err != nil {
				return Corpus{}, fmt.Errorf("%s: %w", s.Name, err)
			}
		}
	}
	if len(c.Pairs) == 0 {
		return Corpus{}, errors.New("no questions were found")
	}
	return c, nil
}
