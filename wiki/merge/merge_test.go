package merge_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/holtdb/holt/wiki/merge"
)

func TestMerge(t *testing.T) {
	for _, c := range []struct{ name, base, ours, theirs, want string }{
		{"apart", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"},
		{"same change", "a\nb\n", "a\nX\n", "a\nX\n", "a\nX\n"},
		{"same and more", "a\nb\nc\nd\n", "X\nb\nc\nd\n", "X\nb\nc\nY\n", "X\nb\nc\nY\n"},
		{"from nothing", "", "a\n", "", "a\n"},
		{"all deleted", "a\nb\n", "", "a\nb\n", ""},
		{"insertions apart", "a\nb\n", "x\na\nb\n", "a\nb\ny\n", "x\na\nb\ny\n"},
		{"windows lines on one side", "a\nb\nc\n", "a\r\nb\r\nc\r\n", "a\nb\nX\n", "a\r\nb\r\nX\n"},
		{"windows lines kept", "a\r\nb\r\nc\r\n", "A\r\nb\r\nc\r\n", "a\r\nb\r\nC\r\n", "A\r\nb\r\nC\r\n"},
		{"newline at the end added", "a\nb\nc", "a\nb\nc\n", "A\nb\nc", "A\nb\nc\n"},
		{"newline removed and line added", "a\nb\n", "a\nb", "a\nb\nc\n", "a\nb\nc\n"},
		{"no newline in windows text", "a\r\nb", "a\r\nb", "a\r\nb\r\nc", "a\r\nb\r\nc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := merge.Merge([]byte(c.base), []byte(c.ours), []byte(c.theirs))
			if !got.Clean() || string(got.Text) != c.want {
				t.Errorf("got %q with %d conflicts, want %q", got.Text, len(got.Conflicts), c.want)
			}
			if marked := got.Marked("x", "y"); string(marked) != c.want {
				t.Errorf("marked: %q", marked)
			}
		})
	}
}

func TestConflicts(t *testing.T) {
	for _, c := range []struct{ name, base, ours, theirs, want string }{
		{"same line", "a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n", "a\n<<<<<<< me\nX\n=======\nY\n>>>>>>> them\nc\n"},
		{"next line", "a\nb\nc\nd\n", "a\nX\nc\nd\n", "a\nb\nY\nd\n", "a\n<<<<<<< me\nX\nc\n=======\nb\nY\n>>>>>>> them\nd\n"},
		{"both insert", "a\n", "a\nX\n", "a\nY\n", "a\n<<<<<<< me\nX\n=======\nY\n>>>>>>> them\n"},
		{"common ends", "a\n", "1\nX\n2\n", "1\nY\n2\n", "1\n<<<<<<< me\nX\n=======\nY\n>>>>>>> them\n2\n"},
		{"delete and change", "a\nb\nc\n", "a\nc\n", "a\nB\nc\n", "a\n<<<<<<< me\n=======\nB\n>>>>>>> them\nc\n"},
		{"no newline", "a", "X", "Y", "<<<<<<< me\nX\n=======\nY\n>>>>>>> them\n"},
		{"windows lines", "a\r\nb\r\n", "a\r\nX\r\n", "a\r\nY\r\n", "a\r\n<<<<<<< me\r\nX\r\n=======\r\nY\r\n>>>>>>> them\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := merge.Merge([]byte(c.base), []byte(c.ours), []byte(c.theirs))
			if got.Clean() || got.Text != nil || string(got.Marked("me", " them\n")) != c.want {
				t.Errorf("got %q, %q", got.Text, got.Marked("me", " them\n"))
			}
		})
	}
}

func TestConflictsNameTheirLines(t *testing.T) {
	got := merge.Merge([]byte("1\n2\n3\n4\n5\n"), []byte("0\n1\n2\nX\n4\n5\n"), []byte("1\n2\nY\nZ\n4\n5\n"))
	want := []merge.Conflict{{BaseStart: 3, OursStart: 4, TheirsStart: 3, Base: []string{"3\n"}, Ours: []string{"X\n"}, Theirs: []string{"Y\n", "Z\n"}}}
	if !reflect.DeepEqual(got.Conflicts, want) {
		t.Errorf("got %+v", got.Conflicts)
	}
	text := got.Resolve(func(i int, c merge.Conflict) []string { return append(c.Theirs, fmt.Sprintf("%d", i)) })
	if string(text) != "0\n1\n2\nY\nZ\n0\n4\n5\n" {
		t.Errorf("resolved to %q", text)
	}
}

// page returns a text of n lines, of which one in blank is empty.
func page(r *rand.Rand, n, words, blank int) []string {
	lines := make([]string, n)
	for i := range lines {
		if lines[i] = fmt.Sprintf("line %d\n", r.IntN(words)); r.IntN(blank) == 0 {
			lines[i] = "\n"
		}
	}
	return lines
}

