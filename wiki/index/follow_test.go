package index_test

import (
	"database/sql"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/source"
)

// TestFollow holds the index that followed a random history step by step
// against one that is made of it at once.
func TestFollow(t *testing.T) {
	for seed := range int64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			c := &changeful{git: MustGit(t), r: rand.New(rand.NewSource(seed))}
			r := c.open()
			db, whole := MustDatabase(t), MustDatabase(t)
			x := index.New(db, r)
			for i := range 25 {
				switch {
				case i%8 == 7:
					c.fork()
				case i == 12: // the branch is moved elsewhere
					c.run("reset", "--quiet", "--hard", "HEAD~2")
				default:
					c.step()
				}
				if c.r.Intn(3) == 0 {
					continue // several commits are followed at once
				}
				names := MustFollow(t, x).Names
				if state := MustFollow(t, x); state.Head.String() != c.head() || state.Names != names {
					t.Fatalf("followed to %v, want %s", state, c.head())
				}
			}
			MustFollow(t, x)
			if err := index.New(whole, r).Rebuild(t.Context(), source.TextFirst); err != nil {
				t.Fatal(err)
			}
			if a, b := dump(t, db), dump(t, whole); a != b {
				t.Errorf("step by step:\n%s\nat once:\n%s", a, b)
			}
			err := db.Write(t.Context(), func(tx *sql.Tx) error {
				_, err := tx.Exec("INSERT INTO page_words (page_words, rank) VALUES ('integrity-check', 1)")
				return err
			})
			if err != nil {
				t.Errorf("the words do not fit the pages: %v", err)
			}
			before := dump(t, db)
			if err := x.Rebuild(t.Context(), source.TextFirst); err != nil || dump(t, db) != before {
				t.Errorf("made again it differs: %v", err)
			}
		})
	}
}

func TestFollow_EmptiedBranch(t *testing.T) {
	g := MustGit(t)
	x := index.New(MustDatabase(t), g.open())
	if s := MustFollow(t, x); !s.Head.IsZero() {
		t.Errorf("an empty repository is at %v", s.Head)
	}
	g.commit("one", map[string]string{"A.md": "# A\n"})
	before := MustFollow(t, x)
	g.run("update-ref", "-d", "refs/heads/main")
	after := MustFollow(t, x)
	pages, err := x.Pages(t.Context())
	if err != nil || len(pages) != 0 || !after.Head.IsZero() || after.Names == before.Names {
		t.Errorf("%v, %v: %+v after %+v", pages, err, after, before)
	}
}

func TestFollow_Style(t *testing.T) {
	g := MustGit(t)
	x := index.New(MustDatabase(t), g.open())
	g.commit("one", map[string]string{"A.md": "[[left|right]]\n"})
	for style, want := range map[source.WikilinkStyle]string{source.TextFirst: "right", source.PageFirst: "left"} {
		if err := x.Follow(t.Context(), style); err != nil {
			t.Fatal(err)
		}
		if links, err := x.LinksFrom(t.Context(), "A"); err != nil || len(links) != 1 || links[0].To != want || !links[0].Red {
			t.Errorf("style %v: %+v, %v", style, links, err)
		}
	}
}

