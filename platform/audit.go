package platform

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// AuditRetention is how long events are kept.
const AuditRetention = 2 * 365 * 24 * time.Hour

// What happened, as written to the audit log.
const (
	ActionAccountCreate    = "account.create"
	ActionAccountDelete    = "account.delete"
	ActionAccountSuspend   = "account.suspend"
	ActionAccountResume    = "account.resume"
	ActionAccountAdmin     = "account.admin"
	ActionAccountTier      = "account.tier"
	ActionAccountName      = "account.name"
	ActionIdentityLink     = "identity.link"
	ActionIdentityUnlink   = "identity.unlink"
	ActionPasswordChange   = "password.change"
	ActionPasswordReset    = "password.reset"
	ActionSessionStart     = "session.start"
	ActionSessionEnd       = "session.end"
	ActionTokenCreate      = "token.create"
	ActionTokenRevoke      = "token.revoke"
	ActionInvitationCreate = "invitation.create"
	ActionInvitationRevoke = "invitation.revoke"
	ActionSettingChange    = "setting.change"
	ActionTierSave         = "tier.save"
	ActionModelSave        = "model.save"
	ActionModelDelete      = "model.delete"
	ActionTenantCreate     = "tenant.create"
	ActionTenantDelete     = "tenant.delete"
	ActionTenantUndelete   = "tenant.undelete"
	ActionTenantSuspend    = "tenant.suspend"
	ActionTenantResume     = "tenant.resume"
)

// What happened to a wiki; the subject of these events is "wikis/" and its slug.
const (
	ActionWikiReserve          = "wiki.reserve"
	ActionWikiCreate           = "wiki.create"
	ActionWikiCancel           = "wiki.cancel"
	ActionWikiRename           = "wiki.rename"
	ActionWikiRemove           = "wiki.remove"
	ActionWikiRestore          = "wiki.restore"
	ActionWikiPurge            = "wiki.purge"
	ActionWikiOffer            = "wiki.offer"
	ActionWikiTransfer         = "wiki.transfer"
	ActionWikiDecline          = "wiki.decline"
	ActionWikiWithdraw         = "wiki.withdraw"
	ActionWikiMember           = "wiki.member"
	ActionWikiMemberRemove     = "wiki.member.remove"
	ActionWikiTokenCreate      = "wiki.token.create"
	ActionWikiTokenRevoke      = "wiki.token.revoke"
	ActionWikiInvitationCreate = "wiki.invitation.create"
	ActionWikiInvitationUse    = "wiki.invitation.use"
	ActionWikiInvitationRevoke = "wiki.invitation.revoke"
	ActionWikiSessionStart     = "wiki.session.start"
	ActionWikiSessionEnd       = "wiki.session.end"
)

// CommandLine is the actor of what is done by commands on the server.
const CommandLine = "command line"

// Actor is who causes a change. The methods that change the platform's state
// write their audit event in the same transaction, by the actor that
// [WithActor] put into the context.
type Actor struct {
	Account string     // account ID, [CommandLine], or empty for the server itself
	Address netip.Addr // of the client; also what sign-ins are counted by
}

type actorKey struct{}

// WithActor returns a context for what actor does.
func WithActor(ctx context.Context, actor Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

func actorOf(ctx context.Context) Actor {
	actor, _ := ctx.Value(actorKey{}).(Actor)
	return actor
}

// Event is an entry of the audit log. It never holds a secret.
type Event struct {
	ID      int64 // later events have larger ones
	At      time.Time
	Account string // who did it: see [Actor]
	Action  string
	Subject string // what it was done to, mostly an account ID
	Address string // where it came from
	Detail  string
}

// Audit writes an event. A zero time means now; an empty account and address
// mean those of the context's actor.
func (s *Store) Audit(ctx context.Context, e Event) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error { return s.record(ctx, tx, e) })
	if err != nil {
		return fmt.Errorf("write audit event: %w", err)
	}
	return nil
}

// record writes an event in the transaction of the change.
func (s *Store) record(ctx context.Context, tx *sql.Tx, e Event) error {
	actor := actorOf(ctx)
	if e.At.IsZero() {
		e.At = s.now()
	}
	if actor.Account != "" && e.Account == "" {
		e.Account = actor.Account
	}
	if actor.Address.IsValid() && e.Address == "" {
		e.Address = actor.Address.String()
	}
	_, err := tx.ExecContext(ctx,
		"INSERT INTO audit (at, account, action, subject, address, detail) VALUES (?, ?, ?, ?, ?, ?)",
		e.At.Unix(), e.Account, e.Action, e.Subject, e.Address, e.Detail)
	return err
}

// Events returns up to limit audit events, newest first, older than the event
// with the ID before; 0 starts at the newest.
func (s *Store) Events(ctx context.Context, before int64, limit int) ([]Event, error) {
	events, err := sqlite.Collect(ctx, s.db.Reader(), scanEvent, `SELECT id, at, account, action, subject, address, detail
		FROM audit WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2`, before, pageLimit(limit))
	if err != nil {
		return nil, fmt.Errorf("list audit events: %w", err)
	}
	return events, nil
}

func scanEvent(r sqlite.Row) (Event, error) {
	var e Event
	var at int64
	err := r.Scan(&e.ID, &at, &e.Account, &e.Action, &e.Subject, &e.Address, &e.Detail)
	e.At = time.Unix(at, 0)
	return e, err
}
