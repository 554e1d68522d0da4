package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/holtdb/holt/library/extract/pdf"
)

func TestMain(m *testing.M) {
	pdf.RunChild()
	testscript.Main(m, map[string]func(){"holt": main})
}

// TestScripts runs the program as its users do. Each script has a folder of its
// own, servers take any free port, and what a script starts ends with it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOLT_LISTEN", "127.0.0.1:0")
			env.Setenv("TMPDIR", env.Getenv("WORK")+"/tmp")
			env.Values[serversKey{}] = &servers{}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"start":   start,
			"stop":    stop,
			"exits":   exits,
			"capture": capture,
			"request": request,
			"jwt":     signJWT,
			"absent":  absent,
		},
		RequireExplicitExec: true,
	})
}
