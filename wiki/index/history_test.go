package index_test

import (
	"errors"
	"fmt"
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
)

// followed returns the commits that changed a file, the newest first, under the
// names that git's rename detection tells.
func (g *git) followed(file string) []string {
	var hashes []string
	for block := range strings.SplitSeq(g.run("log", "-M50%", "--name-status", "--format=@%H"), "@") {
		hash, list, _ := strings.Cut(block, "\n")
		for line := range strings.Lines(list) {
			fields := strings.Split(strings.TrimSpace(line), "\t")
			if !slices.Contains(fields[1:], file) {
				continue
			}
			hashes = append(hashes, hash)
			if strings.HasPrefix(fields[0], "R") && fields[2] == file {
				file = fields[1]
			}
			break
		}
	}
	return hashes
}

func hashesOf(history []index.Revision) []string {
	var hashes []string
	for _, r := range history {
		hashes = append(hashes, r.Hash.String())
	}
	return hashes
}

// TestHistory holds the history of every file against git's.
func TestHistory(t *testing.T) {
	for seed := range int64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := &changeful{git: MustGit(t), r: rand.New(rand.NewSource(100 + seed))}
			x := index.New(MustDatabase(t), c.open())
			for range 50 {
				c.step()
			}
			MustFollow(t, x)
			for _, file := range c.files() {
				history, err := x.History(t.Context(), file, index.Newest, 1000)
				if err != nil {
					t.Fatal(err)
				}
				want := c.followed(file)
				if !slices.Equal(hashesOf(history), want) {
					t.Errorf("%s: %v, git says %v", file, hashesOf(history), want)
				}
				// In pages of two it is the same.
				var paged []index.Revision
				for before := int64(index.Newest); ; {
					part, err := x.History(t.Context(), file, before, 2)
					if err != nil {
						t.Fatal(err)
					}
					if len(part) == 0 {
						break
					}
					paged, before = append(paged, part...), part[len(part)-1].Seq
				}
				if !slices.Equal(hashesOf(paged), want) {
					t.Errorf("%s in parts: %v, want %v", file, hashesOf(paged), want)
				}
			}
		})
	}
}

// TestHistory_Merged holds the histories of files that were never renamed
// against git's, where lines of history met.
func TestHistory_Merged(t *testing.T) {
	c := &changeful{git: MustGit(t), r: rand.New(rand.NewSource(7))}
	x := index.New(MustDatabase(t), c.open())
	for range 6 {
		c.step()
		c.step()
		c.fork()
	}
	MustFollow(t, x)
	merges := make(map[string]bool)
	for hash := range strings.FieldsSeq(c.run("rev-list", "--merges", "HEAD")) {
		merges[hash] = true
	}
	for _, file := range c.files() {
		history, err := x.History(t.Context(), file, index.Newest, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(history, func(r index.Revision) bool { return r.Source != "" }) {
			continue
		}
		got, want := hashesOf(history), strings.Fields(c.run("log", "--full-history", "--no-merges", "--format=%H", "--", file))
		// Git also tells of merges that took one side's version.
		got = slices.DeleteFunc(got, func(hash string) bool { return merges[hash] })
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, git says %v", file, got, want)
		}
	}
	// What a file was at any commit, also on the line that was merged in.
	for hash := range strings.FieldsSeq(c.run("rev-list", "HEAD")) {
		commit := MustHash(t, hash)
		for line := range strings.Lines(c.run("ls-tree", "-r", hash)) {
			fields := strings.Fields(line)
			r, err := x.At(t.Context(), fields[3], commit)
			if err != nil || r.New.String() != fields[2] {
				t.Errorf("%s at %s: %v, %v, git says %s", fields[3], hash, r.New, err, fields[2])
			}
		}
	}
}

// TestBlame holds the author of every line against git's, asked step by step
// and at once.
func TestBlame(t *testing.T) {
	for _, seed := range []int64{0, 1, 3, 9} {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := &changeful{git: MustGit(t), r: rand.New(rand.NewSource(200 + seed))}
			r := c.open()
			x, late := index.New(MustDatabase(t), r), index.New(MustDatabase(t), r)
			for i := range 30 {
				c.step()
				if seed%2 == 1 && i%6 == 5 {
					c.fork()
				}
				if i%10 == 9 {
					MustFollow(t, x)
					c.compareBlame(t, x)
				}
			}
			MustFollow(t, late)
			c.compareBlame(t, late)
		})
	}
}

var blamed = regexp.MustCompile(`(?m)^([0-9a-f]{40}) \d+ \d+`)

func (c *changeful) compareBlame(t *testing.T, x *index.Index) {
	t.Helper()
	head := MustHash(t, c.head())
	for _, file := range c.files() {
		lines, err := x.Blame(t.Context(), file, head)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var got, want []string
		for _, l := range lines {
			got = append(got, l.Commit.Hash.String())
		}
		for _, m := range blamed.FindAllStringSubmatch(c.run("blame", "--line-porcelain", "HEAD", "--", file), -1) {
			want = append(want, m[1])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s at step %d:\n%v\ngit says\n%v", file, c.commits, got, want)
		}
	}
}

// TestHistory_NamesReused tells the lives of a path apart.
func TestHistory_NamesReused(t *testing.T) {
	g := MustGit(t)
	x := index.New(MustDatabase(t), g.open())
	const first, second = "the first\npage of\nthis name\n", "another\npage\naltogether\n"
	g.commit("1", map[string]string{"A.md": first, "B.md": second})
	gone := g.commit("2", map[string]string{"A.md": ""})
	g.commit("3", map[string]string{"B.md": "", "A.md": second})
	MustFollow(t, x)
	history, err := x.History(t.Context(), "A.md", index.Newest, 10)
	if err != nil || len(history) != 2 || history[1].Path != "B.md" {
		t.Errorf("history %+v, %v", history, err)
	}
	lines, err := x.Blame(t.Context(), "A.md", MustHash(t, g.head()))
	if err != nil || len(lines) != 3 || lines[0].Commit.Message != "1" {
		t.Errorf("blame %+v, %v", lines, err)
	}
	if _, err := x.At(t.Context(), "A.md", MustHash(t, gone)); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("a deleted page: %v", err)
	}
	if to, err := x.MovedTo(t.Context(), "B.md"); err != nil || to != "A.md" {
		t.Errorf("moved to %q, %v", to, err)
	}
	if _, err := x.MovedTo(t.Context(), "A.md"); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("moved from where it is: %v", err)
	}
}

func MustHash(tb testing.TB, text string) repo.Hash {
	tb.Helper()
	h, err := repo.ParseHash(text)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}
