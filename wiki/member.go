package wiki

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/access"
)

// Member is a row of the wiki's user table: somebody whom the wiki knows.
type Member struct {
	ID      int64
	Account string // the platform's account; "" for a row that came with a database and is nobody's yet
	Name    string
	Email   string // or another readable identity, such as a handle: for display, never to tell who it is
	access.Member
	FirstSeen, LastSeen time.Time
}

// Role is what a member may do, in a word.
type Role string

// The roles. Anything else is a choice of single permissions.
const (
	RoleViewer  Role = "viewer"  // reads, whatever the access levels grant to approved members
	RoleEditor  Role = "editor"  // reads, writes, uploads
	RoleAdmin   Role = "admin"   // all of it, and governs the wiki
	RoleWaiting Role = "waiting" // asked for access
	RoleCustom  Role = "custom"
)

// Flags returns the permissions of a role.
func (r Role) Flags() access.Member {
	switch r {
	case RoleViewer:
		return access.Member{Approved: true, Read: true, Viewer: true}
	case RoleEditor:
		return access.Member{Approved: true, Read: true, Write: true, Upload: true}
	case RoleAdmin:
		return access.Member{Approved: true, Admin: true, Read: true, Write: true, Upload: true}
	}
	return access.Member{}
}

// Set returns what a credential of this role allows at the most.
func (r Role) Set() access.Set {
	switch r {
	case RoleViewer:
		return access.Read
	case RoleEditor:
		return access.Read | access.Write | access.Upload
	case RoleAdmin:
		return access.All
	}
	return access.None
}

// RoleOf returns the role that permissions amount to.
func RoleOf(m access.Member) Role {
	for _, r := range []Role{RoleViewer, RoleEditor, RoleAdmin} {
		if m == r.Flags() {
			return r
		}
	}
	if m.Admin {
		return RoleAdmin
	}
	if m == (access.Member{}) {
		return RoleWaiting
	}
	return RoleCustom
}

// ErrLastAdmin means that a wiki would be left without anybody who governs it.
var ErrLastAdmin = errors.New("a wiki keeps at least one admin")

const selectMember = `SELECT id, coalesce(account, ''), coalesce(name, ''), coalesce(email, ''), is_approved, is_admin,
	allow_read, allow_write, allow_upload, viewer, coalesce(first_seen, ''), coalesce(last_seen, '') FROM user`

func scanMember(r sqlite.Row) (Member, error) {
	var m Member
	var first, last string
	err := r.Scan(&m.ID, &m.Account, &m.Name, &m.Email, &m.Approved, &m.Admin, &m.Read, &m.Write, &m.Upload, &m.Viewer, &first, &last)
	m.FirstSeen, m.LastSeen = parseTime(first), parseTime(last)
	return m, err
}

// Members returns everybody whom the wiki knows: those who wait first, then by
// name. It needs ADMIN.
func (s *Session) Members(ctx context.Context) ([]Member, error) {
	if err := s.needWide(access.Admin); err != nil {
		return nil, err
	}
	var members []Member
	err := sqlite.Each(ctx, s.w.db.Reader(), func(r sqlite.Row) error {
		m, err := scanMember(r)
		members = append(members, m)
		return err
	}, selectMember+" ORDER BY is_approved OR is_admin, name COLLATE NOCASE, id")
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return members, nil
}

// Member returns one of them. It needs ADMIN.
func (s *Session) Member(ctx context.Context, id int64) (Member, error) {
	if err := s.needWide(access.Admin); err != nil {
		return Member{}, err
	}
	return findMember(ctx, s.w.db.Reader(), id)
}

func findMember(ctx context.Context, q sqlite.Queryer, id int64) (Member, error) {
	m, err := scanMember(q.QueryRowContext(ctx, selectMember+" WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return Member{}, fmt.Errorf("%w: no such member", ErrNotFound)
	}
	return m, err
}

// SaveMember adds a member (ID 0) or changes one. It needs ADMIN, and fails with
// [ErrExists] for an account or an address that another member has, and with
// [ErrLastAdmin].
func (s *Session) SaveMember(ctx context.Context, m Member) (Member, error) {
	if err := s.needWide(access.Admin); err != nil {
		return Member{}, err
	}
	if err := m.check(); err != nil {
		return Member{}, err
	}
	err := s.w.write(ctx, func(tx *sql.Tx) (err error) {
		if m.ID == 0 {
			m, err = addMember(ctx, tx, m)
			return err
		}
		return changeMember(ctx, tx, m)
	})
	return m, err
}

// check holds a member against the columns of the table.
func (m *Member) check() error {
	m.Name, m.Email = strings.TrimSpace(m.Name), strings.TrimSpace(m.Email)
	const longest = 128 // as An Otter Wiki has it
	switch {
	case m.Email == "":
		return invalid("say who it is: a login, a handle or an e-mail address")
	case len(m.Email) > longest || len(m.Name) > longest:
		return invalid("a name may have %d bytes", longest)
	}
	if m.Name == "" {
		m.Name = m.Email
	}
	return nil
}

func addMember(ctx context.Context, tx *sql.Tx, m Member) (Member, error) {
	if err := freeMember(ctx, tx, m); err != nil {
		return m, err
	}
	now := time.Now().UTC().Format(draftTime)
	result, err := tx.ExecContext(ctx, `INSERT INTO user (name, email, account, is_approved, is_admin, email_confirmed,
		allow_read, allow_write, allow_upload, viewer, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?)`,
		m.Name, m.Email, nullable(m.Account), m.Approved, m.Admin, m.Read, m.Write, m.Upload, m.Viewer, now, now)
	if err != nil {
		return m, err
	}
	m.ID, err = result.LastInsertId()
	return m, err
}

// freeMember checks that nobody else has the account or the address.
func freeMember(ctx context.Context, tx *sql.Tx, m Member) error {
	var other string
	err := tx.QueryRowContext(ctx, "SELECT coalesce(name, email) FROM user WHERE id <> ? AND (account = ? OR email = ?)",
		m.ID, nullable(m.Account), m.Email).Scan(&other)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%w: “%s” is a member already", ErrExists, other)
	}
	return err
}

