// Package pdfium reads PDF files with PDFium compiled to WebAssembly.
//
// The guest is confined by WebAssembly: it sees its own memory, one document
// it may read, and a clock. It has no files, environment, network or arguments.
// What confinement does not bound is time, so callers run this package in a
// process they can kill.
//
// Function names and constants follow PDFium's public headers (fpdfview.h,
// fpdf_text.h, fpdf_doc.h, fpdf_formfill.h).
package pdfium

import (
	"context"
	_ "embed" // for the PDFium module
	"fmt"
	"io"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/emscripten"
)

//go:embed pdfium.wasm
var module []byte

const wasmPage = 64 << 10 // bytes in one WebAssembly page

// Config sets up a [Runtime].
type Config struct {
	// CacheDir keeps compiled code between processes; "" compiles every time.
	// Whoever may write there may run code in this process.
	CacheDir string
	// MemoryLimit is the most bytes of guest memory for one document.
	MemoryLimit int64
}

// Runtime is PDFium compiled and ready. It holds one document at a time and
// is not safe for concurrent use.
type Runtime struct {
	wasm     wazero.Runtime
	compiled wazero.CompiledModule
	host     *host
}

// NewRuntime compiles PDFium, or loads it from the cache: about a second
// against some tens of milliseconds.
func NewRuntime(ctx context.Context, config Config) (*Runtime, error) {
	pages := min(max(config.MemoryLimit, 0)/wasmPage, 1<<16)
	// WithCloseOnContextDone stays off: its checks make PDFium five times slower.
	settings := wazero.NewRuntimeConfigCompiler().WithMemoryLimitPages(uint32(pages))
	if config.CacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(config.CacheDir)
		if err != nil {
			return nil, fmt.Errorf("open the compiled-code cache: %w", err)
		}
		settings = settings.WithCompilationCache(cache)
	}
	r := &Runtime{wasm: wazero.NewRuntimeWithConfig(ctx, settings), host: &host{}}
	if err := r.link(ctx); err != nil {
		r.wasm.Close(ctx)
		return nil, err
	}
	return r, nil
}

// link compiles the module and defines every function that it imports.
func (r *Runtime) link(ctx context.Context) (err error) {
	if r.compiled, err = r.wasm.CompileModule(ctx, module); err != nil {
		return fmt.Errorf("compile PDFium: %w", err)
	}
	builders := map[string]wazero.HostModuleBuilder{}
	for _, name := range []string{"env", "wasi_snapshot_preview1"} {
		builders[name] = r.wasm.NewHostModuleBuilder(name)
	}
	// The invoke_* trampolines and longjmp carry PDFium's C error handling.
	trampolines, err := emscripten.NewFunctionExporterForModule(r.compiled)
	if err != nil {
		return fmt.Errorf("prepare PDFium's imports: %w", err)
	}
	trampolines.ExportFunctions(builders["env"])
	functions := r.host.functions()
	for _, f := range r.compiled.ImportedFunctions() {
		from, name, _ := f.Import()
		if strings.HasPrefix(name, "invoke_") || name == "_emscripten_throw_longjmp" {
			continue
		}
		do, known := functions[name]
		if !known {
			do = refuse(len(f.ResultTypes()) > 0)
		}
		builders[from].NewFunctionBuilder().
			WithGoModuleFunction(do, f.ParamTypes(), f.ResultTypes()).Export(name)
	}
	for name, b := range builders {
		if _, err := b.Instantiate(ctx); err != nil {
			return fmt.Errorf("define PDFium's imports of %s: %w", name, err)
		}
	}
	return nil
}

// Close frees the compiled code and the document, if one is open.
func (r *Runtime) Close(ctx context.Context) error { return r.wasm.Close(ctx) }

// instance is one running copy of PDFium with a memory of its own.
type instance struct {
	ctx       context.Context
	module    api.Module
	functions map[string]api.Function
	host      *host
	// err is the first failure. The guest's memory is not to be trusted after
	// it, so that every later call does nothing and returns 0.
	err error
}

// start makes a fresh copy of PDFium whose only file is the given one.
func (r *Runtime) start(ctx context.Context, file io.ReaderAt, size int64) (*instance, error) {
	r.host.reset(file, size)
	ctx = experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(newReserved))
	m, err := r.wasm.InstantiateModule(ctx, r.compiled,
		wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", err)
	}
	i := &instance{ctx: ctx, module: m, functions: map[string]api.Function{}, host: r.host}
	i.call("__wasm_call_ctors")
	i.call("FPDF_InitLibrary")
	if i.err != nil {
		i.close()
		return nil, i.err
	}
	return i, nil
}

func (i *instance) close() { i.module.Close(i.ctx) }
