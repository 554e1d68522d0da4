package embed

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// MaxCSV is the size of a CSV attachment that is shown as a table, in bytes.
	MaxCSV = 1 << 20

	maxColumns = 64
	maxCell    = 2000 // characters
)

// sheet is a table read from a CSV file.
type sheet struct {
	head    []string // nil without a head
	rows    [][]string
	leftOut int // rows beyond MaxRows
	width   int // columns of the widest row
}

// csvTable draws the table of a CSV attachment.
func (r *Renderer) csvTable(ctx context.Context, call Call, source string) (table string, leftOut int, err error) {
	if isAddress(source) {
		return "", 0, mistakef("src is %q, but must be the name of an attachment", excerpt(source))
	}
	data, err := r.content(ctx, source, MaxCSV)
	if err != nil {
		return "", 0, err
	}
	read, err := readSheet(data, call)
	if err != nil {
		return "", 0, err
	}
	columns, err := read.choose(call.text("columns"))
	if err != nil {
		return "", 0, err
	}
	labels := read.labels(columns, call.text("headers"))
	return read.table(columns, labels), read.leftOut, nil
}

// readSheet reads a CSV file as RFC 4180 has it, with the separator and the
// quotation mark that the call names.
func readSheet(data []byte, call Call) (sheet, error) {
	withHead, err := call.flag("header", true)
	if err != nil {
		return sheet{}, err
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	quote, err := quotation(call)
	if err != nil {
		return sheet{}, err
	}
	separator, err := separation(call, data)
	if err != nil {
		return sheet{}, err
	}
	if separator == rune(quote) {
		return sheet{}, mistakef("delimiter and quotechar must differ")
	}
	reader := csv.NewReader(bytes.NewReader(exchange(data, quote)))
	reader.Comma = separator
	reader.FieldsPerRecord = -1
	var read sheet
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return read, nil
		}
		if err != nil {
			return sheet{}, badCSV(err)
		}
		if withHead && read.head == nil {
			read.head = cells(record, quote)
			read.width = len(read.head)
			continue
		}
		if len(read.rows) == MaxRows {
			read.leftOut++
			continue
		}
		row := cells(record, quote)
		read.rows = append(read.rows, row)
		read.width = max(read.width, len(row))
	}
}

func badCSV(err error) error {
	var wrong *csv.ParseError
	if !errors.As(err, &wrong) {
		return mistakef("the attachment is no CSV file")
	}
	return mistakef("the attachment is no CSV file: line %d has a quotation mark where none can stand", wrong.Line)
}

// separation returns the character between two fields: the one that the call
// names, or the one of semicolon, tab and comma that the first line holds.
func separation(call Call, data []byte) (rune, error) {
	value, given := call.lookup("delimiter", "sep", "separator")
	if !given || value == "" {
		line, _, _ := bytes.Cut(data, []byte("\n"))
		for _, candidate := range []byte{';', '\t', ','} {
			if bytes.IndexByte(line, candidate) >= 0 {
				return rune(candidate), nil
			}
		}
		return ';', nil
	}
	if value == `\t` || strings.EqualFold(value, "tab") {
		return '\t', nil
	}
	separator, size := utf8.DecodeRuneInString(value)
	if size != len(value) || separator == utf8.RuneError || separator < ' ' || separator == '"' {
		return 0, mistakef(`delimiter is %q, but must be one character, or \t for a tab`, excerpt(value))
	}
	return separator, nil
}

// quotation returns the quotation mark that the call names.
func quotation(call Call) (byte, error) {
	value := call.text("quotechar")
	switch {
	case value == "":
		return '"', nil
	case len(value) == 1 && value[0] > ' ' && value[0] < 0x7f:
		return value[0], nil
	}
	return 0, mistakef("quotechar is %q, but must be one character", excerpt(value))
}

// exchange swaps the quotation mark of a file with the one that the CSV reader
// knows. Doing it again restores the text.
func exchange(data []byte, quote byte) []byte {
	if quote == '"' {
		return data
	}
	swapped := slices.Clone(data)
	for i, c := range swapped {
		switch c {
		case quote:
			swapped[i] = '"'
		case '"':
			swapped[i] = quote
		}
	}
	return swapped
}

// cells returns the cells of a record, none longer than maxCell and not more
// than maxColumns of them.
func cells(record []string, quote byte) []string {
	row := make([]string, 0, min(len(record), maxColumns))
	for _, cell := range record[:min(len(record), maxColumns)] {
		cell = strings.ToValidUTF8(string(exchange([]byte(cell), quote)), "\ufffd")
		if len(cell) > maxCell && utf8.RuneCountInString(cell) > maxCell {
			cell = string([]rune(cell)[:maxCell]) + "…"
		}
		row = append(row, cell)
	}
	return row
}

// choose returns the columns that a list of numbers, counted from 1, and names
// of the head selects, each of them once; all of them for an empty list.
func (s sheet) choose(list string) ([]int, error) {
	var columns []int
	if list == "" {
		for i := range s.width {
			columns = append(columns, i)
		}
		return columns, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		column := slices.Index(s.head, name)
		if number, err := strconv.Atoi(name); err == nil && 1 <= number && number <= s.width {
			column = number - 1
		}
		if column < 0 {
			return nil, mistakef("columns names %q, but the file has no such column", excerpt(name))
		}
		if !slices.Contains(columns, column) {
			columns = append(columns, column)
		}
	}
	return columns, nil
}

// labels returns the head of the columns that are shown: the names given, and
// those of the file where none is given; nil for a table without a head.
func (s sheet) labels(columns []int, given string) []string {
	var names []string
	if given != "" {
		names = strings.Split(given, ",")
	}
	if s.head == nil && names == nil {
		return nil
	}
	labels := make([]string, len(columns))
	for i, column := range columns {
		switch {
		case i < len(names):
			labels[i] = strings.TrimSpace(names[i])
		case column < len(s.head):
			labels[i] = s.head[column]
		}
	}
	return labels
}

func (s sheet) table(columns []int, labels []string) string {
	var m markup
	m.open("table")
	if labels != nil {
		m.open("thead")
		m.open("tr")
		for _, label := range labels {
			m.element("th", label, attr{"scope", "col"})
		}
		m.close("tr", "thead")
	}
	m.open("tbody")
	for _, row := range s.rows {
		m.open("tr")
		for _, column := range columns {
			cell := ""
			if column < len(row) {
				cell = row[column]
			}
			m.element("td", cell)
		}
		m.close("tr")
	}
	m.close("tbody", "table")
	return m.String()
}
