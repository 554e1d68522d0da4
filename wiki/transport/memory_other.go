//go:build !linux

package transport

import "os"

// limitMemory does nothing: only Linux bounds another process.
func limitMemory(*os.Process, uint64) {}
