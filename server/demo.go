package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/platform"
	"github.com/holtdb/holt/samples"
)

// DemoLogin is the login of the person that a demonstration is shown as.
const DemoLogin = "demo"

// Demo is how one looks at a demonstration.
type Demo struct {
	// SignInURL signs the demo person in, without a password, for as long as
	// this server runs. It is a secret.
	SignInURL string
	Login     string
	// Password is empty when the demo person was there already.
	Password string
}

// SetUpDemo makes the demo person, an administrator, and puts the sample
// documents into its library, where they are read once the server runs. It is
// called before [Server.Run]. What is there already stays as it is.
func (s *Server) SetUpDemo(ctx context.Context) (Demo, error) {
	d := Demo{Login: DemoLogin}
	account, err := s.store.AccountByLogin(ctx, DemoLogin)
	if errors.Is(err, platform.ErrNotFound) {
		d.Password = strings.ToLower(rand.Text())
		account, err = s.store.CreateLocal(ctx, platform.NewAccount{
			Login: DemoLogin, Name: "Demo", Password: d.Password, Admin: true, Tier: platform.TierLocal,
		})
	}
	if err != nil {
		return Demo{}, fmt.Errorf("set up demo: %w", err)
	}
	if err := s.addSamples(ctx, account); err != nil {
		return Demo{}, fmt.Errorf("set up demo: %w", err)
	}
	if err := s.addSampleWiki(ctx, account); err != nil {
		return Demo{}, fmt.Errorf("set up demo: %w", err)
	}
	secret := rand.Text()
	s.handler = s.withDemoLink(s.handler, secret, account.ID)
	d.SignInURL = s.URL() + demoPath + secret
	return d, nil
}

// sampleTag says where a sample document belongs.
func sampleTag(file string) string {
	switch file {
	case "river-otter.pdf", "small-garden-bees.epub":
		return "nature"
	case "small-server.pdf":
		return "computing"
	case "skerry-point.epub":
		return "stories"
	default:
		return "household"
	}
}

// addSamples uploads the sample documents as a person would.
func (s *Server) addSamples(ctx context.Context, account platform.Account) error {
	handle, err := s.libraries.AcquireOrCreate(ctx, account.Tenant)
	if err != nil {
		return fmt.Errorf("open library: %w", err)
	}
	defer handle.Release()
	files := samples.Files()
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return fmt.Errorf("list samples: %w", err)
	}
	for _, e := range entries {
		if err := addSample(ctx, handle.Value(), files, e.Name()); err != nil {
			return fmt.Errorf("add sample %s: %w", e.Name(), err)
		}
	}
	return nil
}

func addSample(ctx context.Context, l *library.Library, files fs.FS, name string) error {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	doc, duplicate, err := l.Upload(ctx, name, bytes.NewReader(content), int64(len(content)))
	if err != nil || duplicate {
		return err
	}
	_, err = l.Change(ctx, doc.ID, library.Changes{Tags: &[]string{sampleTag(name)}})
	return err
}

const demoPath = "/demo/"

// withDemoLink answers the demo's sign-in link and passes all else on.
func (s *Server) withDemoLink(next http.Handler, secret, accountID string) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", next)
	mux.HandleFunc("GET "+demoPath+"{secret}", func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.PathValue("secret")), []byte(secret)) != 1 {
			next.ServeHTTP(w, r)
			return
		}
		session, expires, err := s.store.NewSession(r.Context(), accountID, r.UserAgent())
		if err != nil {
			s.log.Error("start demo session", "error", err)
			http.Error(w, "The demo person cannot be signed in now.", http.StatusInternalServerError)
			return
		}
		s.session.SetCookie(w, r, session, expires)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.Redirect(w, r, "/", http.StatusSeeOther)
	})
	return mux
}
