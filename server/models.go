package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract/ocr"
	"github.com/holtdb/holt/library/retrieve"
	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/local"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/tenant"
	"github.com/holtdb/holt/vault"
)

// DefaultMeaningBytes bounds the memory for embeddings of all libraries.
const DefaultMeaningBytes = 512 << 20

// models is what the server has of models. It implements [library.Models].
type models struct {
	store *platform.Store
	vault *vault.Vault
	kind  string // of the libraries
	log   *slog.Logger
	// open reaches every address, guarded public ones only.
	open, guarded *llm.Client
	local         library.Embedder // nil without one
	close         func() error     // of the local model
}

// openModels prepares what calls models. No model is called.
func (s *Server) openModels(kind string) (err error) {
	data, err := os.OpenRoot(s.cfg.Data)
	if err != nil {
		return fmt.Errorf("open data directory: %w", err)
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	m := &models{
		store: s.store, kind: kind, log: s.log,
		open: llm.New(llm.Options{AllowPrivate: true}), guarded: llm.New(llm.Options{}),
	}
	if m.vault, err = vault.Open(data, vault.KeyFile); err != nil {
		return err
	}
	if s.cfg.LocalModel != "" {
		model, err := local.Open(s.cfg.LocalModel, local.Options{})
		if err != nil {
			return fmt.Errorf("%w: local model: %w", ErrConfig, err)
		}
		m.local, m.close = localEmbedder{model}, model.Close
	}
	s.models = m
	return nil
}

// Close gives up connections and the local model.
func (m *models) Close() error {
	m.open.Close()
	m.guarded.Close()
	if m.close == nil {
		return nil
	}
	return m.close()
}

// Offered implements [library.Models].
func (m *models) Offered(ctx context.Context, id tenant.ID, purpose library.Purpose) (library.Offer, error) {
	tier, err := tierOf(ctx, m.store, id)
	if err != nil {
		return library.Offer{}, err
	}
	offer := library.Offer{Own: tier.OwnModels, Allowed: purpose != library.ForChat || tier.Chat}
	model, found, err := m.store.ModelFor(ctx, string(purpose), tier.Name)
	if err != nil {
		return library.Offer{}, err
	}
	switch {
	case !found && purpose == library.ForEmbed:
		offer.Local = m.local
	case !found:
	case model.Protocol == platform.ProtocolLocal:
		offer.Local = m.local
	default:
		offer.Context = model.ContextTokens
		offer.Endpoint = llm.Endpoint{Protocol: llm.Protocol(model.Protocol), URL: model.URL, Model: model.Model}
		if len(model.SealedKey) > 0 {
			if offer.Endpoint.Key, err = m.vault.Open(vault.ForServer(model.KeyPurpose()), model.SealedKey); err != nil {
				offer.Problem = "The server's model does not work at the moment. Tell the administrator."
				m.log.Error("read the key of the server's model", "purpose", purpose, "tier", model.Tier, "error", err)
			}
		}
	}
	return offer, nil
}

// Client implements [library.Models].
func (m *models) Client(ctx context.Context, own bool) (*llm.Client, error) {
	if !own {
		return m.open, nil
	}
	private, err := m.store.PrivateModels(ctx)
	if err != nil {
		return nil, err
	}
	if private {
		return m.open, nil
	}
	return m.guarded, nil
}

// Seal implements [library.Models].
func (m *models) Seal(id tenant.ID, purpose library.Purpose, url, key string) ([]byte, error) {
	return m.vault.Seal(m.contextOf(id, purpose, url), key)
}

// Unseal implements [library.Models].
func (m *models) Unseal(id tenant.ID, purpose library.Purpose, url string, sealed []byte) (string, error) {
	return m.vault.Open(m.contextOf(id, purpose, url), sealed)
}

// contextOf binds a key to its address: who can change the address must not
// have the key sent there.
func (m *models) contextOf(id tenant.ID, purpose library.Purpose, url string) vault.Context {
	return vault.Context{Kind: m.kind, Tenant: id.String(), Purpose: "models/" + string(purpose) + "\n" + url}
}

// localEmbedder is a model in this process.
type localEmbedder struct{ *local.Model }

// Weight implements [library.Embedder]: that of a model that was made for search.
func (localEmbedder) Weight() float64 { return 1 }

// Floor implements [library.Embedder].
func (e localEmbedder) Floor() float64 { return library.FloorOf(e.Name()) }

// tierOf returns the tier of a library's owner. A library without an account has
// the limits of the tier "free".
func tierOf(ctx context.Context, store *platform.Store, id tenant.ID) (platform.Tier, error) {
	name := platform.TierFree
	account, err := store.AccountByTenant(ctx, id)
	switch {
	case err == nil:
		name = account.Tier
	case !errors.Is(err, platform.ErrNotFound):
		return platform.Tier{}, err
	}
	return store.Tier(ctx, name)
}

// openRecognition looks for the program that reads scanned pages. Without it,
// documents say so.
func (s *Server) openRecognition(ctx context.Context) (*ocr.Reader, error) {
	reader, err := ocr.Find(ctx, ocr.Options{Languages: s.cfg.OCRLanguages})
	switch {
	case errors.Is(err, ocr.ErrMissing), errors.Is(err, ocr.ErrLanguage) && len(s.cfg.OCRLanguages) == 0:
		s.log.Info("scanned pages are not read", "reason", err)
		return nil, nil
	case errors.Is(err, ocr.ErrLanguage):
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return reader, err
}

// holdPatience is how long a library is waited for that its own request has
// open: it is short of a place only while it is to be left.
const holdPatience = time.Second

// hold keeps a library open for work that goes on after a request. So may at
// most half of the places be taken: slow models must not lock others out.
func (s *Server) hold(ctx context.Context, id tenant.ID) (leaving context.Context, release func(), err error) {
	select {
	case s.holds <- struct{}{}:
	default:
		return nil, nil, fmt.Errorf("%w: too many questions are being answered", tenant.ErrBusy)
	}
	ctx, cancel := context.WithTimeout(ctx, holdPatience)
	defer cancel()
	handle, err := s.libraries.Acquire(ctx, id)
	if err != nil {
		<-s.holds
		if errors.Is(err, context.DeadlineExceeded) {
			err = tenant.ErrBusy
		}
		return nil, nil, fmt.Errorf("keep library open: %w", err)
	}
	return handle.Leaving(), sync.OnceFunc(func() { handle.Release(); <-s.holds }), nil
}

// matrices is the memory for embeddings that all libraries share.
func (s *Server) matrices() *retrieve.Budget {
	if s.cfg.MeaningBytes == 0 {
		return retrieve.NewBudget(DefaultMeaningBytes)
	}
	return retrieve.NewBudget(s.cfg.MeaningBytes)
}

// Local implements [web.ServerModels].
func (m *models) Local() string {
	if m.local == nil {
		return ""
	}
	return m.local.Name()
}

// Save implements [web.ServerModels].
func (m *models) Save(ctx context.Context, model platform.ServerModel, key *string) error {
	endpoint, err := m.endpointOf(ctx, model, key)
	if err != nil {
		return err
	}
	if endpoint.Key != "" {
		if model.SealedKey, err = m.vault.Seal(vault.ForServer(model.KeyPurpose()), endpoint.Key); err != nil {
			return fmt.Errorf("seal key: %w", err)
		}
	}
	return m.store.SaveServerModel(ctx, model)
}

// Test implements [web.ServerModels].
func (m *models) Test(ctx context.Context, model platform.ServerModel, key *string) (dim int, err error) {
	if err := model.Check(); err != nil {
		return 0, err
	}
	endpoint, err := m.endpointOf(ctx, model, key)
	switch {
	case err != nil:
		return 0, err
	case model.Protocol == platform.ProtocolLocal && m.local == nil:
		return 0, fmt.Errorf("%w: start the server with --local-model", platform.ErrInvalidModel)
	case model.Protocol == platform.ProtocolLocal:
		vectors, err := m.local.Embed(ctx, []string{"a test"}, true)
		if err != nil {
			return 0, err
		}
		return len(vectors[0]), nil
	case model.Purpose == platform.PurposeEmbed:
		return m.open.TestEmbed(ctx, endpoint)
	}
	return 0, m.open.TestChat(ctx, endpoint)
}

// Known implements [web.ServerModels].
func (m *models) Known(ctx context.Context, model platform.ServerModel, key *string) ([]string, error) {
	if model.Protocol == platform.ProtocolLocal {
		return nil, nil
	}
	endpoint, err := m.endpointOf(ctx, model, key)
	if err != nil {
		return nil, err
	}
	return m.open.Once().Models(ctx, endpoint)
}

// endpointOf is the endpoint of a model with its key: the one given, else the
// one that is kept for the same purpose, tier and address.
func (m *models) endpointOf(ctx context.Context, model platform.ServerModel, key *string) (llm.Endpoint, error) {
	if model.Protocol == platform.ProtocolLocal {
		return llm.Endpoint{}, nil
	}
	endpoint := llm.Endpoint{Protocol: llm.Protocol(model.Protocol), URL: model.URL, Model: model.Model}
	if key != nil {
		endpoint.Key = *key
		return endpoint, endpoint.Check()
	}
	kept, err := m.store.ServerModels(ctx)
	if err != nil {
		return llm.Endpoint{}, err
	}
	for _, k := range kept {
		if k.KeyPurpose() == model.KeyPurpose() && len(k.SealedKey) > 0 {
			if endpoint.Key, err = m.vault.Open(vault.ForServer(k.KeyPurpose()), k.SealedKey); err != nil {
				return llm.Endpoint{}, err
			}
		}
	}
	return endpoint, endpoint.Check()
}
