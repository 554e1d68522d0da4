package library

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/tenant"
)

// Models is what a server has of models: those it offers, the way to them, and
// the keeping of people's keys.
type Models interface {
	// Offered returns what the server offers a library for a purpose.
	Offered(ctx context.Context, id tenant.ID, purpose Purpose) (Offer, error)
	// Client returns the client that calls an endpoint. One that a person chose
	// themself may not be at every address.
	Client(ctx context.Context, own bool) (*llm.Client, error)
	// Seal encrypts a key for the library's database, and Unseal reads it: for
	// the same library, purpose and address only.
	Seal(id tenant.ID, purpose Purpose, url, key string) ([]byte, error)
	Unseal(id tenant.ID, purpose Purpose, url string, sealed []byte) (string, error)
}

// Offer is a model that the server offers.
type Offer struct {
	Endpoint llm.Endpoint // zero without one
	Local    Embedder     // a model in the server's own process; nil without one
	Context  int          // tokens that the model takes; 0 means DefaultContext
	Allowed  bool         // the tier includes the server's model
	Problem  string       // a sentence: why there is none at the moment
	Own      bool         // the tier lets people have models of their own
}

// Exists reports whether there is a model at all.
func (o Offer) Exists() bool { return !o.Endpoint.IsZero() || o.Local != nil }

// DefaultContext is the context of a chat model in tokens where none is set:
// what small models that run on one's own machine manage.
const DefaultContext = 8192

// ownModel is a row of models.
type ownModel struct {
	endpoint llm.Endpoint
	sealed   []byte
}

// own reads the person's own model of a purpose.
func (l *Library) own(ctx context.Context, q querier, purpose Purpose) (m ownModel, found bool, err error) {
	err = q.QueryRowContext(ctx, "SELECT protocol, url, model, key FROM models WHERE purpose = ?", purpose).
		Scan(&m.endpoint.Protocol, &m.endpoint.URL, &m.endpoint.Model, &m.sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return ownModel{}, false, nil
	}
	if err != nil {
		return ownModel{}, false, fmt.Errorf("read model settings: %w", err)
	}
	return m, true, nil
}

// chosen is the model that a purpose uses now.
type chosen struct {
	endpoint llm.Endpoint // zero without one
	local    Embedder
	own      bool
	context  int
	excluded bool   // there is one, but the tier does not include it
	sealed   bool   // it has a key
	problem  string // a sentence: why it cannot be used
	offer    Offer
}

// exists reports whether there is a model that can be called.
func (c chosen) exists() bool {
	return c.problem == "" && (!c.endpoint.IsZero() || c.local != nil)
}

// choose returns the person's own model, else the server's. The key is filled in.
func (l *Library) choose(ctx context.Context, purpose Purpose) (chosen, error) {
	if l.models == nil {
		return chosen{}, nil
	}
	offer, err := l.models.Offered(ctx, l.home.ID(), purpose)
	if err != nil {
		return chosen{}, fmt.Errorf("ask for models: %w", err)
	}
	m, found, err := l.own(ctx, l.db.Reader(), purpose)
	if err != nil {
		return chosen{}, err
	}
	c := chosen{context: offer.Context, offer: offer}
	if c.context <= 0 {
		c.context = DefaultContext
	}
	switch {
	case found && offer.Own:
		c.own, c.endpoint, c.sealed, c.context = true, m.endpoint, m.sealed != nil, DefaultContext
		if m.sealed != nil {
			if c.endpoint.Key, err = l.models.Unseal(l.home.ID(), purpose, m.endpoint.URL, m.sealed); err != nil {
				l.log.Warn("read the key of a model", "tenant", l.home.ID().String(), "purpose", purpose, "error", err)
				c.problem = "The key of your model cannot be read any more. Enter it again."
			}
		}
	case !offer.Allowed:
		c.excluded = true
	default:
		c.endpoint, c.local, c.problem = offer.Endpoint, offer.Local, offer.Problem
		c.sealed = offer.Endpoint.Key != ""
	}
	return c, nil
}

// client returns the client for a chosen endpoint.
func (l *Library) client(ctx context.Context, c chosen) (*llm.Client, error) {
	client, err := l.models.Client(ctx, c.own)
	if err != nil {
		return nil, fmt.Errorf("prepare to call the model: %w", err)
	}
	return client, nil
}

// Model returns the setting of a purpose as it is shown. Keys never are.
func (l *Library) Model(ctx context.Context, purpose Purpose) (ModelSetting, error) {
	c, err := l.choose(ctx, purpose)
	if err != nil {
		return ModelSetting{}, err
	}
	s := ModelSetting{Purpose: purpose, Own: c.own, Problem: c.problem, OwnAllowed: c.offer.Own, Allowed: c.offer.Allowed, Offered: c.offer.Exists()}
	switch {
	case c.local != nil:
		s.Protocol, s.Model = protocolLocal, c.local.Name()
	case !c.endpoint.IsZero():
		s.Protocol, s.Model, s.HasKey = string(c.endpoint.Protocol), c.endpoint.Model, c.sealed
	}
	if c.own {
		s.URL = c.endpoint.URL
	}
	return s, nil
}

