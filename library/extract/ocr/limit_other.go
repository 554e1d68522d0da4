//go:build !linux

package ocr

import (
	"syscall"
	"time"
)

// attributes make the process the first of a group.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// limit does nothing: only Linux limits the resources of another process.
func limit(int, int64, time.Duration) error { return nil }
