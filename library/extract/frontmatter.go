package extract

import (
	"strings"

	"gopkg.in/yaml.v3"
)

const maxFront = 64 << 10 // bytes of front matter

// frontMatter takes the YAML between lines of "---" off the start of source.
func frontMatter(source string) (Meta, string) {
	body, ok := strings.CutPrefix(source, "---\n")
	if !ok {
		return Meta{}, source
	}
	front, rest, ok := strings.Cut(body, "\n---")
	if !ok || len(front) > maxFront {
		return Meta{}, source
	}
	line, rest, _ := strings.Cut(rest, "\n")
	if strings.TrimSpace(line) != "" {
		return Meta{}, source
	}
	var fields struct {
		Title    string    `yaml:"title"`
		Author   yaml.Node `yaml:"author"`
		Authors  yaml.Node `yaml:"authors"`
		Language string    `yaml:"language"`
		Lang     string    `yaml:"lang"`
	}
	if err := yaml.Unmarshal([]byte(front), &fields); err != nil {
		return Meta{}, source
	}
	meta := Meta{Title: shorten(fields.Title), Authors: append(names(fields.Author), names(fields.Authors)...)}
	if meta.Language = languageTag(fields.Language); meta.Language == "" {
		meta.Language = languageTag(fields.Lang)
	}
	return meta, rest
}

// names reads one name, a list of names, or a list of entries with a name.
func names(node yaml.Node) []string {
	switch node.Kind {
	case yaml.ScalarNode:
		if name := shorten(node.Value); name != "" {
			return []string{name}
		}
	case yaml.SequenceNode:
		var all []string
		for _, item := range node.Content {
			var entry struct {
				Name string `yaml:"name"`
			}
			if item.Kind == yaml.ScalarNode {
				entry.Name = item.Value
			} else if item.Kind != yaml.MappingNode || item.Decode(&entry) != nil {
				continue
			}
			if name := shorten(entry.Name); name != "" {
				all = append(all, name)
			}
		}
		return all
	}
	return nil
}