// protocolLocal is shown for a model in the server's own process.
const protocolLocal = "local"

// SetModel makes the person's own model of a purpose. It is [ErrInvalid] when it
// makes no sense. Another embedding model has all passages embedded again.
func (l *Library) SetModel(ctx context.Context, purpose Purpose, change ModelChange) error {
	endpoint, err := l.changed(ctx, purpose, change)
	if err != nil {
		return err
	}
	if err := l.home.CheckWritable(); err != nil {
		return err
	}
	var sealed []byte
	if endpoint.Key != "" {
		if sealed, err = l.models.Seal(l.home.ID(), purpose, endpoint.URL, endpoint.Key); err != nil {
			return fmt.Errorf("seal key: %w", err)
		}
	}
	return l.changeModel(ctx, purpose, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO models (purpose, protocol, url, model, key, updated)
			VALUES (?, ?, ?, ?, ?, ?)`, purpose, endpoint.Protocol, endpoint.URL, endpoint.Model, sealed, time.Now().UnixMilli())
		return err
	})
}

// ForgetModel takes the person's own model of a purpose away, with its key: the
// server's is used again.
func (l *Library) ForgetModel(ctx context.Context, purpose Purpose) error {
	if err := l.home.CheckWritable(); err != nil {
		return err
	}
	return l.changeModel(ctx, purpose, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM models WHERE purpose = ?", purpose)
		return err
	})
}

func (l *Library) changeModel(ctx context.Context, purpose Purpose, change func(tx *sql.Tx) error) error {
	done, err := l.announceWork(ctx)
	if err != nil {
		return err
	}
	defer done()
	err = l.write(ctx, func(tx *sql.Tx) error {
		if err := change(tx); err != nil {
			return err
		}
		if purpose != ForEmbed {
			return nil
		}
		return l.wantEmbeddings(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("change model: %w", err)
	}
	if purpose == ForEmbed {
		l.meaning.setProblem(nil)
	}
	return nil
}

// changed returns the endpoint that a change describes, with the key that is
// kept where none is given. A key is kept for the same address only: a new one
// must not be shown the key of another.
func (l *Library) changed(ctx context.Context, purpose Purpose, change ModelChange) (e llm.Endpoint, err error) {
	if purpose != ForChat && purpose != ForEmbed {
		return e, fmt.Errorf("%w: there are models for chat and for embeddings", ErrInvalid)
	}
	if l.models == nil {
		return e, fmt.Errorf("%w: this server calls no models", ErrInvalid)
	}
	offer, err := l.models.Offered(ctx, l.home.ID(), purpose)
	if err != nil {
		return e, fmt.Errorf("ask for models: %w", err)
	}
	if !offer.Own {
		return e, fmt.Errorf("%w: this plan does not include models of your own", ErrInvalid)
	}
	e = llm.Endpoint{
		Protocol: llm.Protocol(change.Protocol), URL: strings.TrimSpace(change.URL), Model: strings.TrimSpace(change.Model),
	}
	switch {
	case change.Key != nil:
		e.Key = strings.TrimSpace(*change.Key)
	default:
		before, found, err := l.own(ctx, l.db.Reader(), purpose)
		if err != nil {
			return e, err
		}
		if found && before.sealed != nil && before.endpoint.URL == e.URL {
			if e.Key, err = l.models.Unseal(l.home.ID(), purpose, e.URL, before.sealed); err != nil {
				return e, fmt.Errorf("%w: the key of your model cannot be read any more; enter it again", ErrInvalid)
			}
		}
	}
	if err := e.Check(); err != nil {
		return e, fmt.Errorf("%w: %s", ErrInvalid, strings.TrimPrefix(err.Error(), llm.ErrInvalid.Error()+": "))
	}
	return e, nil
}

// TestModel calls a model as it is typed, without storing anything. The error
// says what is wrong; dim is the length of embeddings, 0 for chat.
func (l *Library) TestModel(ctx context.Context, purpose Purpose, change ModelChange) (dim int, err error) {
	endpoint, err := l.changed(ctx, purpose, change)
	if err != nil {
		return 0, err
	}
	client, err := l.models.Client(ctx, true)
	if err != nil {
		return 0, err
	}
	if purpose == ForChat {
		return 0, client.TestChat(ctx, endpoint)
	}
	return client.TestEmbed(ctx, endpoint)
}

// KnownModels lists the models at an address as it is typed.
func (l *Library) KnownModels(ctx context.Context, purpose Purpose, change ModelChange) ([]string, error) {
	if strings.TrimSpace(change.Model) == "" {
		change.Model = "any"
	}
	endpoint, err := l.changed(ctx, purpose, change)
	if err != nil {
		return nil, err
	}
	client, err := l.models.Client(ctx, true)
	if err != nil {
		return nil, err
	}
	return client.Once().Models(ctx, endpoint)
}
