package wiki

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// Rename gives a page another name, and with it everything below: subpages and
// attachments.
type Rename struct {
	From, To Name
	// KeepLinks leaves links on other pages as they are.
	KeepLinks bool
	Message   string
}

// Renamed says what a rename did.
type Renamed struct {
	Revision repo.Hash
	To       Name
	Files    int      // that were moved
	Rewrote  []string // pages whose links were changed
}

// Rename moves a page, its attachments and what lies below it in one commit,
// and points the links of all pages to the new name. The visitor must be
// allowed to write all that moves; links on pages that the visitor may not
// write stay. It fails with [ErrExists] and the errors of [Session.Save].
func (s *Session) Rename(ctx context.Context, r Rename) (Renamed, error) {
	if r.From.IsZero() || r.To.IsZero() {
		return Renamed{}, invalid("a page needs a name")
	}
	if err := s.need(r.From.path, access.Write); err != nil {
		return Renamed{}, err
	}
	if err := s.need(r.To.path, access.Write); err != nil {
		return Renamed{}, err
	}
	var done Renamed
	hash, err := s.commit(ctx, func(ctx context.Context) (plan, error) {
		done = Renamed{To: r.To}
		return s.planRename(ctx, r, &done)
	})
	done.Revision = hash
	return done, err
}

func (s *Session) planRename(ctx context.Context, r Rename, done *Renamed) (plan, error) {
	from, err := s.called(ctx, r.From)
	if err != nil {
		return plan{}, err
	}
	if from == r.To {
		return plan{}, fmt.Errorf("%w: the new name is the old one", ErrUnchanged)
	}
	moves, err := s.moves(ctx, from.path, r.To.path)
	if err != nil {
		return plan{}, err
	}
	if len(moves) == 0 {
		return plan{}, missing(r.From)
	}
	p := plan{message: r.Message}
	if strings.TrimSpace(p.message) == "" {
		p.message = fmt.Sprintf("Renamed %s to %s", from, r.To)
	}
	p.edits = edits(moves)
	done.Files = len(moves)
	rewritten, err := s.rewrite(ctx, moves, !r.KeepLinks)
	if err != nil {
		return plan{}, err
	}
	for _, page := range rewritten {
		done.Rewrote = append(done.Rewrote, page.name)
		p.edits = place(p.edits, page.file, page.text)
	}
	return p, nil
}

// edits moves files. A page that goes below itself takes the place of one that
// moves on.
func edits(moves []move) []repo.Edit {
	filled := make(map[repo.Path]bool, len(moves))
	for _, m := range moves {
		filled[m.to] = true
	}
	var edits []repo.Edit
	for _, m := range moves {
		edits = append(edits, repo.Edit{Path: m.to, Blob: m.blob})
		if !filled[m.from] {
			edits = append(edits, repo.Edit{Path: m.from, Delete: true})
		}
	}
	return edits
}

// place sets the content of a file among edits.
func place(edits []repo.Edit, file repo.Path, text []byte) []repo.Edit {
	for i := range edits {
		if edits[i].Path == file && !edits[i].Delete {
			edits[i] = repo.Edit{Path: file, Content: text}
			return edits
		}
	}
	return append(edits, repo.Edit{Path: file, Content: text})
}

// move is a file on its way to another path.
type move struct {
	from, to repo.Path
	blob     repo.Hash
}

// moves lists the files of a page and all below, with their new paths, which
// must be free.
func (s *Session) moves(ctx context.Context, from, to string) ([]move, error) {
	files, err := s.w.repo.Files(ctx, s.head)
	if err != nil {
		return nil, err
	}
	taken := make(map[string]bool, len(files))
	var moves []move
	for _, f := range files {
		old := f.Path.String()
		rest, ok := strings.CutPrefix(old, from)
		if !ok || rest != ".md" && !strings.HasPrefix(rest, "/") {
			taken[index.Fold(old)] = true
			continue
		}
		if err := s.needBelow(old, access.Write); err != nil {
			return nil, err
		}
		target, err := repo.ParsePath(to + rest)
		if err != nil {
			return nil, invalid("“%s” would get a name that is too long", shorten(old))
		}
		if err := s.needBelow(target.String(), access.Write); err != nil {
			return nil, err
		}
		moves = append(moves, move{f.Path, target, f.Blob})
	}
	for _, m := range moves {
		if taken[index.Fold(m.to.String())] {
			return nil, fmt.Errorf("%w: “%s”", ErrExists, m.to)
		}
	}
	return moves, nil
}

// rewrittenPage is a page with other links.
type rewrittenPage struct {
	name string
	file repo.Path // after the move
	text []byte
}

// rewrite points links to where files will be: those of pages that move, since
// relative links start from another place, and those of others if they are to
// follow.
func (s *Session) rewrite(ctx context.Context, moves []move, others bool) ([]rewrittenPage, error) {
	to := make(map[string]string) // by folded path of page or file
	for _, m := range moves {
		to[index.Fold(trimPage(m.from.String()))] = trimPage(m.to.String())
	}
	style := linkStyle(s.settings.preferences)
	var pages []rewrittenPage
	var failed error
	err := s.w.index.EachText(ctx, func(p index.Page, text string) bool {
		after, moving := to[index.Fold(p.Path)]
		if !moving {
			after = p.Path
			if !others || !s.view.Can(p.Path, access.Write) {
				return true
			}
		}
		changed := source.Rewrite([]byte(text), style, func(l source.Link) (string, bool) {
			return pointed(l, p.Path, after, to)
		})
		if string(changed) == text {
			return true
		}
		file, err := repo.ParsePath(index.FileOf(after))
		if err != nil {
			failed = err
			return false
		}
		pages = append(pages, rewrittenPage{name: after, file: file, text: changed})
		return true
	})
	return pages, errors.Join(err, failed)
}

// pointed returns the new target of a link on a page, when it has to change.
func pointed(l source.Link, before, after string, to map[string]string) (string, bool) {
	target, _, ok := l.Resolve(before)
	if !ok || target == "" {
		return "", false
	}
	want := target
	if moved, ok := to[index.Fold(target)]; ok {
		want = moved
	}
	if want == target && before == after {
		return "", false
	}
	pointed := l.Point(after, want)
	return pointed, pointed != l.Target
}

// trimPage drops the suffix of a page's file.
func trimPage(file string) string { return strings.TrimSuffix(file, ".md") }
