package pdf

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestConfine confines a process of its own, which then tries what it must not.
func TestConfine(t *testing.T) {
	if dir := os.Getenv("HOLT_TEST_CONFINE"); dir != "" {
		tryForbidden(t, dir)
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	dir := t.TempDir()
	for name, content := range map[string]string{"secret": "otter", "address": listener.Addr().String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestConfine$", "-test.v")
	cmd.Env = append(os.Environ(), "HOLT_TEST_CONFINE="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("confined=true")) {
		t.Fatalf("%v\n%s", err, out)
	}
	const attempts = 6
	if refused := bytes.Count(out, []byte("=refused")); hasLandlock() && refused != attempts {
		t.Errorf("a confined process was refused %d of %d attempts:\n%s", refused, attempts, out)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "new")); err == nil && len(b) > 0 {
		t.Errorf("a confined process has written %q", b)
	}
}

func tryForbidden(t *testing.T, dir string) {
	address, err := os.ReadFile(filepath.Join(dir, "address"))
	if err != nil {
		t.Fatal(err)
	}
	if err := confine(); err != nil {
		t.Fatal(err)
	}
	fmt.Println("confined=true")
	report := func(action string, err error) {
		result := "allowed"
		if err != nil {
			result = "refused"
		}
		fmt.Printf("%s=%s\n", action, result)
	}
	_, err = os.ReadFile(filepath.Join(dir, "secret"))
	report("reading", err)
	_, err = os.Create(filepath.Join(dir, "new"))
	report("creating", err)
	_, err = os.ReadDir("/")
	report("listing", err)
	_, err = net.Dial("tcp", string(address))
	report("dialling", err)
	report("executing", exec.Command("/bin/true").Run())
	report("removing", os.Remove(filepath.Join(dir, "secret")))
}

func hasLandlock() bool {
	_, _, cgo := syscall.AllThreadsSyscall(unix.SYS_GETPID, 0, 0, 0)
	_, _, old := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	return cgo == 0 && old == 0
}
