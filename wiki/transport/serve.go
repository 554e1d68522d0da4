package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Service is one of the two services of git's smart protocol.
type Service string

// The services, named as clients ask for them.
const (
	// Upload sends objects to a client: clone and fetch.
	Upload Service = "git-upload-pack"
	// Receive takes objects from a client: push.
	Receive Service = "git-receive-pack"
)

// ParseService reads the name of a service. Others give ErrProtocol.
func ParseService(name string) (Service, error) {
	switch s := Service(name); s {
	case Upload, Receive:
		return s, nil
	}
	return "", fmt.Errorf("%w: unknown service", ErrProtocol)
}

// command is the service's name as a command of git.
func (s Service) command() string { return strings.TrimPrefix(string(s), "git-") }

// maxUploadRequest bounds what a client may say about what it has and wants, in
// bytes. A clone says some hundred; a fetch that must look far for common
// history up to a megabyte.
const maxUploadRequest = 10 << 20

// Advertise writes what a client of service is told first: the branch, its
// commit, and what the service can do. It is the body of GET …/info/refs with
// the media type application/x-<service>-advertisement. dir is the absolute
// path of the bare repository, protocol the client's Git-Protocol header, "" if
// it sent none. Unless writing itself fails, an error means that nothing was written.
func (g *Git) Advertise(ctx context.Context, dir string, service Service, protocol string, w io.Writer) error {
	if service == Receive {
		protocol = "" // pushing knows the first protocol only
	}
	t, err := view(dir)
	if err != nil {
		return fmt.Errorf("advertise: %w", err)
	}
	var answer bytes.Buffer
	if !speaksVersion2(protocol) {
		answer.WriteString(packet("# service=" + string(service) + "\n"))
		answer.WriteString(flushPacket)
	}
	err = g.run(ctx, job{
		args: []string{service.command(), "--stateless-rpc", "--advertise-refs", t.dir},
		env:  append(t.env, protocolEnv(protocol)...),
		out:  &answer,
	})
	if err = errors.Join(err, t.remove()); err != nil {
		return err
	}
	if _, err := answer.WriteTo(w); err != nil {
		return fmt.Errorf("advertise: %w", err)
	}
	return nil
}

// UploadPack answers one request of a client that clones or fetches: the body
// of POST …/git-upload-pack. in is read to its end before the first byte of the
// answer is written. A request over 10 MB is ErrProtocol.
func (g *Git) UploadPack(ctx context.Context, dir, protocol string, in io.Reader, out io.Writer) error {
	request, err := io.ReadAll(io.LimitReader(in, maxUploadRequest+1))
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	if len(request) > maxUploadRequest {
		return fmt.Errorf("%w: it is too long", ErrProtocol)
	}
	t, err := view(dir)
	if err != nil {
		return fmt.Errorf("upload pack: %w", err)
	}
	err = g.run(ctx, job{
		args: []string{Upload.command(), "--stateless-rpc", "--strict", t.dir},
		env:  append(t.env, protocolEnv(protocol)...),
		in:   bytes.NewReader(request),
		out:  out,
	})
	return errors.Join(err, t.remove())
}

// speaksVersion2 reports whether a Git-Protocol header asks for version 2.
func speaksVersion2(protocol string) bool {
	for key := range strings.SplitSeq(protocol, ":") {
		if key == "version=2" {
			return true
		}
	}
	return false
}

// protocolEnv tells git the protocol's version. The header's own text does not
// reach it.
func protocolEnv(protocol string) []string {
	if speaksVersion2(protocol) {
		return []string{"GIT_PROTOCOL=version=2"}
	}
	return nil
}
