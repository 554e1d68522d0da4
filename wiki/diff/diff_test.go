package diff_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/diff"
)

// apply rebuilds the new text from the old one and the hunks.
func apply(t *testing.T, a []byte, hunks []diff.Hunk) string {
	t.Helper()
	old := diff.Split(a)
	var out strings.Builder
	at := 0
	for _, h := range hunks {
		start := h.OldStart - 1
		if h.OldCount == 0 {
			start++
		}
		for ; at < start; at++ {
			out.WriteString(old[at])
		}
		for _, line := range h.Lines {
			if line.Kind == diff.Added {
				writeLine(&out, line)
				continue
			}
			if at != line.Old-1 || line.Text != strings.TrimSuffix(old[at], "\n") {
				t.Fatalf("line %d is %.100q, the hunk says line %d is %.100q", at+1, old[at], line.Old, line.Text)
			}
			if at++; line.Kind == diff.Same {
				writeLine(&out, line)
			}
		}
	}
	for ; at < len(old); at++ {
		out.WriteString(old[at])
	}
	return out.String()
}

func writeLine(out *strings.Builder, line diff.Line) {
	out.WriteString(line.Text)
	if !line.NoNewline {
		out.WriteByte('\n')
	}
}

// randomText returns up to lines lines of an alphabet of words.
func randomText(r *rand.Rand, lines, words int) []byte {
	var b bytes.Buffer
	for range r.IntN(lines + 1) {
		fmt.Fprintf(&b, "line %d\n", r.IntN(words))
	}
	if r.IntN(4) == 0 {
		b.WriteString("no newline")
	}
	return b.Bytes()
}

// edit returns a text with some of its lines changed.
func edit(r *rand.Rand, text []byte, times, words int) []byte {
	lines := diff.Split(text)
	for range times {
		at := r.IntN(len(lines) + 1)
		end := min(len(lines), at+r.IntN(3))
		var new []string
		for range r.IntN(3) {
			new = append(new, fmt.Sprintf("line %d\n", r.IntN(words)))
		}
		lines = slices.Replace(lines, at, end, new...)
	}
	return []byte(strings.Join(lines, ""))
}

func TestLines(t *testing.T) {
	hunks := diff.Lines([]byte("a\nb\nc\nd\ne\nf\ng\nh\n"), []byte("a\nB\nc\nd\ne\nf\ng\nh\ni"), 1)
	var got []string
	for _, h := range hunks {
		got = append(got, fmt.Sprintf("@%d,%d %d,%d", h.OldStart, h.OldCount, h.NewStart, h.NewCount))
		for _, l := range h.Lines {
			got = append(got, fmt.Sprintf("%d %d %d %s %v", l.Kind, l.Old, l.New, l.Text, l.NoNewline))
		}
	}
	want := "@1,3 1,3; 0 1 1 a false; 1 2 0 b false; 2 0 2 B false; 0 3 3 c false; @8,1 8,2; 0 8 8 h false; 2 0 9 i true"
	if strings.Join(got, "; ") != want {
		t.Errorf("got %s", strings.Join(got, "; "))
	}
	if hunks := diff.Lines([]byte("a\n"), []byte("a\n"), 3); hunks != nil {
		t.Errorf("equal texts have %v", hunks)
	}
	if hunks := diff.Lines(nil, []byte("a\n"), 3); len(hunks) != 1 || hunks[0].OldStart != 0 || hunks[0].NewStart != 1 {
		t.Errorf("a new text has %+v", hunks)
	}
	if hunks := diff.Lines([]byte("a\nb\nc\nd\n"), []byte("a\nb\nc\nD\n"), -1); len(hunks) != 1 || len(hunks[0].Lines) != 5 {
		t.Errorf("with the whole text: %+v", hunks)
	}
}

func TestWordMarks(t *testing.T) {
	marked := func(line diff.Line) string {
		text := line.Text
		for _, m := range slices.Backward(line.Marks) {
			text = text[:m.Start] + "[" + text[m.Start:m.End] + "]" + text[m.End:]
		}
		return text
	}
	for _, c := range []struct{ old, new, want string }{
		{"the quick brown fox\n", "the slow brown fox\n", "the [quick] brown fox|the [slow] brown fox"},
		{"one two three four\n", "one three four\n", "one [two ]three four|one three four"},
		{"a b c d e f g h\n", "a b X Y e f g h\n", "a b [c d] e f g h|a b [X Y] e f g h"},
		{"nothing alike here\n", "completely other words\n", "nothing alike here|completely other words"},
		{"größer als\n", "größte als\n", "[größer] als|[größte] als"},
		{"first line, and\nsecond line\n", "first line,\nand third line\n", "first line,[ and]|[second] line|first line,|[and third] line"},
	} {
		var got []string
		for _, h := range diff.Lines([]byte(c.old), []byte(c.new), 0) {
			for _, l := range h.Lines {
				got = append(got, marked(l))
			}
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%q to %q: %s, want %s", c.old, c.new, s, c.want)
		}
	}
}

