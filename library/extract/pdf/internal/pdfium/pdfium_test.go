package pdfium_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"
)

// TestModule checks that the module is the one that README.md names.
func TestModule(t *testing.T) {
	module, err := os.ReadFile("pdfium.wasm")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const want = "71aec412a303a0405baee21c3d6d3f30ad2033dc02444130fe476be3976e2d09"
	sum := sha256.Sum256(module)
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("pdfium.wasm has SHA-256 %s, want %s", got, want)
	}
	if !bytes.Contains(readme, []byte(want)) {
		t.Errorf("README.md does not name SHA-256 %s", want)
	}
}
