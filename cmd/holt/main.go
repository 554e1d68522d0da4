// Command holt runs a Holt server and looks after its data.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/holtdb/holt/library/extract/pdf"
	"github.com/holtdb/holt/platform"
)

func main() {
	pdf.RunChild() // returns unless this process is to read a PDF file
	os.Exit(run(os.Args[1:], &console{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// commands is the command line.
type commands struct {
	JSON bool `name:"json" help:"Print what programs read: JSON."`

	Serve   serveCmd   `cmd:"" help:"Run the server."`
	Demo    demoCmd    `cmd:"" help:"Run a server with a demo person and sample documents."`
	Tenant  tenantCmd  `cmd:"" help:"Look after libraries, also beside a running server."`
	Wiki    wikiCmd    `cmd:"" help:"Look after wikis, also beside a running server."`
	Migrate migrateCmd `cmd:"" help:"Bring the databases of all libraries and wikis to this program's version."`
	User    userCmd    `cmd:"" help:"Look after accounts."`
	Token   tokenCmd   `cmd:"" help:"Look after API tokens."`
	Models  modelsCmd  `cmd:"" help:"Choose the models that answer questions and find passages, also beside a running server."`
	Version versionCmd `cmd:"" help:"Say which version this is."`
}

const description = `Private libraries and wikis for many people, each in a directory of its own.

Every flag that names a variable takes its value from there when it is not given.
Exit codes: 0 done, 1 failed, 2 wrong use or configuration, 3 not found, 4 busy or in use.`

// run does what args say and returns the exit code.
func run(args []string, c *console) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A later signal ends the program at once; one that comes in pair with the
	// first, as supervisors send them, does not.
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
	ctx = platform.WithActor(ctx, platform.Actor{Account: platform.CommandLine})

	var cmds commands
	parser, err := kong.New(&cmds, kong.Name("holt"), kong.Description(description),
		kong.Writers(c.out, c.err), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return c.fail(err)
	}
	parsed, err := parser.Parse(args)
	c.json = cmds.JSON || slices.Contains(args, "--json") // also when the rest cannot be parsed
	if err != nil {
		return c.fail(fmt.Errorf("%w: %w", errUsage, err))
	}
	if err := parsed.Run(); err != nil {
		return c.fail(err)
	}
	return exitDone
}
