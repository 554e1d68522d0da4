package ui

import "strings"

// SyntaxGroups are all examples of the syntax page, without their HTML. The
// order of text and page in wikilinks is that of the wiki's preferences.
func SyntaxGroups(pageFirst bool) []SyntaxGroup {
	return []SyntaxGroup{
		{ID: "text", Title: "Text", Samples: []SyntaxSample{
			{Title: "Paragraphs", Note: "An empty line begins a new one. A single line break is a space; two spaces before it keep it.", Source: "The river rises early.\nIt sleeps late.\n\nIn between it works."},
			{Title: "Emphasis", Source: "*italic*, **bold**, ~~struck out~~, ==marked==, `code`"},
			{Title: "Headings", Note: "The first heading of level 1 is the page’s title. Each heading can be linked to and edited on its own.", Source: "## Along the bank\n\n### The upper part"},
			{Title: "Quotation and line", Source: "> Bright stream,\n> dark water.\n\n---"},
			{Title: "Abbreviations", Note: "Said once, explained everywhere on the page.", Source: "The RSPB counts birds.\n\n*[RSPB]: Royal Society for the Protection of Birds"},
			{Title: "Footnotes", Source: "Otters hold hands.[^hands]\n\n[^hands]: Only sea otters, and only asleep."},
		}},
		{ID: "links", Title: "Links", Samples: []SyntaxSample{
			{Title: "To a page of this wiki", Note: "A page that does not exist yet shows as such, and the link offers to write it.", Source: wikilinks(pageFirst)},
			{Title: "To other places", Source: "[the Otter Trust](https://example.org), https://example.org"},
			{Title: "To an attachment", Note: "A path that begins with ./ leads to the files of the page.", Source: "[the survey](./survey.pdf)\n\n![the bank in May](./bank.jpg)"},
		}},
		{ID: "lists", Title: "Lists and tables", Samples: []SyntaxSample{
			{Title: "Lists", Source: "- otter\n- beaver\n  - and kits\n\n1. look\n2. listen"},
			{Title: "Tasks", Source: "- [x] count the holts\n- [ ] write it down"},
			{Title: "Tables", Note: "Colons in the second line say how a column is set.", Source: "| River | km |\n|:------|---:|\n| Wye   | 250 |\n| Usk   | 125 |"},
		}},
		{ID: "code", Title: "Code, formulas, diagrams", Samples: []SyntaxSample{
			{Title: "Code", Note: "The name of a language colours it; with an equals sign after it, the lines have numbers.", Source: "```go=\nfunc holts(n int) int {\n\treturn 2 * n\n}\n```"},
			{Title: "Formulas", Note: "TeX, within a line or on lines of its own.", Source: "A circle has $2\\pi r$.\n\n$$\n\\int_0^1 x^2\\,dx = \\frac{1}{3}\n$$"},
			{Title: "Diagrams", Note: "Drawn by Mermaid.", Source: "```mermaid\ngraph LR\n  Spring --> Weir --> Sea\n```"},
		}},
		{ID: "boxes", Title: "Boxes", Samples: []SyntaxSample{
			{Title: "Alerts", Note: "NOTE, TIP, IMPORTANT, WARNING and CAUTION.", Source: "> [!TIP]\n> Go at dusk.\n\n> [!CAUTION]\n> The stones are slippery."},
			{Title: "Blocks", Note: "info, success, warning, danger, or a name of your own; a line with # is the heading.", Source: ":::success\n# Seen\nTwo cubs in May.\n:::"},
			{Title: "Spoilers", Source: ">! It was a mink."},
			{Title: "Folds", Source: ">| # How it was counted\n>| By hand, twice."},
		}},
		{ID: "properties", Title: "Properties and tags", Samples: []SyntaxSample{
			{Title: "Properties", Note: "At the very top of a page, between two lines of three hyphens. title and tags have a meaning; all others are shown.", Source: "---\ntags: [river, survey]\nlength: 250 km\n---\n\nThe page begins here."},
		}},
		{ID: "embeddings", Title: "Embeddings", Samples: []SyntaxSample{
			{Title: "Picture in a frame", Source: "{{ImageFrame\n|caption=The bank in *May*\n![the bank](./bank.jpg)\n}}"},
			{Title: "Box of facts", Source: "{{InfoBox\n|caption=Eurasian otter\n|Length=57–95 cm\n|Weight=7–12 kg\n}}"},
			{Title: "Figure", Source: "{{Figure\n|caption=What we saw\n\n- a track\n- a slide\n}}"},
			{Title: "Table of data", Note: "Can be sorted, searched and turned in pages; src= takes an attached CSV file.", Source: "{{DataTable\n|caption=Rivers\n|searchable=true\n\n| River | km |\n|-------|----|\n| Wye | 250 |\n| Usk | 125 |\n}}"},
			{Title: "Video", Note: "src= takes an attachment or an address.", Source: "{{Video\n|src=https://example.org/otter.mp4\n}}"},
			{Title: "Attachments of a page", Source: "{{AttachmentList}}"},
			{Title: "Pages", Source: "{{PageIndex}}"},
		}},
		{ID: "html", Title: "HTML", Samples: []SyntaxSample{
			{Title: "Some HTML", Note: "What could run or disguise something is shown as text.", Source: "H<sub>2</sub>O, <kbd>Ctrl</kbd>"},
		}},
	}
}

// wikilinks are the examples of links between pages.
func wikilinks(pageFirst bool) string {
	order := "[[the start|Home]], [[one part|Home#along-the-bank]]"
	if pageFirst {
		order = "[[Home|the start]], [[Home#along-the-bank|one part]]"
	}
	return strings.Join([]string{"[[Home]]", order, "[[Not written yet]]"}, ", ")
}
