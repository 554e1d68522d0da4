package index_test

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// MustDatabase makes an empty database of a wiki.
func MustDatabase(tb testing.TB) *sqlite.DB {
	tb.Helper()
	steps, err := sqlite.ReadSteps(os.DirFS("../migrations"))
	if err != nil {
		tb.Fatal(err)
	}
	db, err := sqlite.Open(tb.Context(), filepath.Join(tb.TempDir(), "wiki.db"), sqlite.Options{Create: true, Schema: sqlite.Schema{Steps: steps}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// git is a bare repository that the git program works on.
type git struct {
	tb        testing.TB
	dir, work string
	commits   int
}

// MustGit makes an empty one. Without a git program the test is skipped.
func MustGit(tb testing.TB) *git {
	tb.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		tb.Skip("there is no git program")
	}
	top := tb.TempDir()
	g := &git{tb: tb, dir: filepath.Join(top, "repo"), work: filepath.Join(top, "work")}
	if err := os.Mkdir(g.work, 0o777); err != nil {
		tb.Fatal(err)
	}
	g.run("init", "--quiet", "--bare", "--initial-branch=main", g.dir)
	return g
}

// run runs git and returns what it prints.
func (g *git) run(args ...string) string {
	g.tb.Helper()
	out, err := g.try(args...)
	if err != nil {
		g.tb.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func (g *git) try(args ...string) (string, error) { return g.feed("", args...) }

func (g *git) feed(input string, args ...string) (string, error) {
	c := exec.Command("git", args...)
	c.Stdin = strings.NewReader(input)
	date := fmt.Sprintf("%d +0100", 1_700_000_000+g.commits*60)
	c.Env = append(os.Environ(), "GIT_DIR="+g.dir, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.org", "GIT_COMMITTER_DATE="+date)
	if args[0] != "init" {
		c.Env = append(c.Env, "GIT_WORK_TREE="+g.work)
	}
	c.Dir = g.work
	var told strings.Builder
	c.Stderr = &told
	out, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s%s", err, told.String(), out)
	}
	return string(out), err
}

// write makes files of the work tree what they shall be; "" removes one.
func (g *git) write(files map[string]string) {
	g.tb.Helper()
	for name, text := range files {
		file := filepath.Join(g.work, name)
		if text == "" {
			if err := os.Remove(file); err != nil {
				g.tb.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			g.tb.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			g.tb.Fatal(err)
		}
	}
}

// commit commits files and returns the commit.
func (g *git) commit(message string, files map[string]string) string {
	g.tb.Helper()
	g.write(files)
	g.commits++
	g.run("add", "--all")
	g.run("commit", "--quiet", "--allow-empty", "--message="+message)
	return g.head()
}

func (g *git) head() string { return strings.TrimSpace(g.run("rev-parse", "HEAD")) }

// open opens the repository.
func (g *git) open() *repo.Repository {
	g.tb.Helper()
	r, err := repo.Open(g.dir)
	if err != nil {
		g.tb.Fatal(err)
	}
	g.tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			g.tb.Error(err)
		}
	})
	return r
}

// files returns the files of the work tree.
func (g *git) files() []string {
	return strings.Fields(g.run("ls-files"))
}

func (g *git) read(name string) []string {
	g.tb.Helper()
	text, err := os.ReadFile(filepath.Join(g.work, name))
	if err != nil {
		g.tb.Fatal(err)
	}
	return strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n")
}

// changeful makes random commits. Every line that it writes is unlike all
// others, so that there is one right answer to who wrote which.
type changeful struct {
	*git
	r     *rand.Rand
	lines int
}

func (c *changeful) line() string {
	c.lines++
	return fmt.Sprintf("line %d of [[Page%d]] and %x\n", c.lines, c.r.Intn(9), c.r.Int63())
}

// edit changes, adds and removes some lines of a text of at least one line.
func (c *changeful) edit(lines []string) string {
	var out []string
	for _, l := range lines {
		l = strings.TrimSuffix(l, "\n") + "\n"
		switch c.r.Intn(12) {
		case 0:
			out = append(out, c.line(), l)
		case 1:
			out = append(out, c.line())
		case 2:
		default:
			out = append(out, l)
		}
	}
	return strings.Join(append(out, c.line()), "")
}

func (c *changeful) fresh() string {
	var text strings.Builder
	for range 12 + c.r.Intn(10) {
		text.WriteString(c.line())
	}
	return text.String()
}

// step makes one commit.
func (c *changeful) step() {
	files := c.files()
	name := fmt.Sprintf("Page%d.md", c.r.Intn(9))
	if c.r.Intn(3) == 0 {
		name = fmt.Sprintf("Folder/Page%d.md", c.r.Intn(9))
	}
	change := make(map[string]string)
	kind := c.r.Intn(10)
	if len(files) < 4 {
		kind = 0
	}
	some := func() string { return files[c.r.Intn(len(files))] }
	switch kind {
	case 0, 1:
		change[name] = c.fresh()
	case 2:
		change[some()] = ""
	case 3, 4: // renamed, perhaps with an edit
		old := some()
		to := fmt.Sprintf("Moved/Page%d%s", c.lines, filepath.Ext(old))
		change[old], change[to] = "", strings.Join(c.read(old), "")+"\n"
		if kind == 4 && filepath.Ext(old) == ".md" { // other files are known by their content alone
			change[to] += c.line()
		}
	case 5:
		change[fmt.Sprintf("Folder/file%d.txt", c.r.Intn(4))] = c.fresh()
	default:
		for range 1 + c.r.Intn(2) {
			f := some()
			change[f] = c.edit(c.read(f))
		}
	}
	c.commit(fmt.Sprint("step ", c.commits), change)
}

// fork lets two lines of history grow and merges them.
func (c *changeful) fork() {
	c.run("branch", "--force", "side")
	for range 1 + c.r.Intn(3) {
		c.step()
	}
	c.run("checkout", "--quiet", "side")
	for range 1 + c.r.Intn(3) {
		c.step()
	}
	c.run("checkout", "--quiet", "main")
	c.commits++
	if _, err := c.try("merge", "--quiet", "--no-ff", "--message=merge", "side"); err != nil {
		c.run("reset", "--quiet", "--hard")
		if _, err := c.try("merge", "--quiet", "--no-ff", "--strategy=ours", "--message=merge ours", "side"); err != nil {
			c.tb.Fatal(err)
		}
	}
}

// MustFollow brings an index along.
func MustFollow(tb testing.TB, x *index.Index) index.State {
	tb.Helper()
	if err := x.Follow(tb.Context(), source.TextFirst); err != nil {
		tb.Fatal(err)
	}
	s, err := x.State(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// dump returns what an index holds, in an order that does not depend on the
// numbers that it gave.
func dump(tb testing.TB, db *sqlite.DB) string {
	tb.Helper()
	var out strings.Builder
	for _, query := range []string{
		"SELECT 'state', head, style FROM state",
		"SELECT 'commit', hash, parent, name, email, at, message FROM commits ORDER BY hash",
		`SELECT 'change', p.path, c.hash, h.blob, h.old, coalesce(s.path, ''), h.added, h.removed FROM changes h JOIN paths p ON p.id = h.path
			JOIN commits c USING (seq) LEFT JOIN paths s ON s.id = h.source ORDER BY 2, 3`,
		"SELECT 'page', path, fold, title, category, blob, c.hash, words, text FROM pages LEFT JOIN commits c USING (seq) ORDER BY path",
		"SELECT 'tag', t.fold, t.tag, p.path FROM tags t JOIN pages p ON p.id = t.page ORDER BY 2, 4",
		"SELECT 'link', p.path, l.fold, l.path FROM links l JOIN pages p ON p.id = l.page ORDER BY 2, 3",
		"SELECT 'file', path, page, blob, size, c.hash FROM attachments LEFT JOIN commits c USING (seq) ORDER BY path",
	} {
		dumpQuery(tb, db, &out, query)
	}
	return out.String()
}

func dumpQuery(tb testing.TB, db *sqlite.DB, out *strings.Builder, query string) {
	tb.Helper()
	rows, err := db.Reader().QueryContext(context.Background(), query)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	values := make([]any, len(names))
	for i := range values {
		values[i] = new(any)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			tb.Fatal(err)
		}
		for _, v := range values {
			fmt.Fprintf(out, "%v|", *v.(*any))
		}
		out.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
}
