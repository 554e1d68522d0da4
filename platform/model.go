package platform

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/holtdb/holt/sqlite"
)

// What a model is for.
const (
	PurposeChat  = "chat"  // to answer questions
	PurposeEmbed = "embed" // to find passages by their meaning
)

// How a model is reached.
const (
	ProtocolOllama = "ollama"
	ProtocolOpenAI = "openai" // and the many servers that speak as it does
	ProtocolLocal  = "local"  // in this process, from the directory that the server was started with
)

// LocalModel is the only name of a model with [ProtocolLocal].
const LocalModel = "local"

// ServerModel is a model that the administrator has chosen for people who name
// none themselves.
type ServerModel struct {
	Purpose  string // [PurposeChat] or [PurposeEmbed]
	Tier     string // whose people it is for; empty for all whose tier has none
	Protocol string
	URL      string // base address; empty with [ProtocolLocal]
	Model    string // its name on that server

	// SealedKey is the server's API key, encrypted for [ServerModel.KeyPurpose];
	// nil without one.
	SealedKey     []byte
	ContextTokens int // how many tokens fit into a request; 0 for the usual number
	Updated       time.Time
}

// KeyPurpose says what the key is for, to be sealed with it. The address is part
// of it: who changes where requests go has to know the key, and cannot have it
// sent to a place of their own.
func (m ServerModel) KeyPurpose() string {
	return "models/" + m.Purpose + "\n" + m.Tier + "\n" + m.URL
}

const selectModel = "SELECT purpose, tier, protocol, url, model, key, context_tokens, updated FROM models"

func scanModel(r sqlite.Row) (ServerModel, error) {
	var m ServerModel
	var updated int64
	err := r.Scan(&m.Purpose, &m.Tier, &m.Protocol, &m.URL, &m.Model, &m.SealedKey, &m.ContextTokens, &updated)
	m.Updated = time.Unix(updated, 0)
	return m, err
}

// ServerModels returns all models of the server, those for chat first, and that
// for all tiers before the others.
func (s *Store) ServerModels(ctx context.Context) ([]ServerModel, error) {
	models, err := sqlite.Collect(ctx, s.db.Reader(), scanModel, selectModel+" ORDER BY purpose, tier")
	if err != nil {
		return nil, fmt.Errorf("list models: %w", err)
	}
	return models, nil
}

// ModelFor returns the model that people of a tier use for a purpose: the tier's
// own, else the one for all tiers, else false. The tier is a name as
// [Store.Tier] returns it. Whether they may is another matter: see [Tier].
func (s *Store) ModelFor(ctx context.Context, purpose, tier string) (ServerModel, bool, error) {
	m, err := scanModel(s.db.Prepared().QueryRowContext(ctx,
		selectModel+" WHERE purpose = ? AND tier IN (?, '') ORDER BY tier = '' LIMIT 1", purpose, tier))
	if errors.Is(err, sql.ErrNoRows) {
		return ServerModel{}, false, nil
	}
	if err != nil {
		return ServerModel{}, false, fmt.Errorf("find model: %w", err)
	}
	return m, true, nil
}

// SaveServerModel adds the model of a purpose and tier or replaces it, with its
// key. It sets the time by itself. It fails with [ErrInvalidModel], and with
// [ErrNotFound] for a tier that does not exist.
func (s *Store) SaveServerModel(ctx context.Context, m ServerModel) error {
	if err := m.Check(); err != nil {
		return fmt.Errorf("save model: %w", err)
	}
	var key any // NULL, not an empty value, when there is none
	if len(m.SealedKey) > 0 {
		key = m.SealedKey
	}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		if err := mustHaveTier(ctx, tx, m.Tier); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO models
			(purpose, tier, protocol, url, model, key, context_tokens, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			m.Purpose, m.Tier, m.Protocol, m.URL, m.Model, key, m.ContextTokens, s.now().Unix())
		if err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionModelSave, Subject: m.subject(), Detail: fmt.Sprintf(
			"protocol %s, url %q, model %q, key %t, context tokens %d",
			m.Protocol, m.URL, m.Model, key != nil, m.ContextTokens)})
	})
	if err != nil {
		return fmt.Errorf("save model: %w", err)
	}
	return nil
}

// mustHaveTier refuses the name of a tier that nobody could be in.
func mustHaveTier(ctx context.Context, q sqlite.Queryer, name string) error {
	if name == "" {
		return nil
	}
	var exists bool
	err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM tiers WHERE name = ?)", name).Scan(&exists)
	if err == nil && !exists {
		err = fmt.Errorf("tier %q: %w", name, ErrNotFound)
	}
	return err
}

// DeleteServerModel deletes the model of a purpose and tier, with its key. It
// fails with [ErrNotFound].
func (s *Store) DeleteServerModel(ctx context.Context, purpose, tier string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM models WHERE purpose = ? AND tier = ?", purpose, tier)
		if err := changed(result, err, ErrNotFound); err != nil {
			return err
		}
		return s.record(ctx, tx, Event{Action: ActionModelDelete, Subject: ServerModel{Purpose: purpose, Tier: tier}.subject()})
	})
	if err != nil {
		return fmt.Errorf("delete model: %w", err)
	}
	return nil
}

// subject names the model in the audit log.
func (m ServerModel) subject() string {
	if m.Tier == "" {
		return "models/" + m.Purpose
	}
	return "models/" + m.Purpose + "/" + m.Tier
}
