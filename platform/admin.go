package platform

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
)

// SetSuspended suspends an account, which ends its sessions and makes its
// tokens and identities fail with [ErrSuspended], or lifts that. The last active
// administrator cannot be suspended ([ErrLastAdmin]).
func (s *Store) SetSuspended(ctx context.Context, accountID string, suspended bool) error {
	action := ActionAccountResume
	if suspended {
		action = ActionAccountSuspend
	}
	err := s.changeAccount(ctx, accountID, func(tx *sql.Tx, a Account) error {
		if a.Suspended == suspended {
			return nil
		}
		if suspended {
			if err := mayLoseAdmin(ctx, tx, a); err != nil {
				return err
			}
			if err := endSessions(ctx, tx, accountID); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "UPDATE accounts SET suspended = ? WHERE id = ?", suspended, accountID); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: action, Subject: accountID})
	})
	if err != nil {
		return fmt.Errorf("suspend or resume account: %w", err)
	}
	return nil
}

// SetAdmin gives or takes the administrator's rights. The last active
// administrator keeps them ([ErrLastAdmin]).
func (s *Store) SetAdmin(ctx context.Context, accountID string, admin bool) error {
	err := s.changeAccount(ctx, accountID, func(tx *sql.Tx, a Account) error {
		if a.Admin == admin {
			return nil
		}
		if err := mayLoseAdmin(ctx, tx, a); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE accounts SET admin = ? WHERE id = ?", admin, accountID); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionAccountAdmin, Subject: accountID, Detail: strconv.FormatBool(admin)})
	})
	if err != nil {
		return fmt.Errorf("change administrator: %w", err)
	}
	return nil
}

// SetTier puts an account into a tier. A provider that carries a tier sets its
// own at the next request.
func (s *Store) SetTier(ctx context.Context, accountID, tier string) error {
	if !validTierName(tier) {
		return fmt.Errorf("change tier: %w", ErrInvalidTier)
	}
	err := s.changeAccount(ctx, accountID, func(tx *sql.Tx, a Account) error {
		if a.Tier == tier {
			return nil
		}
		return s.setTier(ctx, tx, a, tier)
	})
	if err != nil {
		return fmt.Errorf("change tier: %w", err)
	}
	return nil
}

func (s *Store) setTier(ctx context.Context, tx *sql.Tx, a Account, tier string) error {
	if _, err := tx.ExecContext(ctx, "UPDATE accounts SET tier = ? WHERE id = ?", tier, a.ID); err != nil {
		return err
	}
	return s.record(ctx, tx, Event{Action: ActionAccountTier, Subject: a.ID, Detail: a.Tier + " to " + tier})
}

// SetName changes the name that is shown. It fails with [ErrInvalidName].
func (s *Store) SetName(ctx context.Context, accountID, name string) error {
	clean, err := cleanName(name)
	if err != nil || clean == "" {
		return fmt.Errorf("change name: %w", ErrInvalidName)
	}
	err = s.changeAccount(ctx, accountID, func(tx *sql.Tx, _ Account) error {
		if _, err := tx.ExecContext(ctx, "UPDATE accounts SET name = ? WHERE id = ?", clean, accountID); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionAccountName, Subject: accountID})
	})
	if err != nil {
		return fmt.Errorf("change name: %w", err)
	}
	return nil
}

// DeleteAccount deletes an account with its identities, sessions, tokens and
// open invitations. The library's home is the caller's to delete, first. The
// last active administrator stays ([ErrLastAdmin]), and so does the owner of a
// wiki ([ErrOwnsWikis]).
func (s *Store) DeleteAccount(ctx context.Context, accountID string) error {
	err := s.changeAccount(ctx, accountID, func(tx *sql.Tx, a Account) error {
		if err := mayLoseAdmin(ctx, tx, a); err != nil {
			return err
		}
		if err := s.ownsNone(ctx, tx, accountID); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM accounts WHERE id = ?", accountID); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionAccountDelete, Subject: accountID, Detail: a.Tenant.String()})
	})
	if err != nil {
		return fmt.Errorf("delete account: %w", err)
	}
	return nil
}

// changeAccount runs change on an account that exists, in one transaction.
func (s *Store) changeAccount(ctx context.Context, accountID string, change func(tx *sql.Tx, a Account) error) error {
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		a, err := findAccount(ctx, tx, accountID)
		if err != nil {
			return err
		}
		return change(tx, a)
	})
}

// mayLoseAdmin refuses when a is the only administrator who can sign in.
func mayLoseAdmin(ctx context.Context, tx *sql.Tx, a Account) error {
	if !a.Admin || a.Suspended {
		return nil
	}
	var others bool
	err := tx.QueryRowContext(ctx,
		"SELECT EXISTS (SELECT 1 FROM accounts WHERE admin = 1 AND suspended = 0 AND id <> ?)", a.ID).Scan(&others)
	if err != nil {
		return err
	}
	if !others {
		return ErrLastAdmin
	}
	return nil
}
