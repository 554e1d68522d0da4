package wiki

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/holtdb/holt/sqlite"
	"github.com/holtdb/holt/wiki/access"
	"github.com/holtdb/holt/wiki/preferences"
)

// SavePreferences stores what a form of the admin pages sent. It needs ADMIN,
// and fails with [preferences.FieldErrors]; then nothing is stored.
func (s *Session) SavePreferences(ctx context.Context, page preferences.Page, form map[string][]string) error {
	if err := s.needWide(access.Admin); err != nil {
		return err
	}
	return s.w.write(ctx, func(tx *sql.Tx) error {
		rows, err := readPreferences(ctx, tx)
		if err != nil {
			return err
		}
		before := preferences.Parse(rows)
		after, err := before.Submit(page, form)
		if err != nil {
			return err
		}
		return storePreferences(ctx, tx, preferences.Changes(before, after))
	})
}

func storePreferences(ctx context.Context, tx *sql.Tx, rows map[string]string) error {
	for name, value := range rows {
		_, err := tx.ExecContext(ctx, `INSERT INTO preferences (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value`, name, value)
		if err != nil {
			return err
		}
	}
	return nil
}

// Rule is a stored access rule.
type Rule struct {
	ID int64
	access.Rule
}

// maxRules bounds the rules of a wiki.
const maxRules = 1000

func readRules(ctx context.Context, q sqlite.Queryer) ([]access.Rule, error) {
	stored, err := storedRules(ctx, q)
	rules := make([]access.Rule, len(stored))
	for i, r := range stored {
		rules[i] = r.Rule
	}
	return rules, err
}

func storedRules(ctx context.Context, q sqlite.Queryer) ([]Rule, error) {
	var rules []Rule
	err := sqlite.Each(ctx, q, func(r sqlite.Row) error {
		var rule Rule
		var who, grants string
		if err := r.Scan(&rule.ID, &rule.Path, &rule.Tree, &who, &grants); err != nil {
			return err
		}
		// What cannot be read is nobody and nothing: the rule still closes its path.
		rule.Who, _ = access.ParseWho(who)
		rule.Grant, _ = access.ParseSet(grants)
		rules = append(rules, rule)
		return nil
	}, "SELECT id, path, tree, who, grants FROM rules ORDER BY path, tree, who")
	return rules, err
}

// Rules returns the access rules by path. It needs ADMIN.
func (s *Session) Rules(ctx context.Context) ([]Rule, error) {
	if err := s.needWide(access.Admin); err != nil {
		return nil, err
	}
	rules, err := storedRules(ctx, s.w.db.Reader())
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	return rules, nil
}

// RulesFor returns the rules that decide on a page, for those who may read it.
func (s *Session) RulesFor(name Name) []access.Rule {
	if !s.canRead(name.path) {
		return nil
	}
	return s.settings.rules.Deciding(name.path)
}

// SaveRule adds a rule, or changes what one for the same path and the same
// people grants. It needs ADMIN.
func (s *Session) SaveRule(ctx context.Context, rule access.Rule) error {
	if err := s.needWide(access.Admin); err != nil {
		return err
	}
	if err := rule.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return s.w.write(ctx, func(tx *sql.Tx) error {
		var count int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM rules WHERE (path, tree, who) <> (?, ?, ?)",
			rule.Path, rule.Tree, rule.Who.String()).Scan(&count); err != nil {
			return err
		}
		if count >= maxRules {
			return invalid("a wiki may have %d rules", maxRules)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO rules (path, tree, who, grants) VALUES (?, ?, ?, ?)
			ON CONFLICT (path, tree, who) DO UPDATE SET grants = excluded.grants`,
			rule.Path, rule.Tree, rule.Who.String(), rule.Grant.String())
		return err
	})
}

// RemoveRule drops a rule. It needs ADMIN.
func (s *Session) RemoveRule(ctx context.Context, id int64) error {
	if err := s.needWide(access.Admin); err != nil {
		return err
	}
	return s.w.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM rules WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("%w: no such rule", ErrNotFound)
		}
		return nil
	})
}
