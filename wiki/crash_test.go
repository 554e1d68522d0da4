package wiki_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki"
	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/preferences"
)

// crashData names the environment variable with the data directory of the child
// that is killed.
const crashData = "HOLT_TEST_CRASH_DATA"

// TestCrash_Child saves until it is killed; it is no test of its own.
func TestCrash_Child(t *testing.T) {
	data := os.Getenv(crashData)
	if data == "" {
		t.Skip("runs as the child of TestCrash")
	}
	kind, err := wiki.Kind()
	if err != nil {
		t.Fatal(err)
	}
	fleet, err := tenant.OpenFleet(data, kind)
	if err != nil {
		t.Fatal(err)
	}
	var cfg wiki.Config
	if cfg.Markdown, err = markdown.New(); err != nil {
		t.Fatal(err)
	}
	id, err := tenant.ParseID("garden")
	if err != nil {
		t.Fatal(err)
	}
	registry := tenant.NewRegistry(fleet, func(ctx context.Context, home *tenant.Home) (*wiki.Wiki, error) { return wiki.Open(ctx, home, cfg) }, tenant.Options{})
	h, err := registry.Acquire(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		name := fmt.Sprint("Page", n%7)
		MustSave(t, MustOwn(t, h.Value()), name, fmt.Sprintf("words number%d\n", n))
		fmt.Println("saved", name, n)
	}
}

// TestCrash kills a process that saves, several times, and looks for every save
// that it acknowledged.
func TestCrash(t *testing.T) {
	f := MustFarm(t, wiki.Config{})
	id, err := tenant.ParseID("garden")
	if err != nil {
		t.Fatal(err)
	}
	if err := wiki.Create(t.Context(), f.fleet, id, wiki.Founding{Owner: owner, Name: "garden", Visibility: preferences.Private}); err != nil {
		t.Fatal(err)
	}
	acknowledged := make(map[string]string)
	for round := range 4 {
		child := exec.Command(os.Args[0], "-test.run=^TestCrash_Child$", "-test.timeout=2m")
		child.Env = append(os.Environ(), crashData+"="+f.data)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); {
			if fields := strings.Fields(lines.Text()); len(fields) == 3 && fields[0] == "saved" {
				acknowledged[fields[1]] = fields[2]
				if n++; n == 10+7*round { // then it is in the middle of the next one
					if err := child.Process.Kill(); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		f.checkSaved(t, id, acknowledged)
	}
}

// checkSaved opens the wiki anew. A save that was not acknowledged may be there
// as well: then it is a later one.
func (f *farm) checkSaved(t *testing.T, id tenant.ID, acknowledged map[string]string) {
	t.Helper()
	registry := tenant.NewRegistry(f.fleet, func(ctx context.Context, home *tenant.Home) (*wiki.Wiki, error) {
		return wiki.Open(ctx, home, wiki.Config{})
	}, tenant.Options{})
	err := registry.With(t.Context(), id, func(ctx context.Context, w *wiki.Wiki) error {
		s := MustOwn(t, w)
		for name, number := range acknowledged {
			var got, want int
			if _, err := fmt.Sscanf(textOf(t, s, name), "words number%d", &got); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if _, err := fmt.Sscan(number, &want); err != nil {
				return err
			}
			history, err := s.History(ctx, MustName(t, name), wiki.Newest, 1)
			if err != nil || got != want && got != want+7 || history[0].Hash.IsZero() {
				t.Errorf("%s has save %d, %d was acknowledged, %v", name, got, want, err)
			}
			if found, err := s.Search(ctx, fmt.Sprint("number", got), 10); err != nil || len(found.Hits) != 1 {
				t.Errorf("save %d is not found: %+v, %v", got, found, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := registry.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