func TestAttribute(t *testing.T) {
	revisions := []string{"a\nb\nc\n", "a\nx\nc\n", "n\na\nx\nc\nc\n", "a\nx\nc\n"}
	want := []string{"111", "121", "31213", "121"}
	var owners []int
	last := ""
	for i, text := range revisions {
		owners = diff.Attribute(owners, []byte(last), []byte(text), i+1)
		last = text
		if got := strings.Trim(strings.ReplaceAll(fmt.Sprint(owners), " ", ""), "[]"); got != want[i] {
			t.Errorf("revision %d: %s, want %s", i+1, got, want[i])
		}
	}
	if got := diff.Attribute([]string{"me"}, []byte("a\nb\n"), []byte("a\nb\n"), "new"); !slices.Equal(got, []string{"me", "new"}) {
		t.Errorf("with too few owners: %q", got)
	}
}

// TestRandom proves on many pairs that a diff leads from one text to the other,
// and that its lines and counts agree.
func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 3000 {
		words := 2 + r.IntN(30)
		a := randomText(r, 40, words)
		b := edit(r, a, r.IntN(6), words)
		if i%5 == 0 {
			b = randomText(r, 40, words)
		}
		check(t, a, b, r.IntN(4))
	}
}

// check holds what is true of the differences of any two texts.
func check(t *testing.T, a, b []byte, context int) {
	t.Helper()
	hunks := diff.Lines(a, b, context)
	if got := apply(t, a, hunks); got != string(b) {
		t.Fatalf("%.500q to %.500q gives %.500q", a, b, got)
	}
	added, removed := 0, 0
	for _, h := range hunks {
		old, new := 0, 0
		for _, l := range h.Lines {
			last := 0
			for _, m := range l.Marks {
				if m.Start < last || m.End <= m.Start || m.End > len(l.Text) {
					t.Fatalf("%.200q has the marks %v", l.Text, l.Marks)
				}
				last = m.End
			}
			if l.Kind != diff.Added {
				old++
			}
			if l.Kind != diff.Removed {
				new++
			}
			switch l.Kind {
			case diff.Added:
				added++
			case diff.Removed:
				removed++
			}
		}
		if old != h.OldCount || new != h.NewCount {
			t.Fatalf("a hunk at %d counts %d and %d lines, it has %d and %d", h.OldStart, h.OldCount, h.NewCount, old, new)
		}
	}
	if x, y := diff.Stat(a, b); x != added || y != removed {
		t.Fatalf("Stat says +%d −%d, the lines +%d −%d", x, y, added, removed)
	}
	if owners := diff.Attribute(make([]int, len(diff.Split(a))), a, b, 1); len(owners) != len(diff.Split(b)) {
		t.Fatalf("%d owners for %d lines", len(owners), len(diff.Split(b)))
	}
}

// TestMinimal compares the size of a diff with that of a shortest one.
func TestMinimal(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		a, b := randomText(r, 30, 6), randomText(r, 30, 6)
		added, removed := diff.Stat(a, b)
		if want := shortest(diff.Split(a), diff.Split(b)); added+removed != want {
			t.Fatalf("%q to %q takes %d lines, the shortest %d", a, b, added+removed, want)
		}
	}
}

// shortest returns the number of lines of a shortest edit script.
func shortest(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return len(a) + len(b) - 2*row[len(b)]
}

func git(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git program")
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func mustWrite(t *testing.T, dir, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestGitAccepts lets git apply unified diffs, and compares the line statistics.
func TestGitAccepts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		dir := t.TempDir()
		words := 3 + r.IntN(40)
		a := append(randomText(r, 40, words), "end\n"...)
		b := edit(r, a, 1+r.IntN(5), words)
		if bytes.Equal(a, b) || len(b) == 0 {
			continue
		}
		const name = "a page.md"
		mustWrite(t, dir, name, a)
		mustWrite(t, dir, "new", b)
		out, _ := git(t, dir, "diff", "--no-index", "--numstat", "--minimal", "--", name, "new")
		added, removed := diff.Stat(a, b)
		if want := fmt.Sprintf("%d\t%d\t", added, removed); !strings.HasPrefix(out, want) {
			t.Errorf("git counts %q, Stat %q", out, want)
		}
		patch := diff.Unified("a/"+name, "b/"+name, a, b)
		mustWrite(t, dir, "patch", []byte(patch))
		if out, err := git(t, dir, "apply", "patch"); err != nil {
			t.Fatalf("git apply: %v: %s\n%s", err, out, patch)
		}
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, b) {
			t.Fatalf("applied to %q, %v; want %q", got, err, b)
		}
	}
}

func TestUnified(t *testing.T) {
	got := diff.Unified("a/x y", "b/\"q\"\x01ü", []byte("a\nb\n"), []byte("a\nc"))
	want := "--- a/x y\t\n+++ \"b/\\\"q\\\"\\001\\303\\274\"\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n"
	if got != want {
		t.Errorf("got %q", got)
	}
	if got := diff.Unified("/dev/null", "b/x", nil, []byte("a\n")); got != "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n" {
		t.Errorf("a new file: %q", got)
	}
	if got := diff.Unified("a", "b", []byte("x"), []byte("x")); got != "" {
		t.Errorf("equal texts: %q", got)
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\nc"), []byte("a\nc\n"), 1)
	f.Add([]byte("a\na\na\nb\n"), []byte("b\na\r\na"), -1)
	f.Add([]byte("ein wort\xff\n"), []byte("zwei wort\n\n"), 0)
	f.Fuzz(func(t *testing.T, a, b []byte, context int) { check(t, a, b, context) })
}
