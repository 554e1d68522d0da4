package embed

import (
	"context"
	"slices"
	"strings"
)

// kind is one of the embeddings there are.
type kind struct {
	name    string
	alias   string   // a second name, or ""
	options []string // what it understands, in the order of the help
	open    bool     // further options are content
	draw    func(*Renderer, context.Context, Call) (string, error)
}

// kinds returns the embeddings in the order in which they are explained.
func kinds() []kind {
	return []kind{
		{
			name: "DataTable",
			options: []string{
				"caption", "perPage", "searchable", "sortable", "paging", "fixedHeight",
				"src", "delimiter", "sep", "separator", "quotechar", "header", "columns", "headers",
			},
			draw: (*Renderer).dataTable,
		},
		{
			name: "ImageFrame",
			options: []string{
				"caption", "src", "alt", "content", "width", "position", "pos", "float",
				"text-align", "align", "style",
			},
			draw: (*Renderer).imageFrame,
		},
		{
			name: "InfoBox",
			options: []string{
				"caption", "width", "position", "pos", "float", "text-align", "align", "style",
			},
			open: true,
			draw: (*Renderer).infoBox,
		},
		{
			name:    "Video",
			options: []string{"src", "caption", "width", "controls", "autoplay", "muted", "loop"},
			draw:    (*Renderer).video,
		},
		{
			name: "AttachmentList", alias: "Attachments",
			options: []string{"caption", "filter", "format", "fmt", "icons"},
			draw:    (*Renderer).attachmentList,
		},
		{
			name:    "PageIndex",
			options: []string{"src", "style", "toc", "toggle"},
			draw:    (*Renderer).pageIndex,
		},
		{
			name: "Figure",
			options: []string{
				"caption", "src", "alt", "width", "position", "pos", "float", "text-align", "align", "style",
			},
			draw: (*Renderer).figure,
		},
	}
}

// findKind returns the embedding of a name. Case and spaces do not count.
func findKind(name string) (kind, bool) {
	name = strings.ReplaceAll(name, " ", "")
	for _, k := range kinds() {
		if strings.EqualFold(name, k.name) || k.alias != "" && strings.EqualFold(name, k.alias) {
			return k, true
		}
	}
	return kind{}, false
}

// check refuses options that the embedding does not understand.
func (k kind) check(call Call) error {
	if k.open {
		return nil
	}
	for _, option := range call.Options {
		if !k.understands(option.Key) {
			return mistakef("there is no option %q; %s understands %s",
				excerpt(option.Key), k.name, strings.Join(k.options, ", "))
		}
	}
	return nil
}

func (k kind) understands(key string) bool {
	return slices.ContainsFunc(k.options, func(known string) bool { return strings.EqualFold(known, key) })
}

// Names returns the names of the embeddings.
func Names() []string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return names
}

// Classes returns every class name that Render writes: what an allowlist has
// to let through.
func Classes() []string {
	names := []string{
		"embed-error", "embed-note", "embed-caption", "embed-body", "embed-scroll",
		"embed-datatable", "embed-imageframe", "embed-infobox", "embed-figure",
		"embed-video", "embed-card", "embed-card-title", "embed-card-host",
		"embed-attachments", "embed-size", "embed-pageindex", "embed-pageindex-letter",
		"embed-pageindex-headings",
		"embed-left", "embed-right", "embed-center",
	}
	for _, align := range alignments() {
		names = append(names, "embed-text-"+align)
	}
	for _, icon := range icons() {
		names = append(names, "embed-icon-"+icon)
	}
	names = append(names, "embed-icon")
	for percent := widthStep; percent <= 100; percent += widthStep {
		names = append(names, widthClass(percent))
	}
	return names
}
