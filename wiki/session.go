package wiki

import (
	"context"
	"errors"
	"fmt"

	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/index"
	"github.com/holtdb/holt/wiki/preferences"
	"github.com/holtdb/holt/wiki/repo"
	"github.com/holtdb/holt/wiki/source"
)

// Visitor is who comes to a wiki, as the platform proved it.
type Visitor struct {
	Account string // stable id; "" when nobody is signed in
	Draft   string // whose drafts: the account, or a secret of a visitor without one; "" for none
	Name    string // written to commits and shown
	Email   string // written to commits
	Owner   bool   // the platform knows the account as the wiki's owner
	// Proxy and Limit are as in [access.Caller].
	Proxy *access.Set
	Limit *access.Set
	// Ceiling is what the platform takes away from everybody.
	Ceiling access.Ceiling
	// Root is the address of the wiki without a slash at its end, such as
	// "/w/garden" or "".
	Root string
}

// Session is one visitor in a wiki for the time of a request. Its settings and
// the commit that it reads are of one moment. It does nothing that the visitor
// may not do: methods fail with [ErrForbidden], or with [ErrNotFound] where the
// visitor may not know.
type Session struct {
	w        *Wiki
	visitor  Visitor
	settings *settings
	view     access.View
	head     repo.Hash
	names    int64
}

// Visit begins a session. It notices what other processes did: new settings,
// and commits that were pushed.
func (w *Wiki) Visit(ctx context.Context, v Visitor) (*Session, error) {
	state, set, err := w.look(ctx)
	if errors.Is(err, tenant.ErrOverQuota) {
		// The index has no room to follow: what it describes can still be read.
		w.log.Warn("the index could not follow the branch", "tenant", w.ID(), "error", err)
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("visit wiki: %w", err)
	}
	c := access.Caller{Account: v.Account, Owner: v.Owner, Proxy: v.Proxy, Limit: v.Limit}
	if m, ok := set.members[v.Account]; ok && v.Account != "" {
		c.Member = &m
	}
	return &Session{
		w: w, visitor: v, settings: set, head: state.Head, names: state.Names,
		view: access.NewView(set.preferences.Permissions.Levels, set.rules, c, v.Ceiling),
	}, nil
}

// look returns the state of the database when it describes the head of the
// branch, and the settings. When the index has no room to follow, it returns
// them together with the error.
func (w *Wiki) look(ctx context.Context) (index.State, *settings, error) {
	for {
		state, err := w.index.State(ctx)
		if err != nil {
			return index.State{}, nil, err
		}
		set, err := w.loadSettings(ctx, state.Settings)
		if err != nil {
			return index.State{}, nil, err
		}
		head, err := w.repo.Head(ctx)
		if err != nil {
			return index.State{}, nil, err
		}
		style := linkStyle(set.preferences)
		w.usage.isAt(head)
		if head == state.Head && style == state.Style {
			return state, set, nil
		}
		if err := w.index.Follow(ctx, style); err != nil {
			return state, set, w.translate(err)
		}
	}
}

// Wiki returns the wiki that the session is in.
func (s *Session) Wiki() *Wiki { return s.w }

// Visitor returns who the session is of.
func (s *Session) Visitor() Visitor { return s.visitor }

// View returns what the visitor may do.
func (s *Session) View() access.View { return s.view }

// Preferences returns the settings of the wiki.
func (s *Session) Preferences() preferences.Preferences { return s.settings.preferences }

// Settings returns a number that grows with every change of preferences, members
// and rules.
func (s *Session) Settings() int64 { return s.settings.version }

// Head returns the commit that the session reads, the zero value for an empty
// repository.
func (s *Session) Head() repo.Hash { return s.head }

// need checks the visitor's permission for a page. Whoever may not even read it
// is told that it does not exist.
func (s *Session) need(path string, need access.Set) error {
	have := s.view.At(path)
	switch {
	case have.Has(need):
		return nil
	case !have.Has(access.Read):
		return fmt.Errorf("%w: no page “%s”", ErrNotFound, shorten(path))
	}
	return &Forbidden{Need: need, Reason: s.view.Reason()}
}

// needSome checks that there is something that the visitor may read: lists then
// show that.
func (s *Session) needSome() error {
	if s.view.Somewhere().Has(access.Read) {
		return nil
	}
	return &Forbidden{Need: access.Read, Reason: s.view.Reason()}
}

// needBelow checks the visitor's permission for a file that goes along with
// something else. It says nothing of the file where the visitor may not know.
func (s *Session) needBelow(file string, need access.Set) error {
	if s.view.Can(pageOfFile(file), need) {
		return nil
	}
	if s.canReadFile(file) {
		return s.need(pageOfFile(file), need)
	}
	return &Forbidden{Need: need, Reason: "This touches what you may not change."}
}

// needWide checks a permission for the wiki as a whole.
func (s *Session) needWide(need access.Set) error {
	if s.view.Base().Has(need) {
		return nil
	}
	return &Forbidden{Need: need, Reason: s.view.Reason()}
}

// canRead reports whether the visitor may read the page of a path.
func (s *Session) canRead(page string) bool { return s.view.Can(page, access.Read) }

// canReadFile is canRead for a file: a page's own, or an attachment.
func (s *Session) canReadFile(file string) bool { return s.canRead(pageOfFile(file)) }

// linkStyle is how wikilinks are read.
func linkStyle(p preferences.Preferences) source.WikilinkStyle {
	if p.Content.WikilinkStyle == preferences.LinkTitle {
		return source.PageFirst
	}
	return source.TextFirst
}
