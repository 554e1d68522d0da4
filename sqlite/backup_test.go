package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/holtdb/holt/sqlite"
)

func TestBackup(t *testing.T) {
	// None of these characters may mean anything in a file's name.
	for _, folder := range []string{"plain", "a?mode=memory", "b#c", "d%20e", "f g"} {
		t.Run(folder, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), folder)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			db := MustOpen(t, filepath.Join(dir, "live.db"), sqlite.Options{Schema: notes, Create: true})
			MustAdd(t, db, "otter")
			copied := filepath.Join(dir, "copy.db")
			if err := db.Backup(t.Context(), copied); err != nil {
				t.Fatal(err)
			}
			MustAdd(t, db, "later")
			restored := MustOpen(t, copied, sqlite.Options{Schema: notes})
			if n := MustCount(t, restored); n != 1 {
				t.Errorf("%d rows in the copy, want 1", n)
			}
			if err := restored.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
