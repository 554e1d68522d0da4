package index

import (
	"bytes"

	"github.com/holtdb/holt/wiki/repo"
)

const (
	// maxCompared bounds the files of a commit whose texts are compared to find
	// renames. Files that were only moved are found among any number.
	maxCompared = 40
	// alike is the share of lines that a renamed text keeps at least.
	alike = 0.5
)

// renames returns, by new path, the deletion that each renamed file came from.
func renames(found []repo.Change, texts *texts) (map[repo.Path]repo.Change, error) {
	var added, deleted []repo.Change
	for _, f := range found {
		switch {
		case f.Old.IsZero():
			added = append(added, f)
		case f.New.IsZero():
			deleted = append(deleted, f)
		}
	}
	if len(added) == 0 || len(deleted) == 0 {
		return nil, nil
	}
	sources := make(map[repo.Path]repo.Change)
	used := make(map[repo.Path]bool)
	added = moved(added, deleted, sources, used)
	if len(added)*len(deleted) > maxCompared*maxCompared {
		return sources, nil
	}
	return sources, rewritten(added, deleted, sources, used, texts)
}

// moved pairs files whose content stayed, those of one name first. It returns
// the added files that are left.
func moved(added, deleted []repo.Change, sources map[repo.Path]repo.Change, used map[repo.Path]bool) []repo.Change {
	byBlob := make(map[repo.Hash][]repo.Change)
	for _, d := range deleted {
		byBlob[d.Old] = append(byBlob[d.Old], d)
	}
	take := func(a repo.Change, sameName bool) bool {
		for _, d := range byBlob[a.New] {
			if !used[d.Path] && (!sameName || d.Path.Base() == a.Path.Base()) {
				sources[a.Path], used[d.Path] = d, true
				return true
			}
		}
		return false
	}
	for _, sameName := range []bool{true, false} {
		var left []repo.Change
		for _, a := range added {
			if !take(a, sameName) {
				left = append(left, a)
			}
		}
		added = left
	}
	return added
}

// rewritten pairs pages that were renamed and changed in one commit.
func rewritten(added, deleted []repo.Change, sources map[repo.Path]repo.Change, used map[repo.Path]bool, texts *texts) error {
	before := make(map[repo.Path]map[string]int)
	for _, a := range added {
		if _, ok := PageOf(a.Path); !ok {
			continue
		}
		after, ok, err := texts.get(a.New)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		lines := countLines(after)
		best, most := repo.Change{}, alike
		for _, d := range deleted {
			if _, ok := PageOf(d.Path); !ok || used[d.Path] {
				continue
			}
			old, ok := before[d.Path]
			if !ok {
				text, _, err := texts.get(d.Old)
				if err != nil {
					return err
				}
				old = countLines(text)
				before[d.Path] = old
			}
			if share := similarity(old, lines); share >= most {
				best, most = d, share
			}
		}
		if !best.Old.IsZero() {
			sources[a.Path], used[best.Path] = best, true
		}
	}
	return nil
}

// countLines counts each line of a text, less the empty ones.
func countLines(text []byte) map[string]int {
	lines := make(map[string]int)
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines[string(line)]++
		}
	}
	return lines
}

// similarity is the share of lines that two texts have in common: the size of
// their intersection over that of the larger one, from 0 to 1.
func similarity(a, b map[string]int) float64 {
	common, inA, inB := 0, 0, 0
	for line, n := range a {
		inA += n
		common += min(n, b[line])
	}
	for _, n := range b {
		inB += n
	}
	if larger := max(inA, inB); larger > 0 {
		return float64(common) / float64(larger)
	}
	return 0
}
