package wiki

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/tenant"
)

// Names in a wiki's home.
const (
	databaseFile = "wiki.db"
	repoDir      = "repo"
	incomingDir  = "incoming" // where pushes wait until they are accepted
)

// branch is the one that a new wiki's pages lie on.
const branch = "main"

// applicationID marks the databases of wikis: "Holw".
const applicationID = 0x486f6c77

//go:embed migrations/*.sql
var migrations embed.FS

// Kind describes the homes of wikis.
func Kind() (tenant.Kind, error) {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return tenant.Kind{}, err
	}
	steps, err := sqlite.ReadSteps(sub)
	if err != nil {
		return tenant.Kind{}, fmt.Errorf("read the schema of wikis: %w", err)
	}
	return tenant.Kind{
		Name:      "wikis",
		Databases: []tenant.Database{{File: databaseFile, Schema: sqlite.Schema{ApplicationID: applicationID, Steps: steps}}},
		Dirs:      []string{repoDir, incomingDir},
	}, nil
}
