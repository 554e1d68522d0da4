package tenant

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/holtdb/holt/sqlite"
)

// Kind describes a family of tenants: what every home of it contains.
type Kind struct {
	// Name is the folder of the kind in the data directory, such as "users".
	Name string
	// Databases are the tenant's SQLite files. The first is the primary one: it
	// says which home this is, and the others must agree with it.
	Databases []Database
	// Dirs are the folders of the tenant's files, made with the home.
	Dirs []string
	// Seed, when set, fills a home under construction: it runs before the home
	// has its name, and an error leaves nothing behind.
	Seed func(ctx context.Context, home *Home) error
}

// Database describes one SQLite file of a home.
type Database struct {
	File   string // file name, such as "pagepiper.db"
	Schema sqlite.Schema
	// Derived marks a database that can be rebuilt from the others. When its
	// file is missing, an empty one is made.
	Derived bool
}

// check reports what is wrong with a Kind, which is a mistake of the program.
func (k Kind) check() error {
	if !isPlainName(k.Name) || k.Name == trashDir || k.Name == buildDir {
		return fmt.Errorf("tenant kind: bad name %q", k.Name)
	}
	if len(k.Databases) == 0 {
		return errors.New("tenant kind: no database")
	}
	if k.Databases[0].Derived {
		return errors.New("tenant kind: the primary database is marked as derived")
	}
	for _, d := range k.Databases {
		if !isPlainName(d.File) || d.File == stateFile || d.File == lockFile || d.File == changeFile {
			return fmt.Errorf("tenant kind: bad database name %q", d.File)
		}
	}
	for _, dir := range k.Dirs {
		if !isPlainName(dir) {
			return fmt.Errorf("tenant kind: bad folder name %q", dir)
		}
	}
	return nil
}

func (k Kind) primary() Database { return k.Databases[0] }

func (k Kind) database(file string) (Database, error) {
	for _, d := range k.Databases {
		if d.File == file {
			return d, nil
		}
	}
	return Database{}, fmt.Errorf("kind %s has no database %q", k.Name, file)
}

func isPlainName(s string) bool {
	return s != "" && s[0] != '.' && !strings.ContainsAny(s, "/\\:\x00")
}
