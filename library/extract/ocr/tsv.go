package ocr

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// tsvHeader is the first line of tesseract's output in the format TSV. The rows
// that follow are pages, blocks, paragraphs, lines and, of level 5, words.
const tsvHeader = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"

const (
	tsvColumns = 12
	tsvWord    = "5"
	maxWords   = 100_000 // of a page
)

var errNonsense = errors.New("tesseract answered nonsense")

// place says where in the structure of a page a word belongs: to page, block,
// paragraph and line.
type place [4]string

// parseTSV reads tesseract's output for a picture. Rows that make no sense are
// left out, and boxes end where the picture does. What is no such output is
// errNonsense.
func parseTSV(tsv []byte, width, height int) (Page, error) {
	header, rows, _ := strings.Cut(string(tsv), "\n")
	if strings.TrimRight(header, "\r") != tsvHeader {
		return Page{}, errNonsense
	}
	page := Page{Width: width, Height: height}
	var text strings.Builder
	var at place
	sum := 0.0
	for row := range strings.SplitSeq(rows, "\n") {
		word, where, ok := parseWord(row, width, height)
		if !ok {
			continue
		}
		if len(page.Words) == maxWords {
			return Page{}, fmt.Errorf("%w: over %d words", errNonsense, maxWords)
		}
		if n := len(page.Words); n > 0 {
			word.Line = page.Words[n-1].Line
			switch {
			case where == at:
				text.WriteByte(' ')
			case [3]string(where[:3]) == [3]string(at[:3]):
				text.WriteByte('\n')
				word.Line++
			default:
				text.WriteString("\n\n")
				word.Line++
			}
		}
		at = where
		text.WriteString(word.Text)
		sum += word.Confidence
		page.Words = append(page.Words, word)
	}
	page.Text = text.String()
	if len(page.Words) > 0 {
		page.Confidence = sum / float64(len(page.Words))
	}
	return page, nil
}

// parseWord reads a row. Not all rows are words: other levels and pictures have
// a confidence below 0, and some words are only white space.
func parseWord(row string, width, height int) (Word, place, bool) {
	columns := strings.SplitN(strings.TrimRight(row, "\r"), "\t", tsvColumns)
	if len(columns) < tsvColumns || columns[0] != tsvWord {
		return Word{}, place{}, false
	}
	confidence, err := strconv.ParseFloat(columns[10], 64)
	if err != nil || math.IsNaN(confidence) || confidence < 0 {
		return Word{}, place{}, false
	}
	word := Word{Text: printable(columns[11]), Confidence: min(confidence, 100) / 100}
	if word.Text == "" {
		return Word{}, place{}, false
	}
	var box [4]int
	for i := range box {
		if box[i], err = strconv.Atoi(columns[6+i]); err != nil {
			return Word{}, place{}, false
		}
	}
	word.X, word.W = span(box[0], box[2], width)
	word.Y, word.H = span(box[1], box[3], height)
	return word, place(columns[1:5]), true
}

// span keeps a stretch within 0…limit.
func span(start, length, limit int) (from, extent float64) {
	start = min(max(start, 0), limit)
	return float64(start), float64(min(max(length, 0), limit-start))
}

// printable returns a word in valid UTF-8 without control characters, its parts
// divided by single spaces.
func printable(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))), " ")
}