// TestFollow_Concurrent lets many follow while git commits: nobody may see an
// older state than before, and what comes out is right.
func TestFollow_Concurrent(t *testing.T) {
	c := &changeful{git: MustGit(t), r: rand.New(rand.NewSource(9))}
	r := c.open()
	db, whole := MustDatabase(t), MustDatabase(t)
	x, other := index.New(db, r), index.New(db, r) // as if of two processes
	done := make(chan struct{})
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			at := x
			if i%2 == 1 {
				at = other
			}
			for {
				if err := at.Follow(t.Context(), source.TextFirst); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for range 12 {
		c.step()
	}
	close(done)
	group.Wait()
	MustFollow(t, x)
	MustFollow(t, index.New(whole, r))
	if a, b := dump(t, db), dump(t, whole); a != b {
		t.Errorf("concurrently:\n%s\nat once:\n%s", a, b)
	}
}

// TestNumstat holds the lines that commits added and removed against git.
func TestNumstat(t *testing.T) {
	c := &changeful{git: MustGit(t), r: rand.New(rand.NewSource(3))}
	x := index.New(MustDatabase(t), c.open())
	for range 30 {
		c.step()
	}
	MustFollow(t, x)
	commits, err := x.Commits(t.Context(), index.Newest, 100)
	if err != nil || len(commits) != 30 {
		t.Fatalf("%d commits, %v", len(commits), err)
	}
	for _, commit := range commits {
		changes, err := x.ChangesOf(t.Context(), commit.Seq)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		renamed := make(map[string]bool)
		for _, ch := range changes {
			renamed[ch.Source] = true
		}
		for _, ch := range changes {
			switch {
			case ch.IsDeleted() && renamed[ch.Path]:
			case ch.Source != "":
				got = append(got, fmt.Sprintf("%d %d %s %s", ch.Added, ch.Removed, ch.Source, ch.Path))
			default:
				got = append(got, fmt.Sprintf("%d %d %s", ch.Added, ch.Removed, ch.Path))
			}
		}
		var want []string
		fields := strings.Split(c.run("show", "-z", "--numstat", "--format=", "-M50%", commit.Hash.String()), "\x00")
		for i := 0; i < len(fields); i++ {
			line := strings.ReplaceAll(strings.TrimSpace(fields[i]), "\t", " ")
			if line == "" {
				continue
			}
			if strings.Count(line, " ") == 1 { // a rename: two names follow
				line += " " + fields[i+1] + " " + fields[i+2]
				i += 2
			}
			want = append(want, line)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, git says %q", commit.Message, got, want)
		}
	}
}

func TestRenames(t *testing.T) {
	text := strings.Repeat("a line that stays\n", 1) + "two\nthree\nfour\nfive\nsix\nseven\neight\n"
	tests := []struct {
		name          string
		before, after map[string]string // "" in after removes
		want          map[string]string // new path to source
	}{
		{"moved", map[string]string{"A.md": text}, map[string]string{"A.md": "", "B.md": text}, map[string]string{"B.md": "A.md"}},
		{"moved and changed", map[string]string{"A.md": text}, map[string]string{"A.md": "", "B.md": text + "nine\n"}, map[string]string{"B.md": "A.md"}},
		{"too different", map[string]string{"A.md": text}, map[string]string{"A.md": "", "B.md": "two\nthree\nnone\nof\nthe\nothers\nare\nhere\n"}, nil},
		{"case", map[string]string{"Roses.md": text}, map[string]string{"Roses.md": "", "roses.md": text}, map[string]string{"roses.md": "Roses.md"}},
		{"the same name first", map[string]string{"a/X.md": text, "a/Y.md": text},
			map[string]string{"a/X.md": "", "a/Y.md": "", "b/Y.md": text, "b/X.md": text}, map[string]string{"b/X.md": "a/X.md", "b/Y.md": "a/Y.md"}},
		{"copied", map[string]string{"A.md": text}, map[string]string{"B.md": text}, nil},
		{"a file", map[string]string{"a/x.bin": "\x00\x01data"}, map[string]string{"a/x.bin": "", "b/y.bin": "\x00\x01data"}, map[string]string{"b/y.bin": "a/x.bin"}},
		{"the nearest", map[string]string{"A.md": text, "B.md": "two\nthree\nfour\nfive\n" + "other\nwords\n"},
			map[string]string{"A.md": "", "B.md": "", "C.md": text + "nine\n"}, map[string]string{"C.md": "A.md"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := MustGit(t)
			x := index.New(MustDatabase(t), g.open())
			g.commit("before", tt.before)
			g.commit("after", tt.after)
			MustFollow(t, x)
			commits, err := x.Commits(t.Context(), index.Newest, 1)
			if err != nil {
				t.Fatal(err)
			}
			changes, err := x.ChangesOf(t.Context(), commits[0].Seq)
			if err != nil {
				t.Fatal(err)
			}
			got := make(map[string]string)
			for _, ch := range changes {
				if ch.Source != "" {
					got[ch.Path] = ch.Source
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) && len(got)+len(tt.want) > 0 {
				t.Errorf("renamed %v, want %v", got, tt.want)
			}
		})
	}
}
