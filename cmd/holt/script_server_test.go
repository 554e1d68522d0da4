package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptPatience bounds waits for what happens in any case.
const scriptPatience = 2 * time.Minute

type serversKey struct{}

// servers is the server that a script has started.
type servers struct {
	cmd  *exec.Cmd
	out  bytes.Buffer // what it printed, guarded by mu while it runs
	log  bytes.Buffer
	mu   sync.Mutex
	read chan struct{} // closed when its output has ended
}

// start: start serve|demo [flag...] runs a server and waits until it is ready.
// What it printed is then the command's output.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: start serve|demo [flag...]")
	}
	s := ts.Value(serversKey{}).(*servers)
	if s.cmd != nil {
		ts.Fatalf("a server runs already")
	}
	program, err := exec.LookPath("holt")
	ts.Check(err)
	s.out.Reset()
	s.log.Reset()
	s.read = make(chan struct{})
	cmd := exec.Command(program, args...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = scriptEnv(ts)
	cmd.Stderr = &s.log
	stdout, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	s.cmd = cmd
	ts.Defer(func() {
		if s.cmd == cmd {
			_ = cmd.Process.Kill() // a failed script left it
			_, _ = s.wait()
		}
	})
	ready := make(chan bool, 1)
	go s.listen(stdout, ready)
	select {
	case ok := <-ready:
		if !ok {
			_, _ = s.wait()
			ts.Fatalf("the server does not start: %s", s.log.String())
		}
	case <-time.After(scriptPatience):
		ts.Fatalf("the server does not get ready")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err = ts.Stdout().Write(s.out.Bytes())
	ts.Check(err)
}

// scriptEnv is the script's environment, as far as the program heeds it.
func scriptEnv(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "HOLT_LISTEN", "HOLT_DATA", "HOLT_JWT_SECRET",
		"HOLT_JWT_SECRET_FILE", "HOLT_OPEN_REGISTRATION", "HOLT_MAX_OPEN", "HOLT_LOG", "HOLT_LOG_LEVEL",
		"HOLT_TRUSTED_PROXIES", "HOLT_PROXY_USER_HEADER"} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// listen keeps what a server prints and tells when its greeting is complete.
func (s *servers) listen(stdout io.Reader, ready chan<- bool) {
	defer close(s.read)
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadString('\n')
		s.mu.Lock()
		s.out.WriteString(line)
		s.mu.Unlock()
		if strings.HasPrefix(line, "{") || strings.HasPrefix(line, "Press Ctrl-C") {
			ready <- true
		}
		if err != nil {
			select {
			case ready <- false:
			default:
			}
			return
		}
	}
}

// wait waits for the server's end and returns its exit code.
func (s *servers) wait() (int, error) {
	<-s.read
	err := s.cmd.Wait()
	code := s.cmd.ProcessState.ExitCode()
	s.cmd = nil
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = nil
	}
	return code, err
}

// stop: stop ends the server by SIGTERM, expects the exit code 0 and writes
// what it printed and logged to the file server.log.
func stop(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: stop")
	}
	s := ts.Value(serversKey{}).(*servers)
	if s.cmd == nil {
		ts.Fatalf("no server runs")
	}
	process := s.cmd.Process
	killer := time.AfterFunc(scriptPatience, func() { _ = process.Kill() })
	defer killer.Stop()
	ts.Check(process.Signal(syscall.SIGTERM))
	_ = process.Signal(syscall.SIGTERM) // supervisors send it to the process and to its group
	code, err := s.wait()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("server.log"), s.log.Bytes(), 0o600))
	if code != 0 {
		ts.Fatalf("the server ended with %d: %s", code, s.log.String())
	}
}

// exits: exits CODE PROGRAM [ARG...] expects a program to end with an exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program [arg...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("it exits with %d, want %d", got, want)
	}
}
