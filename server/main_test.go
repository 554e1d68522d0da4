package server_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/server"
)

func TestMain(m *testing.M) {
	pdf.RunChild()
	os.Exit(m.Run())
}

// patience bounds waits for what happens in any case.
const patience = 3 * time.Minute

// quiet is a configuration for a test: any port, no log.
func quiet(data string) server.Config {
	return server.Config{Data: data, Listen: "127.0.0.1:0", Logger: slog.New(slog.DiscardHandler)}
}

// MustOpen opens a server that is closed with the test.
func MustOpen(tb testing.TB, cfg server.Config) *server.Server {
	tb.Helper()
	s, err := server.Open(context.Background(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// MustRun runs a server and returns what stops it and waits for its end.
func MustRun(tb testing.TB, s *server.Server) (stop func()) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stopped := false
	stop = func() {
		cancel()
		if stopped {
			return
		}
		stopped = true
		select {
		case err := <-ended:
			if err != nil {
				tb.Error(err)
			}
		case <-time.After(patience):
			tb.Error("the server does not stop")
		}
	}
	tb.Cleanup(stop)
	return stop
}

// MustToken makes an account in a data directory and an API token for it that
// may write.
func MustToken(tb testing.TB, data, login string) (token string, account platform.Account) {
	tb.Helper()
	ctx := context.Background()
	if err := os.MkdirAll(data, 0o700); err != nil {
		tb.Fatal(err)
	}
	store, err := platform.Open(ctx, filepath.Join(data, server.PlatformFile),
		platform.WithPasswordCost(platform.PasswordCost{Memory: 64, Passes: 1, Threads: 1}))
	if err != nil {
		tb.Fatal(err)
	}
	account, err = store.CreateLocal(ctx, platform.NewAccount{Login: login, Password: "correct horse battery"})
	if err != nil {
		tb.Fatal(err)
	}
	token, _, err = store.CreateToken(ctx, account.ID, "test", platform.ScopeWrite, time.Now().Add(time.Hour))
	if err != nil {
		tb.Fatal(err)
	}
	if err := store.Close(); err != nil {
		tb.Fatal(err)
	}
	return token, account
}

// MustGet gets an address with a token and returns status and body.
func MustGet(tb testing.TB, client *http.Client, url, token string) (int, string) {
	tb.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return MustDo(tb, client, r, token)
}

// MustDo sends a request with a token and returns status and body.
func MustDo(tb testing.TB, client *http.Client, r *http.Request, token string) (int, string) {
	tb.Helper()
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
