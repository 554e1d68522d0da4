// Package index keeps what a wiki's database knows of its repository: every
// commit and what it changed, the pages and attachments at the head of the
// branch, their words, links and tags. All of it follows from the repository
// and is made again when it does not fit.
package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// ErrNotFound means that the index has no such page, commit or change.
var ErrNotFound = errors.New("not in the wiki")

// MaxPageBytes is the size above which a Markdown file is no page: it is listed
// among the attachments.
const MaxPageBytes = 1 << 20

// Index is the index of one wiki. It is safe for concurrent use.
type Index struct {
	db        *sqlite.DB
	repo      *repo.Repository
	following sync.Mutex // held while the index is brought up to date
}

// New returns the index that lies in db and describes r.
func New(db *sqlite.DB, r *repo.Repository) *Index { return &Index{db: db, repo: r} }

// State says what the database holds at a moment.
type State struct {
	Settings int64     // grows with every change of preferences, users and rules
	Head     repo.Hash // the commit that the index describes
	Names    int64     // grows when a page or an attachment comes, goes or gets another title
	Style    source.WikilinkStyle
}

// State reads the state: one look-up.
func (x *Index) State(ctx context.Context) (State, error) {
	s, err := readState(ctx, x.db.Prepared())
	if err != nil {
		return State{}, fmt.Errorf("read state of the index: %w", err)
	}
	return s, nil
}

func readState(ctx context.Context, q sqlite.Queryer) (State, error) {
	var s State
	var head string
	err := q.QueryRowContext(ctx, "SELECT settings, head, names, style FROM state").Scan(&s.Settings, &head, &s.Names, &s.Style)
	if err != nil {
		return State{}, err
	}
	if head != "" {
		s.Head, err = repo.ParseHash(head)
	}
	return s, err
}

// hex is how a hash is stored: "" for none.
func hex(h repo.Hash) string {
	if h.IsZero() {
		return ""
	}
	return h.String()
}

func parseHex(text string) (repo.Hash, error) {
	if text == "" {
		return repo.Hash{}, nil
	}
	return repo.ParseHash(text)
}

func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
