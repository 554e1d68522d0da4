package embed

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	widthStep   = 5   // percent; widths are classes, for a page has no style attributes
	columnWidth = 800 // pixels of the column that lengths in pixels are taken from
	emWidth     = 16  // pixels
)

// flag reads a yes-or-no option.
func (c Call) flag(key string, fallback bool) (bool, error) {
	value := c.text(key)
	switch strings.ToLower(value) {
	case "":
		return fallback, nil
	case "true", "yes", "y", "on", "1":
		return true, nil
	case "false", "no", "n", "off", "0":
		return false, nil
	}
	return false, mistakef("%s is %q, but must be true or false", key, excerpt(value))
}

// choice reads an option that has a few words to choose from.
func (c Call) choice(words []string, fallback string, keys ...string) (string, error) {
	value := strings.ToLower(c.text(keys...))
	switch {
	case value == "":
		return fallback, nil
	case slices.Contains(words, value):
		return value, nil
	}
	return "", mistakef("%s is %q, but must be one of %s", keys[0], excerpt(value), strings.Join(words, ", "))
}

// position returns the class for where a box stands.
func (c Call) position(fallback string) (string, error) {
	where, err := c.choice([]string{"left", "right", "center"}, fallback, "float", "position", "pos")
	return "embed-" + where, err
}

func alignments() []string { return []string{"left", "right", "center", "justify"} }

// alignment returns the class for how text is set, or "".
func (c Call) alignment() (string, error) {
	align, err := c.choice(alignments(), "", "text-align", "align")
	if align == "" {
		return "", err
	}
	return "embed-text-" + align, nil
}

// width returns the class for the width, in steps of widthStep percent. A
// length is taken as a share of a column of columnWidth.
func (c Call) width(fallback string) (string, error) {
	value := c.text("width")
	if value == "" {
		value = fallback
	}
	value = strings.ToLower(value)
	if value == "" || value == "auto" {
		return "", nil
	}
	digits := strings.TrimRight(value, "%abcdefghijklmnopqrstuvwxyz ")
	number, err := strconv.ParseFloat(digits, 64)
	if err != nil || number <= 0 || math.IsInf(number, 0) || math.IsNaN(number) {
		return "", mistakef("width is %q, but must be a number with %%, px or em", excerpt(value))
	}
	switch strings.TrimSpace(value[len(digits):]) {
	case "%":
	case "px", "":
		number *= 100.0 / columnWidth
	case "em", "rem":
		number *= 100.0 * emWidth / columnWidth
	default:
		return "", mistakef("width is %q, but must be a number with %%, px or em", excerpt(value))
	}
	steps := math.Round(number / widthStep)
	return widthClass(int(min(max(steps, 1), 100/widthStep)) * widthStep), nil
}

func widthClass(percent int) string { return "embed-w-" + strconv.Itoa(percent) }

// frame returns the classes of a box: where it stands, how wide it is and how
// its text is set.
func (c Call) frame(position, width string) ([]string, error) {
	where, err := c.position(position)
	if err != nil {
		return nil, err
	}
	wide, err := c.width(width)
	if err != nil {
		return nil, err
	}
	align, err := c.alignment()
	if err != nil {
		return nil, err
	}
	return []string{where, wide, align}, nil
}

// caption writes the caption of a call in an element of its own, if it has one.
func (r *Renderer) caption(ctx context.Context, m *markup, call Call, tag string) error {
	text := call.text("caption")
	if text == "" {
		return nil
	}
	rendered, err := r.markdown(ctx, text, Inline)
	if err != nil {
		return err
	}
	m.open(tag, class("embed-caption"))
	m.rendered(rendered)
	m.close(tag)
	return nil
}
