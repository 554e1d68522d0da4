package main

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/llm"
	"github.com/holtdb/holt/llm/llmtest"
	"github.com/holtdb/holt/llm/local"
	"github.com/holtdb/holt/tenant"
)

// embedder is a way to make embeddings that is measured.
type embedder struct {
	name  string
	offer library.Offer
}

const (
	hashDim = 384
	// hashWeight and hashFloor are what the tests of the library use.
	hashWeight = 0.2
	hashFloor  = 0.2
)

// embedders returns what is to be measured.
func (o options) embedders() ([]embedder, error) {
	var all []embedder
	add := func(name string, offer library.Offer) {
		offer.Allowed = true
		all = append(all, embedder{name, offer})
	}
	if o.hash {
		e := weighted{llmtest.Hash(hashDim), hashWeight, hashFloor}
		add(e.Name(), library.Offer{Local: e})
	}
	if o.local != "" {
		m, err := local.Open(o.local, local.Options{})
		if err != nil {
			return nil, err
		}
		add(m.Name(), library.Offer{Local: weighted{m, 1, library.FloorOf(m.Name())}})
	}
	for _, e := range []llm.Endpoint{
		{Protocol: llm.Ollama, URL: o.ollama, Model: o.model},
		{Protocol: llm.OpenAI, URL: o.openai, Model: o.model, Key: os.Getenv("OPENAI_API_KEY")},
	} {
		if e.URL == "" {
			continue
		}
		if err := e.Check(); err != nil {
			return nil, err
		}
		add(e.Model, library.Offer{Endpoint: e})
	}
	return all, nil
}

// source makes embeddings and does not say how good they are.
type source interface {
	ID() string
	Name() string
	Embed(ctx context.Context, texts []string, query bool) ([][]float32, error)
}

// weighted is an embedder with its weight.
type weighted struct {
	source
	weight, floor float64
}

// Weight implements [library.Embedder].
func (w weighted) Weight() float64 { return w.weight }

// Floor implements [library.Embedder].
func (w weighted) Floor() float64 { return w.floor }

// models offers the library one embedder at a time and no model for chat.
type models struct {
	mu  sync.Mutex
	now library.Offer
}

func (m *models) offer(o library.Offer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = o
}

// Offered implements [library.Models].
func (m *models) Offered(_ context.Context, _ tenant.ID, purpose library.Purpose) (library.Offer, error) {
	if purpose != library.ForEmbed {
		return library.Offer{Allowed: true}, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now, nil
}

// Client implements [library.Models].
func (m *models) Client(context.Context, bool) (*llm.Client, error) {
	return llm.New(llm.Options{AllowPrivate: true}), nil
}

var errNoKeys = errors.New("no keys are kept")

// Seal implements [library.Models].
func (m *models) Seal(tenant.ID, library.Purpose, string, string) ([]byte, error) {
	return nil, errNoKeys
}

// Unseal implements [library.Models].
func (m *models) Unseal(tenant.ID, library.Purpose, string, []byte) (string, error) {
	return "", errNoKeys
}
