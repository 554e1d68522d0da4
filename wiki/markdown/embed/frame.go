package embed

import (
	"context"
	"path"
	"strings"
)

// imageFrame draws images in a frame beside the text.
func (r *Renderer) imageFrame(ctx context.Context, call Call) (string, error) {
	return r.framed(ctx, call, "embed-imageframe", "right", "30%")
}

// figure draws an image, or any other content, with its caption in the text.
func (r *Renderer) figure(ctx context.Context, call Call) (string, error) {
	return r.framed(ctx, call, "embed-figure", "center", "")
}

func (r *Renderer) framed(ctx context.Context, call Call, name, position, width string) (string, error) {
	classes, err := call.frame(position, width)
	if err != nil {
		return "", err
	}
	var m markup
	m.open("figure", class(append([]string{name}, classes...)...))
	source := call.text("src")
	if source != "" {
		if err := r.image(ctx, &m, source, call); err != nil {
			return "", err
		}
	}
	body := strings.TrimSpace(call.text("content") + "\n\n" + call.Body)
	if body == "" && source == "" {
		return "", mistakef("there is nothing to show; name an image with src, or write Markdown")
	}
	if body != "" {
		rendered, err := r.markdown(ctx, body, Block)
		if err != nil {
			return "", err
		}
		m.rendered(rendered)
	}
	if err := r.caption(ctx, &m, call, "figcaption"); err != nil {
		return "", err
	}
	m.close("figure")
	return m.String(), nil
}

// image writes the image of a source, linked to itself in full size.
func (r *Renderer) image(ctx context.Context, m *markup, source string, call Call) error {
	target, err := r.address(ctx, source)
	if err != nil {
		return err
	}
	alt, given := call.lookup("alt")
	if !given {
		alt = path.Base(source)
	}
	m.open("a", attr{"href", target})
	m.open("img", attr{"src", target}, attr{"alt", alt}, attr{"loading", "lazy"})
	m.close("a")
	return nil
}

// infoBox draws facts in a box beside the text. Every option that says nothing
// about the box itself is a fact; "_" before a key makes it one in any case.
func (r *Renderer) infoBox(ctx context.Context, call Call) (string, error) {
	classes, err := call.frame("right", "35%")
	if err != nil {
		return "", err
	}
	var m markup
	m.open("aside", class(append([]string{"embed-infobox"}, classes...)...))
	if err := r.caption(ctx, &m, call, "p"); err != nil {
		return "", err
	}
	if call.Body != "" {
		rendered, err := r.markdown(ctx, call.Body, Block)
		if err != nil {
			return "", err
		}
		m.open("div", class("embed-body"))
		m.rendered(rendered)
		m.close("div")
	}
	if err := r.facts(ctx, &m, call); err != nil {
		return "", err
	}
	m.close("aside")
	return m.String(), nil
}

func (r *Renderer) facts(ctx context.Context, m *markup, call Call) error {
	box, _ := findKind("InfoBox")
	opened := false
	for _, option := range call.Options {
		if box.understands(option.Key) {
			continue
		}
		value, err := r.markdown(ctx, option.Value, Inline)
		if err != nil {
			return err
		}
		if !opened {
			m.open("table")
			m.open("tbody")
			opened = true
		}
		m.open("tr")
		m.element("th", strings.TrimPrefix(option.Key, "_"), attr{"scope", "row"})
		m.open("td")
		m.rendered(value)
		m.close("td", "tr")
	}
	if opened {
		m.close("tbody", "table")
	}
	return nil
}
