package ui_test

import (
	"strings"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/web/ui"
)

func searchPage() ui.SearchPage {
	known := map[string]library.Document{}
	for _, d := range documents() {
		known[d.ID] = d
	}
	f := frame("Search")
	f.Search = "otter river"
	return ui.SearchPage{
		Frame: f, Query: library.Query{Text: "otter river"}, Documents: known, Tags: tags(), Took: 4 * time.Millisecond,
		Results: library.Results{Next: "x", Hits: []library.Hit{
			{DocumentID: "otter", Title: "A Field Guide to the River Otter", Page: 7, Label: "3", Heading: "Where otters live", Snippet: "… an <mark>otter</mark> needs a <mark>river</mark> with fish, banks that hold a den, and long stretches where nobody walks a dog before breakfast …", Score: 9},
			{DocumentID: "otter", Title: "A Field Guide to the River Otter", Page: 2, Label: "ii", Snippet: "This guide is about the <mark>river</mark> <mark>otter</mark>, not its cousin of the open sea, and about how to see one without being seen.", Score: 8},
			{DocumentID: "otter", Title: "A Field Guide to the River Otter", Page: 12, Label: "8", Heading: "Tracks and signs", Snippet: "… the five toes of an <mark>otter</mark> show clearly in the mud of the <mark>river</mark> bank &amp; on wet sand …", Score: 5},
			{DocumentID: "skerry", Title: "The Lighthouse at Skerry Point", Page: 3, Label: "The third winter", Heading: "The third winter", Snippet: "“There is an <mark>otter</mark> under the landing,” said Morag, “and it came down the <mark>river</mark> with the flood.”", Score: 3},
		}},
	}
}

func readerPage() ui.ReaderPage {
	f := frame("A Field Guide to the River Otter")
	text := "An <mark>otter</mark> needs a river with fish in it.\n\nThe <mark>otter</mark>’s den is called a holt."
	return ui.ReaderPage{
		Frame: f, Document: documents()[2], Query: "otter", Found: []int{2, 5, 7, 12},
		Page: library.Page{Number: 7, Label: "3", Width: 419.53, Height: 595.28},
		Text: text,
		Layout: &library.Layout{Width: 419.53, Height: 595.28, Words: []library.PlacedWord{
			{Text: "An", Box: library.Box{X: 60, Y: 80, W: 12, H: 11}},
			{Text: "otter", Box: library.Box{X: 75, Y: 80, W: 22, H: 11}, Hit: true},
			{Text: "needs", Box: library.Box{X: 60, Y: 95, W: 26, H: 11}},
			{Text: "", Box: library.Box{}},
		}},
		Outline: []extract.OutlineEntry{
			{Title: "Preface", Page: 3}, {Title: "The animal", Page: 5}, {Title: "Where otters live", Level: 1, Page: 7},
			{Title: "Food", Level: 1, Page: 9}, {Title: "Tracks and signs", Page: 12}, {Title: "Lost", Level: 5}, {Title: "Index", Page: 17},
		},
	}
}

// markedLayout is a page with a passage of two and a half lines.
func markedLayout() *library.Layout {
	layout := &library.Layout{Width: 419.53, Height: 595.28}
	for i, text := range strings.Fields("An otter needs a river with fish in it and banks that hold a den and long stretches where nobody walks a dog before breakfast") {
		layout.Words = append(layout.Words, library.PlacedWord{
			Text: text, Box: library.Box{X: 60 + float64(i%7)*42, Y: 80 + float64(i/7)*15, W: 36, H: 11}, Hit: i == 11, Passage: i >= 3 && i < 19,
		})
	}
	return layout
}

func textPage() ui.ReaderPage {
	return ui.ReaderPage{
		Frame: frame("The Lighthouse at Skerry Point"), Document: documents()[4],
		Page:  library.Page{Number: 3, Label: "The third winter", Heading: "The third winter"},
		Query: "otter", Found: []int{3},
		HTML:    `<h2>The third winter</h2><p>“There is an <mark>otter</mark> under the landing,” said Morag.</p><blockquote><p>A quotation.</p></blockquote>`,
		Outline: []extract.OutlineEntry{{Title: "The crossing", Page: 1}, {Title: "The keeper", Page: 2}, {Title: "The third winter", Page: 3}},
	}
}
