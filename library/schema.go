package library

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/tenant/queue"
)

// What a home contains.
const (
	mainFile    = "pagepiper.db"
	vectorsFile = "pagepiper_vecs.db"
	uploadsDir  = "uploads"
	booksDir    = "books"
	cacheDir    = "cache"
)

// Application ids of the two database files: "HoLi" and "HoVe".
const (
	mainApplication    = 0x486f4c69
	vectorsApplication = 0x486f5665
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed vectors/*.sql
var vectorMigrations embed.FS

// Kind describes the homes of libraries: one per user, below users/.
func Kind() (tenant.Kind, error) {
	steps, err := readSteps(migrations, "migrations")
	if err != nil {
		return tenant.Kind{}, err
	}
	vectorSteps, err := readSteps(vectorMigrations, "vectors")
	if err != nil {
		return tenant.Kind{}, err
	}
	main := sqlite.Schema{ApplicationID: mainApplication, Steps: append([]string{queue.Schema()}, steps...)}
	vectors := sqlite.Schema{ApplicationID: vectorsApplication, Steps: vectorSteps}
	return tenant.Kind{
		Name: "users",
		Databases: []tenant.Database{
			{File: mainFile, Schema: main},
			{File: vectorsFile, Schema: vectors, Derived: true},
		},
		Dirs: []string{uploadsDir, booksDir, cacheDir},
	}, nil
}

func readSteps(files fs.FS, dir string) ([]string, error) {
	sub, err := fs.Sub(files, dir)
	if err != nil {
		return nil, fmt.Errorf("schema of libraries: %w", err)
	}
	steps, err := sqlite.ReadSteps(sub)
	if err != nil {
		return nil, fmt.Errorf("schema of libraries: %w", err)
	}
	return steps, nil
}
