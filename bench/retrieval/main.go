// Command retrieval measures how often a library finds the page that answers a
// question. It makes a corpus of the documentation in Debian packages, puts it
// into a library as uploads, asks every question in each mode of searching and
// prints what was found as tables in Markdown.
//
//	go run ./bench/retrieval -work /tmp/holt-retrieval
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/holtdb/holt/bench/retrieval/corpus"
	"github.com/holtdb/holt/library/extract/pdf"
)

func main() {
	pdf.RunChild()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "retrieval:", err)
		}
		os.Exit(1)
	}
}

// options are what is measured and where.
type options struct {
	work      string
	reuse     bool
	fusions   bool
	hash      bool
	local     string
	ollama    string
	openai    string
	model     string
	failures  int
	questions int
}

func parse(args []string, errs io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("retrieval", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.work, "work", "", "`folder` for packages, corpus and library (needed)")
	flags.BoolVar(&o.reuse, "reuse", false, "search the library of the run before instead of a new one")
	flags.BoolVar(&o.hash, "hash", true, "measure the embedder that hashes words, which means nothing")
	flags.StringVar(&o.local, "local", "", "measure the sentence model in this `folder` (config.json, vocab.txt, model.safetensors)")
	flags.StringVar(&o.ollama, "ollama", "", "measure -model of the Ollama server at this `URL`")
	flags.StringVar(&o.openai, "openai", "", "measure -model of the OpenAI-compatible server at this `URL`, with the key in OPENAI_API_KEY")
	flags.StringVar(&o.model, "model", "nomic-embed-text", "embedding `model` of the server")
	flags.BoolVar(&o.fusions, "fusions", false, "compare formulas and weights of the fusion for each embedder")
	flags.IntVar(&o.failures, "failures", 0, "print this many questions whose answer the words do not find")
	flags.IntVar(&o.questions, "questions", 0, "ask only the first so many; 0 means all")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.work == "" {
		return o, errors.New("say with -work where packages, corpus and library may lie")
	}
	return o, nil
}

func run(ctx context.Context, args []string, out, errs io.Writer) error {
	o, err := parse(args, errs)
	if err != nil {
		return err
	}
	embedders, err := o.embedders()
	if err != nil {
		return err
	}
	c, err := corpus.Read(o.work)
	if errors.Is(err, os.ErrNotExist) {
		c, err = corpus.Make(ctx, o.work)
	}
	if err != nil {
		return err
	}
	if o.questions > 0 && o.questions < len(c.Pairs) {
		c.Pairs = c.Pairs[:o.questions]
	}
	began := time.Now()
	s, err := serve(ctx, o.work, c, o.reuse)
	if err != nil {
		return err
	}
	defer s.close()
	fmt.Fprintf(errs, "library ready after %s\n", time.Since(began).Round(time.Second))
	e := evaluation{server: s, pairs: c.Pairs, out: out}
	if err := e.describe(ctx, c); err != nil {
		return err
	}
	if err := e.table(ctx, embedders); err != nil {
		return err
	}
	if o.fusions {
		for _, m := range embedders {
			if err := e.fusions(ctx, m); err != nil {
				return err
			}
		}
	}
	return e.failures(ctx, o.failures)
}
