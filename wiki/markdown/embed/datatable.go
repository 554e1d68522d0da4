package embed

import (
	"context"
	"strconv"
	"strings"
)

// Bounds of one table. What is beyond them is left out, and the table says so.
const (
	// MaxRows is the number of rows of a table, its head not counted.
	MaxRows = 1000

	maxPerPage     = 1000
	defaultPerPage = 25
)

// dataTable draws the tables of its Markdown, or that of a CSV attachment, as
// plain tables. What a script needs to sort, search and page them stands in
// data attributes around them.
func (r *Renderer) dataTable(ctx context.Context, call Call) (string, error) {
	behaviour, err := tableBehaviour(call)
	if err != nil {
		return "", err
	}
	var table string
	var leftOut int
	if source := call.text("src"); source != "" {
		table, leftOut, err = r.csvTable(ctx, call, source)
	} else {
		table, leftOut, err = r.markdownTable(ctx, call.Body)
	}
	if err != nil {
		return "", err
	}
	r.tables = true
	var m markup
	m.open("figure", append([]attr{class("embed-datatable")}, behaviour...)...)
	if err := r.caption(ctx, &m, call, "figcaption"); err != nil {
		return "", err
	}
	m.open("div", class("embed-scroll"))
	m.rendered(table)
	m.close("div")
	if leftOut > 0 {
		m.element("p", "The first "+strconv.Itoa(MaxRows)+" rows are shown; "+
			strconv.Itoa(leftOut)+" more are left out.", class("embed-note"))
	}
	m.close("figure")
	return m.String(), nil
}

// tableBehaviour returns the data attributes of a table.
func tableBehaviour(call Call) ([]attr, error) {
	var attrs []attr
	for _, option := range []struct{ key, attribute string }{
		{"sortable", "data-sortable"},
		{"searchable", "data-searchable"},
		{"paging", "data-paging"},
		{"fixedHeight", "data-fixed-height"},
	} {
		on, err := call.flag(option.key, true)
		if err != nil {
			return nil, err
		}
		attrs = append(attrs, attr{option.attribute, strconv.FormatBool(on)})
	}
	perPage := defaultPerPage
	if value := call.text("perPage"); value != "" {
		number, err := strconv.Atoi(value)
		if err != nil || number < 1 || number > maxPerPage {
			return nil, mistakef("perPage is %q, but must be a number from 1 to %d", excerpt(value), maxPerPage)
		}
		perPage = number
	}
	return append(attrs, attr{"data-per-page", strconv.Itoa(perPage)}), nil
}

// markdownTable renders the tables of a text without the rows beyond MaxRows.
func (r *Renderer) markdownTable(ctx context.Context, text string) (table string, leftOut int, err error) {
	text, leftOut = limitRows(text)
	table, err = r.markdown(ctx, text, Block)
	if err != nil {
		return "", 0, err
	}
	if !strings.Contains(table, "<table") {
		return "", 0, mistakef("there is no table; write one, or name a CSV attachment with src")
	}
	return table, leftOut, nil
}

// limitRows takes the table rows beyond MaxRows out of a Markdown text. Rows
// are the lines below a delimiter row up to the next empty line.
func limitRows(text string) (limited string, leftOut int) {
	var kept strings.Builder
	rows, inTable := 0, false
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		switch {
		case isDelimiterRow(trimmed):
			inTable = true
		case trimmed == "":
			inTable = false
		case inTable:
			rows++
		}
		if inTable && rows > MaxRows {
			leftOut++
			continue
		}
		kept.WriteString(line)
	}
	return kept.String(), leftOut
}

// isDelimiterRow recognises the line between the head and the rows of a table.
func isDelimiterRow(line string) bool {
	return strings.Contains(line, "-") && strings.Contains(line, "|") && strings.Trim(line, "|:- \t") == ""
}