// edit returns the lines with some changed.
func edit(r *rand.Rand, lines []string, times, words int) []byte {
	lines = slices.Clone(lines)
	for range times {
		at := r.IntN(len(lines) + 1)
		end := min(len(lines), at+r.IntN(3))
		lines = slices.Replace(lines, at, end, page(r, r.IntN(3), words, 5)...)
	}
	text := strings.Join(lines, "")
	if r.IntN(10) == 0 {
		text = strings.TrimSuffix(text, "\n")
	}
	return []byte(text)
}

// TestGit compares with git merge-file: what it merges is merged to the same
// text, and nothing is merged that it finds in conflict.
func TestGit(t *testing.T) {
	program, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git program")
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	clean := 0
	for range 400 {
		base := page(r, 5+r.IntN(60), 1_000_000, 4)
		texts := [][]byte{edit(r, base, 1+r.IntN(4), 1_000_000), []byte(strings.Join(base, "")), edit(r, base, 1+r.IntN(4), 1_000_000)}
		args := []string{"merge-file", "-p", "-q"}
		for i, text := range texts {
			name := filepath.Join(dir, fmt.Sprint(i))
			if err := os.WriteFile(name, text, 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, name)
		}
		out, err := exec.Command(program, args...).Output()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		got := merge.Merge(texts[1], texts[0], texts[2])
		switch {
		case err == nil && !got.Clean():
			t.Errorf("git merges what is a conflict here:\n%s", got.Marked("ours", "theirs"))
		case err == nil && !bytes.Equal(got.Text, out):
			t.Errorf("merged to %q, by git to %q", got.Text, out)
		case err != nil && got.Clean() && endings(texts) == 3:
			t.Errorf("git finds a conflict in what was merged to %q:\n%s", got.Text, out)
		}
		if err == nil {
			clean++
		}
	}
	if clean < 100 || clean > 350 {
		t.Errorf("%d of 400 cases are clean: the cases say little", clean)
	}
}

// endings counts the texts that end with a newline.
func endings(texts [][]byte) int {
	n := 0
	for _, text := range texts {
		if len(text) == 0 || text[len(text)-1] == '\n' {
			n++
		}
	}
	return n
}

// check holds what is true of any merge.
func check(t *testing.T, base, x, y []byte) {
	t.Helper()
	for _, c := range []struct {
		name               string
		ours, theirs, want []byte
	}{{"only ours", x, base, x}, {"only theirs", base, y, y}, {"both alike", x, x, x}} {
		if got := merge.Merge(base, c.ours, c.theirs); !got.Clean() || !bytes.Equal(got.Text, c.want) {
			t.Fatalf("%s: %q, %q on %q give %q", c.name, c.ours, c.theirs, base, got.Text)
		}
	}
	one, other := merge.Merge(base, x, y), merge.Merge(base, y, x)
	if len(one.Conflicts) != len(other.Conflicts) {
		t.Fatalf("%d conflicts, swapped %d", len(one.Conflicts), len(other.Conflicts))
	}
	for i, c := range one.Conflicts {
		c.Ours, c.Theirs, c.OursStart, c.TheirsStart = c.Theirs, c.Ours, c.TheirsStart, c.OursStart
		if d := other.Conflicts[i]; !slices.Equal(c.Base, d.Base) || !slices.Equal(c.Ours, d.Ours) || !slices.Equal(c.Theirs, d.Theirs) || c.BaseStart != d.BaseStart || c.OursStart != d.OursStart || c.TheirsStart != d.TheirsStart {
			t.Fatalf("conflict %d is %+v, swapped %+v", i, c, d)
		}
	}
	// Swapped, only the ending of a line may differ that both sides changed.
	trim := func(text []byte) []byte {
		return bytes.TrimSuffix(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n"))
	}
	if one.Clean() && !bytes.Equal(trim(one.Text), trim(other.Text)) {
		t.Fatalf("%q, %q on %q give %q, swapped %q", x, y, base, one.Text, other.Text)
	}
	one.Marked("x", "y")
}

func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		words := 1 + r.IntN(20)
		base := page(r, r.IntN(20), words, 4)
		check(t, edit(r, base, 0, 1), edit(r, base, r.IntN(4), words), edit(r, base, r.IntN(4), words))
	}
}

func FuzzMerge(f *testing.F) {
	f.Add([]byte("a\nb\nc\n"), []byte("a\nx\nc\n"), []byte("a\nb\nc\nd"))
	f.Add([]byte("a\r\nb"), []byte("a\nb\n"), []byte("\r\r\na"))
	f.Fuzz(check)
}

func BenchmarkMerge(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	base := page(r, 2000, 1_000_000, 3)
	text := []byte(strings.Join(base, ""))
	x, y := edit(r, base, 10, 1_000_000), edit(r, base, 10, 1_000_000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		merge.Merge(text, x, y)
	}
}
