package pdf

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// selfPath is this program even after an upgrade has replaced its file.
func selfPath() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Stat(self); err != nil {
		return os.Executable()
	}
	return self, nil
}

// childAttributes lets the kernel kill the child when the thread that started
// it ends: that thread must outlive the child.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// confineSystem keeps the process from gaining rights, from being traced, and,
// where the kernel has Landlock, from opening any file or TCP connection.
//
// Rights belong to threads, and only a program without cgo can change those of
// all its threads: with cgo the last step is left out.
func confineSystem() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("forbid tracing: %w", err)
	}
	_, _, errno := syscall.AllThreadsSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0)
	if errno == unix.ENOTSUP {
		return nil
	}
	if errno != 0 {
		return fmt.Errorf("give up new privileges: %w", errno)
	}
	return forbidFiles()
}

// forbidFiles handles every right that the kernel's Landlock knows and grants
// none. Versions: Linux Documentation/userspace-api/landlock.rst.
func forbidFiles() error {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return nil // a kernel without Landlock
	}
	const firstVersion = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1 // the lowest 13 bits
	rules := unix.LandlockRulesetAttr{Handled_access_fs: firstVersion}
	size := unsafe.Sizeof(rules.Handled_access_fs)
	if version >= 2 {
		rules.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if version >= 3 {
		rules.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version >= 4 {
		rules.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
		size += unsafe.Sizeof(rules.Handled_access_net)
	}
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rules)), size, 0)
	if errno != 0 {
		return fmt.Errorf("make Landlock rules: %w", errno)
	}
	defer unix.Close(int(fd))
	if _, _, errno := syscall.AllThreadsSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); errno != 0 {
		return fmt.Errorf("apply Landlock rules: %w", errno)
	}
	return nil
}
