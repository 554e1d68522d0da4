package source

import (
	"errors"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// ErrFrontmatter says that a frontmatter cannot be read: it is no YAML mapping,
// or goes beyond the limits. The page itself is fine.
var ErrFrontmatter = errors.New("the properties at the top of the page cannot be read")

// What a frontmatter may hold.
const (
	maxFields = 200  // properties
	maxDepth  = 8    // lists and mappings within each other
	maxNodes  = 5000 // values in all
	maxTags   = 100
	maxTag    = 100 // bytes of a tag
)

// Meta is what a frontmatter says about its page.
type Meta struct {
	Title    string
	Tags     []string // as CleanTags returns them
	Category string
	Fields   []Field // all properties in their order, these three included
}

// Field is one property for display.
type Field struct {
	Name   string
	Values []string // one for a plain value; a list's items; none when empty
}

// Get returns the values of the property called name, in any case.
func (m Meta) Get(name string) []string {
	for _, f := range m.Fields {
		if strings.EqualFold(f.Name, name) {
			return f.Values
		}
	}
	return nil
}

// ParseMeta reads a frontmatter as Split returns it. Values are taken as they
// are written (a date stays the text it is). Of a property named twice the
// first counts. Aliases are refused, as they let a short text stand for a huge
// one. It fails with ErrFrontmatter.
func ParseMeta(frontmatter []byte) (Meta, error) {
	if len(frontmatter) > MaxFrontmatter {
		return Meta{}, fmt.Errorf("%w: they are longer than %d KiB", ErrFrontmatter, MaxFrontmatter>>10)
	}
	if flowDepth(frontmatter) > maxDepth {
		return Meta{}, fmt.Errorf("%w: they are nested too deeply", ErrFrontmatter)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(frontmatter, &doc); err != nil {
		return Meta{}, fmt.Errorf("%w: %w", ErrFrontmatter, err)
	}
	if doc.Kind == 0 || len(doc.Content) == 0 {
		return Meta{}, nil // nothing but space and comments
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return Meta{}, nil
	}
	if root.Kind != yaml.MappingNode {
		return Meta{}, fmt.Errorf("%w: they are no list of “name: value”", ErrFrontmatter)
	}
	nodes := 0
	if err := checkNode(root, 0, &nodes); err != nil {
		return Meta{}, err
	}
	return readMeta(root)
}

// checkNode proves a value to be within the limits.
func checkNode(n *yaml.Node, depth int, nodes *int) error {
	*nodes++
	switch {
	case n.Kind == yaml.AliasNode:
		return fmt.Errorf("%w: line %d has an alias (*%s)", ErrFrontmatter, n.Line, n.Value)
	case depth > maxDepth:
		return fmt.Errorf("%w: line %d is nested too deeply", ErrFrontmatter, n.Line)
	case *nodes > maxNodes:
		return fmt.Errorf("%w: they hold more than %d values", ErrFrontmatter, maxNodes)
	}
	for _, child := range n.Content {
		if err := checkNode(child, depth+1, nodes); err != nil {
			return err
		}
	}
	return nil
}

// flowDepth returns an upper bound for how deeply brackets are nested. It is
// asked before the YAML parser runs, whose work grows with the depth.
func flowDepth(front []byte) int {
	depth, deepest := 0, 0
	for _, c := range front {
		switch c {
		case '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ']', '}':
			depth = max(depth-1, 0)
		}
	}
	return deepest
}

// readMeta takes the properties out of a mapping.
func readMeta(root *yaml.Node) (Meta, error) {
	var meta Meta
	for i := 0; i+1 < len(root.Content); i += 2 {
		name := strings.TrimSpace(root.Content[i].Value)
		if root.Content[i].Kind != yaml.ScalarNode || name == "" || meta.has(name) {
			continue
		}
		if len(meta.Fields) == maxFields {
			return Meta{}, fmt.Errorf("%w: they are more than %d", ErrFrontmatter, maxFields)
		}
		values := valuesOf(root.Content[i+1])
		meta.Fields = append(meta.Fields, Field{Name: name, Values: values})
		switch strings.ToLower(name) {
		case "title":
			meta.Title = strings.Join(values, ", ")
		case "category":
			meta.Category = strings.Join(values, ", ")
		case "tags":
			meta.Tags = CleanTags(values)
		}
	}
	return meta, nil
}

// has reports whether a property of that name has been read.
func (m Meta) has(name string) bool {
	for _, f := range m.Fields {
		if strings.EqualFold(f.Name, name) {
			return true
		}
	}
	return false
}

// valuesOf returns a property's value as texts.
func valuesOf(n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		if text := textOf(n); text != "" {
			return []string{text}
		}
		return nil
	}
	var values []string
	for _, item := range n.Content {
		if text := textOf(item); text != "" {
			values = append(values, text)
		}
	}
	return values
}

// textOf writes a value in one line.
func textOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return ""
		}
		return strings.Join(strings.Fields(n.Value), " ")
	case yaml.SequenceNode:
		parts := make([]string, len(n.Content))
		for i, item := range n.Content {
			parts[i] = textOf(item)
		}
		return strings.Join(parts, ", ")
	case yaml.MappingNode:
		parts := make([]string, 0, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, textOf(n.Content[i])+": "+textOf(n.Content[i+1]))
		}
		return strings.Join(parts, "; ")
	}
	return ""
}
