// Package holt_test holds the whole tree against the rules that its
// architecture rests on.
package holt_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/holtdb/holt/"

// layers lists, for each part of the tree, the parts of it that it may import.
// What is not listed may import nothing of the tree. A part stands for its
// subfolders unless they are listed themselves.
var layers = map[string][]string{
	"sqlite":  {},
	"tenant":  {"sqlite"},
	"samples": {},
	"library": {"tenant", "sqlite", "fulltext", "llm", "library", "library/retrieve", "library/chat", "library/extract",
		"library/extract/ocr"},
	"llm":           {"llm"},
	"llm/local":     {"llm/local"},
	"vault":         {},
	"platform":      {"tenant", "sqlite"},
	"identity":      {"platform"},
	"web/ui/format": {},
	"wiki": {"tenant", "sqlite", "wiki", "wiki/access", "wiki/preferences", "wiki/repo", "wiki/transport", "wiki/index",
		"wiki/source", "wiki/merge", "wiki/diff", "wiki/markdown", "wiki/markdown/embed"},
	"wiki/access":         {},
	"wiki/preferences":    {"wiki/access"},
	"wiki/repo":           {},
	"wiki/transport":      {"wiki/repo"},
	"wiki/source":         {},
	"wiki/merge":          {"wiki/diff"},
	"wiki/diff":           {},
	"wiki/markdown":       {"wiki/source", "wiki/markdown/embed"},
	"wiki/markdown/embed": {},
	"wiki/index":          {"sqlite", "fulltext", "wiki/repo", "wiki/source", "wiki/diff"},
	"web/ui":              {"library", "wiki", "platform", "tenant", "web/ui"},
	"web":                 {"llm", "hosting", "web/ui", "library", "wiki", "identity", "platform", "tenant", "sqlite"},
	"server":              {"vault", "llm", "llm/local", "library/retrieve", "library/extract/ocr", "hosting", "web", "library", "wiki", "identity", "platform", "tenant", "sqlite", "samples"},
	"cmd/holt":            {"vault", "llm", "library/extract/ocr", "hosting", "server", "library", "wiki", "identity", "platform", "tenant", "sqlite", "samples", "web/ui/format"},
	"bench":               {},
	"bench/retrieval": {"bench/retrieval/corpus", "library", "library/retrieve", "library/extract", "library/extract/ocr",
		"library/extract/pdf", "llm", "llm/local", "llm/llmtest", "tenant", "sqlite"},
	"bench/retrieval/corpus": {},
	"hosting":                {"platform", "wiki", "tenant"},
	// Extraction turns a file into pages and knows nothing of libraries.
	"library/extract":     {"library/extract"},
	"library/extract/ocr": {},
	"library/retrieve":    {"fulltext"},
	// An answer is words; who calls the model and where passages lie is not its matter.
	"library/chat": {"llm"},
	"fulltext":     {},
	"tenant/queue": {"tenant", "sqlite"},
}

// partOf returns the longest part that a folder belongs to.
func partOf(folder string) string {
	best := ""
	for part := range layers {
		if (folder == part || strings.HasPrefix(folder, part+"/")) && len(part) > len(best) {
			best = part
		}
	}
	return best
}

// eachFile calls do with every Go file of the tree that is no test.
func eachFile(t *testing.T, do func(folder, name string, file *ast.File)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(name), nil, parser.ParseComments)
		if err != nil {
			return err
		}
		do(path.Dir(name), name, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestImportsGoDownward keeps the engine from knowing an application, an
// application from knowing HTTP, and so on.
func TestImportsGoDownward(t *testing.T) {
	seen := map[string]bool{}
	eachFile(t, func(folder, name string, file *ast.File) {
		part := partOf(folder)
		if part == "" {
			t.Errorf("%s: the folder %s has no place in the layers", name, folder)
			return
		}
		seen[part] = true
		for _, spec := range file.Imports {
			imported := strings.Trim(spec.Path.Value, `"`)
			target, ours := strings.CutPrefix(imported, module)
			if !ours {
				if (part == "tenant" || part == "sqlite" || strings.HasPrefix(part, "library") || strings.HasPrefix(part, "wiki")) && strings.HasPrefix(imported, "net/http") {
					t.Errorf("%s imports %s: only web speaks HTTP", name, imported)
				}
				continue
			}
			to := partOf(target)
			if to == part {
				continue
			}
			if !slices.ContainsFunc(layers[part], func(allowed string) bool {
				return to == allowed || allowed != "tenant" && strings.HasPrefix(to, allowed+"/") || allowed == "tenant" && to == "tenant/queue"
			}) {
				t.Errorf("%s imports %s: %s may import only %v", name, target, part, layers[part])
			}
		}
	})
	for part := range layers {
		if !seen[part] {
			t.Errorf("the layers name %s, which does not exist", part)
		}
	}
}

// TestPackagesAreDocumented keeps a comment at the top of every package.
func TestPackagesAreDocumented(t *testing.T) {
	documented := map[string]bool{}
	eachFile(t, func(folder, _ string, file *ast.File) {
		documented[folder] = documented[folder] || file.Doc.Text() != ""
	})
	for folder, ok := range documented {
		if !ok {
			t.Errorf("package %s has no comment", folder)
		}
	}
}

// TestNoStateOutsideValues forbids init functions, and variables of packages
// but those that never change: errors, embedded files and compiled patterns.
// Everything of a tenant hangs off that tenant's value.
func TestNoStateOutsideValues(t *testing.T) {
	eachFile(t, func(_, name string, file *ast.File) {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name == "init" {
					t.Errorf("%s has an init function", name)
				}
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, spec := range d.Specs {
					if v := spec.(*ast.ValueSpec); !isConstant(d, v) {
						t.Errorf("%s: variable %s of the package may be state", name, v.Names[0].Name)
					}
				}
			}
		}
	})
}

// isConstant reports whether a variable of a package is one of the kinds that
// are never written.
func isConstant(d *ast.GenDecl, v *ast.ValueSpec) bool {
	if v.Names[0].Name == "_" {
		return true // a check that a type implements an interface
	}
	if strings.Contains(d.Doc.Text()+v.Doc.Text(), "//go:embed") || hasEmbed(d) || hasEmbed(v) {
		return true
	}
	for _, value := range v.Values {
		switch e := value.(type) {
		case *ast.CompositeLit: // a table
		case *ast.SelectorExpr: // an error of another package, under this one's name
			if !strings.HasPrefix(e.Sel.Name, "Err") {
				return false
			}
		case *ast.CallExpr:
			if f, ok := e.Fun.(*ast.SelectorExpr); !ok || !isMaker(f) {
				return false
			}
		default:
			return false
		}
	}
	return len(v.Values) > 0
}

// isMaker reports whether a call makes a value that has no state.
func isMaker(f *ast.SelectorExpr) bool {
	pkg, ok := f.X.(*ast.Ident)
	if !ok {
		return false
	}
	switch pkg.Name + "." + f.Sel.Name {
	case "errors.New", "fmt.Errorf", "regexp.MustCompile", "strings.NewReplacer", "netip.MustParsePrefix":
		return true
	}
	return false
}

// hasEmbed reports whether a declaration carries a go:embed directive, which is
// no part of its documentation.
func hasEmbed(n ast.Node) bool {
	var doc *ast.CommentGroup
	switch n := n.(type) {
	case *ast.GenDecl:
		doc = n.Doc
	case *ast.ValueSpec:
		doc = n.Doc
	}
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed") })
}
