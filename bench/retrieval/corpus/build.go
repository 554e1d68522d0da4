package corpus

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// builder writes documents one after the other.
type builder struct {
	root, out string
	corpus    *Corpus
	asked     map[string]bool // questions, bare
	lists     listFinder
	used      map[string]bool // files that are FAQs, and those written
}

// add writes the documents of a source.
func (b *builder) add(s Source) error {
	if b.used == nil {
		b.used = make(map[string]bool)
	}
	for _, pattern := range s.Glob {
		files, err := filepath.Glob(filepath.Join(b.root, filepath.FromSlash(pattern)))
		if err != nil {
			return err
		}
		slices.Sort(files)
		for _, file := range files {
			if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() || b.used[file] {
				continue // a link is a second name of a file that has its turn
			}
			if err := b.addFile(s, file); err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(file), err)
			}
		}
	}
	return nil
}

func (b *builder) addFile(s Source, file string) error {
	data, err := readFile(file)
	if err != nil {
		return err
	}
	read := s.Write
	if s.FAQ != nil {
		read = s.FAQ
	}
	doc, err := read(data)
	if err != nil {
		return err
	}
	if s.FAQ != nil && len(doc.Questions) == 0 {
		return nil // an index of other files: a distractor at best
	}
	if s.FAQ == nil && b.lists.find(data) {
		b.corpus.Dropped.Lists++
		return nil
	}
	b.used[file] = true
	name := b.nameOf(s, file, doc.Ext)
	if err := os.WriteFile(filepath.Join(b.out, name), doc.Data, 0o600); err != nil {
		return err
	}
	b.corpus.Documents = append(b.corpus.Documents, name)
	for _, q := range doc.Questions {
		asked := bare(q.Text)
		b.lists.add(asked)
		answer := bareText([]byte(q.Answer))
		switch {
		case b.asked[asked] || strings.Contains(answer, asked):
			b.corpus.Dropped.Repeated++
			continue
		case len(strings.Fields(answer)) < leastAnswer:
			b.corpus.Dropped.Short++
			continue
		}
		b.asked[asked] = true
		b.corpus.Pairs = append(b.corpus.Pairs, Pair{Question: q.Text, File: name, Label: q.Label, Source: s.Name})
	}
	return nil
}

// nameOf makes a file name that no other document has.
func (b *builder) nameOf(s Source, file, ext string) string {
	base := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	name := s.Name + "-" + base + ext
	for n := 2; b.used[name]; n++ {
		name = fmt.Sprintf("%s-%s-%d%s", s.Name, base, n, ext)
	}
	b.used[name] = true
	return name
}

// readFile reads a file, unpacked if it is compressed.
func readFile(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err != nil || filepath.Ext(name) != ".gz" {
		return data, err
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return io.ReadAll(r)
}