func changeMember(ctx context.Context, tx *sql.Tx, m Member) error {
	before, err := findMember(ctx, tx, m.ID)
	if err != nil {
		return err
	}
	if err := freeMember(ctx, tx, m); err != nil {
		return err
	}
	if governs(before) && !governs(m) {
		if err := keepsAdmin(ctx, tx, m.ID); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE user SET name = ?, email = ?, account = ?, is_approved = ?, is_admin = ?,
		allow_read = ?, allow_write = ?, allow_upload = ?, viewer = ? WHERE id = ?`,
		m.Name, m.Email, nullable(m.Account), m.Approved, m.Admin, m.Read, m.Write, m.Upload, m.Viewer, m.ID)
	if err != nil || m.Account == "" || before.Account != "" {
		return err
	}
	return linkDrafts(ctx, tx, before.Email, m.Account)
}

// linkDrafts makes an account's the drafts that came with a row.
func linkDrafts(ctx context.Context, tx *sql.Tx, email, account string) error {
	_, err := tx.ExecContext(ctx, "UPDATE OR IGNORE drafts SET account = ? WHERE author_email = ? AND account IS NULL", account, email)
	return err
}

// governs reports whether somebody can govern the wiki as this member: it takes
// an account to sign in with.
func governs(m Member) bool { return m.Admin && m.Account != "" }

// keepsAdmin checks that there is somebody who governs beside a member.
func keepsAdmin(ctx context.Context, tx *sql.Tx, id int64) error {
	var others int
	err := tx.QueryRowContext(ctx, "SELECT count(*) FROM user WHERE is_admin AND account IS NOT NULL AND id <> ?", id).Scan(&others)
	if err == nil && others == 0 {
		err = ErrLastAdmin
	}
	return err
}

// RemoveMember takes a member out of the wiki. It needs ADMIN and fails with
// [ErrLastAdmin].
func (s *Session) RemoveMember(ctx context.Context, id int64) error {
	if err := s.needWide(access.Admin); err != nil {
		return err
	}
	return s.w.write(ctx, func(tx *sql.Tx) error {
		m, err := findMember(ctx, tx, id)
		if err != nil {
			return err
		}
		if governs(m) {
			if err := keepsAdmin(ctx, tx, id); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM user WHERE id = ?", id)
		return err
	})
}

// AskForAccess makes the visitor somebody who waits for an admin's approval, or
// approves at once where the wiki does so. It says whether the visitor now is
// approved.
func (s *Session) AskForAccess(ctx context.Context) (approved bool, err error) {
	if s.visitor.Account == "" || s.visitor.Proxy != nil {
		return false, &Forbidden{Need: access.Read, Reason: "Sign in first."}
	}
	if m := s.view.Caller().Member; m != nil {
		return m.Approved, nil
	}
	if s.settings.preferences.Permissions.DisableRegistration {
		return false, &Forbidden{Need: access.Read, Reason: "This wiki takes no requests for access."}
	}
	m := Member{Account: s.visitor.Account, Name: s.visitor.Name, Email: s.visitor.Email}
	m.Approved = s.settings.preferences.Permissions.AutoApproval
	return m.Approved, s.w.Admit(ctx, m)
}

// Admit adds an account to the members, as the platform does for whom an
// invitation brings. Flags of one who is a member already are added to, never
// taken away.
func (w *Wiki) Admit(ctx context.Context, m Member) error {
	if m.Account == "" {
		return invalid("only an account can be admitted")
	}
	if m.Email == "" {
		m.Email = m.Account + "@holt"
	}
	if err := m.check(); err != nil {
		return err
	}
	return w.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE user SET is_approved = is_approved OR ?, is_admin = is_admin OR ?,
			allow_read = allow_read OR ?, allow_write = allow_write OR ?, allow_upload = allow_upload OR ?,
			viewer = CASE WHEN is_approved AND NOT viewer THEN 0 ELSE ? END WHERE account = ?`,
			m.Approved, m.Admin, m.Read, m.Write, m.Upload, m.Viewer, m.Account)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n > 0 {
			return err
		}
		if errors.Is(freeMember(ctx, tx, m), ErrExists) {
			m.Email = m.Account + "@holt" // the address is another's row
		}
		_, err = addMember(ctx, tx, m)
		return err
	})
}

// seenEvery is how exactly it is kept when a member was last here.
const seenEvery = time.Hour

// Seen notes that a member was here, at most once an hour.
func (s *Session) Seen(ctx context.Context) error {
	now := time.Now().UTC()
	if s.view.Caller().Member == nil || s.w.home.CheckWritable() != nil {
		return nil
	}
	if last, ok := s.w.seen.Load(s.visitor.Account); ok && now.Sub(last.(time.Time)) < seenEvery {
		return nil
	}
	var due bool
	err := s.w.db.Prepared().QueryRowContext(ctx, "SELECT coalesce(last_seen, '') < ? FROM user WHERE account = ?",
		now.Add(-seenEvery).Format(draftTime), s.visitor.Account).Scan(&due)
	if err == nil && due {
		err = s.w.write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE user SET last_seen = ? WHERE account = ?", now.Format(draftTime), s.visitor.Account)
			return err
		})
	}
	if err == nil {
		s.w.seen.Store(s.visitor.Account, now)
	}
	return err
}

// nullable turns "" into NULL.
func nullable(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
