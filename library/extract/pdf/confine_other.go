//go:build !linux

package pdf

import (
	"os"
	"syscall"
)

func selfPath() (string, error) { return os.Executable() }

func childAttributes() *syscall.SysProcAttr { return nil }

func confineSystem() error { return nil }
