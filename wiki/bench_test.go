package wiki_test

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
)

// median returns the middle of some times.
func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

func ratio(a, b []time.Duration) float64 { return float64(median(a)) / float64(median(b)) }

// prose makes a text of about n words, some frequent and some rare.
func prose(r *rand.Rand, n int) string {
	zipf := rand.NewZipf(r, 1.1, 10, 20_000)
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("w%xq", zipf.Uint64()*2654435761%1_000_003)
		if i%12 == 11 {
			words[i] += ".\n"
		}
	}
	return strings.Join(words, " ") + "\n"
}

// feed lets git take many commits at once.
func (g *git) feed(b *testing.B, stream string) {
	b.Helper()
	c := exec.Command("git", "--git-dir="+g.dir, "fast-import", "--quiet", "--force")
	c.Stdin = strings.NewReader(stream)
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
}

// BenchmarkSave compares a save (look, merge check, commit, index) with the bare
// commit of the same text, by this program and by git, each in turn on a
// repository of 200 pages. All but git's are on disk when they return; git is
// also measured with fsync of objects and references.
func BenchmarkSave(b *testing.B) {
	f := MustFarm(b, wiki.Config{})
	r := rand.New(rand.NewSource(1))
	open := func(slug string) (*wiki.Wiki, *git) {
		w := f.MustWiki(b, slug, preferences.Private)
		files := make(map[string]string)
		for i := range 200 {
			files[fmt.Sprintf("Page%d.md", i)] = prose(r, 300)
		}
		g := f.MustGit(b, slug)
		g.commit("pages", files)
		MustOwn(b, w)
		return w, g
	}
	saved, _ := open("saved")
	_, plain := open("plain")
	_, byGit := open("by-git")
	bare, err := repo.Open(plain.dir)
	if err != nil {
		b.Fatal(err)
	}
	defer bare.Close()
	path, err := repo.ParsePath("Page7.md")
	if err != nil {
		b.Fatal(err)
	}
	var whole, write, git, durable []time.Duration
	text := prose(r, 300)
	for n := 0; b.Loop(); n++ {
		text := fmt.Sprint(text, n, "\n")
		s := MustOwn(b, saved)
		start := time.Now()
		MustSave(b, s, "Page7", text)
		whole = append(whole, time.Since(start))

		head, err := bare.Head(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		_, err = bare.Write(b.Context(), repo.Write{
			Parent: head, Edits: []repo.Edit{{Path: path, Content: []byte(text)}},
			Author: repo.Signature{Name: "Olga", Email: "olga@holt"}, Message: "save Page7\n",
		})
		if write = append(write, time.Since(start)); err != nil {
			b.Fatal(err)
		}
		for sync, times := range map[string]*[]time.Duration{"none": &git, "all": &durable} {
			if err := os.WriteFile(filepath.Join(byGit.work, "Page7.md"), []byte(text+sync), 0o666); err != nil {
				b.Fatal(err)
			}
			start = time.Now()
			byGit.run("-c", "core.fsync="+sync, "commit", "--quiet", "--all", "--message=save Page7")
			*times = append(*times, time.Since(start))
		}
	}
	b.ReportMetric(float64(median(whole).Microseconds()), "save-µs")
	b.ReportMetric(ratio(whole, write), "x-bare-commit")
	b.ReportMetric(ratio(whole, git), "x-git")
	b.ReportMetric(ratio(whole, durable), "x-git-durable")
}

// BenchmarkSearch compares a search on 5,000 pages with the bare query of the
// same index.
func BenchmarkSearch(b *testing.B) {
	const pages = 5000
	f := MustFarm(b, wiki.Config{})
	w := f.MustWiki(b, "garden", preferences.Private)
	r := rand.New(rand.NewSource(1))
	var stream strings.Builder
	stream.WriteString("commit refs/heads/main\ncommitter A <a@b> 1700000000 +0000\ndata 0\nfrom refs/heads/main^0\n")
	for i := range pages {
		text := prose(r, 250)
		fmt.Fprintf(&stream, "M 644 inline Folder%d/Page%d.md\ndata %d\n%s\n", i%50, i, len(text), text)
	}
	f.MustGit(b, "garden").feed(b, stream.String())
	start := time.Now()
	s := MustOwn(b, w)
	indexed := time.Since(start)
	db, err := sqlite.Open(b.Context(), f.path("garden", "wiki.db"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var queries []string
	for range 40 {
		words := strings.Fields(prose(r, 40))
		queries = append(queries, strings.Trim(words[3], "."), strings.Trim(words[3], ".")+" "+strings.Trim(words[20], "."))
	}
	var whole, bare []time.Duration
	for b.Loop() {
		for _, q := range queries {
			start := time.Now()
			found, err := s.Search(b.Context(), q, 20)
			if err != nil {
				b.Fatal(err)
			}
			if whole = append(whole, time.Since(start)); found.Partial {
				whole = whole[:len(whole)-1] // made two queries
				continue
			}
			start = time.Now()
			var n int
			err = db.Reader().QueryRowContext(b.Context(), `SELECT count(*) FROM (SELECT rowid FROM page_words
				WHERE page_words MATCH ? ORDER BY rank LIMIT 21)`, q).Scan(&n)
			if bare = append(bare, time.Since(start)); err != nil || min(n, 20) != len(found.Hits) {
				b.Fatalf("%q: %d hits, %d, %v", q, len(found.Hits), n, err)
			}
		}
	}
	b.ReportMetric(float64(median(whole).Microseconds()), "search-µs")
	b.ReportMetric(float64(whole[len(whole)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(ratio(whole, bare), "x-bare-query")
	b.ReportMetric(indexed.Seconds(), "index-s")
}

// BenchmarkHistory compares the history of a page in a repository of 10,000
// commits with git's, and the same for the newest commits of the wiki.
func BenchmarkHistory(b *testing.B) {
	const commits, pages = 10_000, 200
	f := MustFarm(b, wiki.Config{})
	w := f.MustWiki(b, "garden", preferences.Private)
	r := rand.New(rand.NewSource(1))
	var stream strings.Builder
	texts := make([]string, pages)
	for i := range commits {
		page := r.Intn(pages)
		texts[page] = strings.Join(append(strings.SplitAfter(texts[page], "\n"), prose(r, 12)), "")
		fmt.Fprintf(&stream, "commit refs/heads/main\ncommitter A <a@b> %d +0000\ndata 4\nedit\n", 1_700_000_000+i*60)
		if i == 0 {
			stream.WriteString("from refs/heads/main^0\n")
		}
		fmt.Fprintf(&stream, "M 644 inline Folder%d/Page%d.md\ndata %d\n%s\n", page%10, page, len(texts[page]), texts[page])
	}
	g := f.MustGit(b, "garden")
	g.feed(b, stream.String())
	start := time.Now()
	s := MustOwn(b, w)
	indexed := time.Since(start)
	name, file := MustName(b, "Folder7/Page7"), "Folder7/Page7.md"
	var ours, git, blame, gitBlame, log []time.Duration
	for b.Loop() {
		start := time.Now()
		history, err := s.History(b.Context(), name, wiki.Newest, 1000)
		if ours = append(ours, time.Since(start)); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		out := g.run("log", "--format=%H", "--", file)
		if git = append(git, time.Since(start)); len(strings.Fields(out)) != len(history) {
			b.Fatalf("%d revisions, git has %d", len(history), len(strings.Fields(out)))
		}
		start = time.Now()
		lines, err := s.Blame(b.Context(), name, MustRevision(b, "HEAD"))
		if blame = append(blame, time.Since(start)); err != nil || len(lines) == 0 {
			b.Fatal(err)
		}
		start = time.Now()
		g.run("blame", "--porcelain", "HEAD", "--", file)
		gitBlame = append(gitBlame, time.Since(start))
		start = time.Now()
		if _, err := s.Changelog(b.Context(), wiki.Newest, 100); err != nil {
			b.Fatal(err)
		}
		log = append(log, time.Since(start))
	}
	b.ReportMetric(float64(median(ours).Microseconds()), "history-µs")
	b.ReportMetric(1/ratio(ours, git), "x-faster-than-git-log")
	b.ReportMetric(1/ratio(blame, gitBlame), "x-faster-than-git-blame")
	b.ReportMetric(float64(median(log).Microseconds()), "changelog-µs")
	b.ReportMetric(indexed.Seconds(), "index-s")
}

// BenchmarkVisit measures the beginning of a request, and a page with it.
func BenchmarkVisit(b *testing.B) {
	f := MustFarm(b, wiki.Config{})
	w := f.MustWiki(b, "garden", preferences.Private)
	MustSave(b, MustOwn(b, w), "Roses", prose(rand.New(rand.NewSource(1)), 500))
	name := MustName(b, "Roses")
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			MustOwn(b, w)
		}
	})
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			s := MustOwn(b, w)
			page, err := s.Page(b.Context(), name)
			if err == nil {
				_, err = s.Render(b.Context(), page)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkManyWikis visits 1,000 wikis at random with room for 64 open ones,
// reading their first pages, and compares with visits of one that stays open.
func BenchmarkManyWikis(b *testing.B) {
	const wikis, places = 1000, 64
	f := MustFarmOf(b, wiki.Config{}, places)
	ids := make([]tenant.ID, wikis)
	for i := range ids {
		var err error
		if ids[i], err = tenant.ParseID(fmt.Sprintf("wiki-%d", i)); err != nil {
			b.Fatal(err)
		}
		err = wiki.Create(b.Context(), f.fleet, ids[i], wiki.Founding{Owner: owner, Name: "A wiki", Visibility: preferences.Private})
		if err != nil {
			b.Fatal(err)
		}
	}
	read := func(id tenant.ID) time.Duration {
		start := time.Now()
		err := f.wikis.With(b.Context(), id, func(ctx context.Context, w *wiki.Wiki) error {
			s, err := w.Visit(ctx, wiki.Visitor{Account: owner.Account, Name: owner.Name, Owner: true})
			if err != nil {
				return err
			}
			page, err := s.Page(ctx, s.Home())
			if err == nil {
				_, err = s.Render(ctx, page)
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
	r := rand.New(rand.NewSource(1))
	var anywhere, stays []time.Duration
	for b.Loop() {
		anywhere = append(anywhere, read(ids[r.Intn(wikis)]))
		read(ids[0])
		stays = append(stays, read(ids[0]))
	}
	if open := f.wikis.Stats().Open; open > places {
		b.Fatalf("%d wikis are open, %d may be", open, places)
	}
	b.ReportMetric(float64(median(anywhere).Microseconds()), "µs/visit")
	b.ReportMetric(ratio(anywhere, stays), "x-open-one")
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapInuse)/(1<<20), "heap-MB")
}
