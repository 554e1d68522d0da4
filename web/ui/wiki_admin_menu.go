package ui

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/holtdb/holt/wiki/preferences"
)

// spareRows of the menu's editor are empty, for new entries.
const spareRows = 3

// MenuRow is one row of the editor of a custom menu.
type MenuRow struct {
	Number            int    // from 1
	Place             string // a number, as typed
	Title, Link, Icon string
	Invalid           bool // the link is none that can be saved
}

// MenuRows are the entries of the menu and some empty rows.
func (p WikiSidebarPage) MenuRows() []MenuRow {
	var rows []MenuRow
	for i, item := range p.Stored.CustomMenu {
		rows = append(rows, MenuRow{Place: strconv.Itoa(i + 1), Title: item.Title, Link: item.Link, Icon: item.Icon})
	}
	if p.Typed != nil {
		rows = typedRows(p.Typed)
	}
	for range spareRows {
		rows = append(rows, MenuRow{})
	}
	for i := range rows {
		link := strings.TrimSpace(rows[i].Link)
		rows[i].Number = i + 1
		rows[i].Invalid = link != "" && !(preferences.MenuItem{Link: link}).IsSeparator() && preferences.SafeLink(link) != nil
	}
	return rows
}

// MenuText is the menu as JSON.
func (p WikiSidebarPage) MenuText() string {
	return p.Typed.Text("sidebar_custom_menu", preferences.FormatMenu(p.Stored.CustomMenu))
}

// MenuAsText reports whether the JSON text was sent in place of the rows.
func (p WikiSidebarPage) MenuAsText() bool { return p.Typed.Text("menu_as", "") == "text" }

// JoinMenu puts the rows of the menu's editor into a form as the preference
// sidebar_custom_menu, in the order of their places; rows without a number go
// last. With menu_as=text the form has it already and stays as it is.
func JoinMenu(form map[string][]string) {
	if slices.Contains(form["menu_as"], "text") || form["menu_title"] == nil {
		return
	}
	rows := typedRows(form)
	place := func(r MenuRow) int {
		n, err := strconv.Atoi(strings.TrimSpace(r.Place))
		if err != nil {
			return math.MaxInt
		}
		return n
	}
	slices.SortStableFunc(rows, func(a, b MenuRow) int { return cmp.Compare(place(a), place(b)) })
	var items []preferences.MenuItem
	for _, r := range rows {
		items = append(items, preferences.MenuItem{Link: r.Link, Title: r.Title, Icon: r.Icon})
	}
	form["sidebar_custom_menu"] = []string{preferences.FormatMenu(items)}
}

// typedRows are the rows of a form that hold something.
func typedRows(form map[string][]string) []MenuRow {
	at := func(name string, i int) string {
		if values := form[name]; i < len(values) {
			return values[i]
		}
		return ""
	}
	var rows []MenuRow
	for i := range form["menu_title"] {
		row := MenuRow{Place: at("menu_place", i), Title: at("menu_title", i), Link: at("menu_link", i), Icon: at("menu_icon", i)}
		if strings.TrimSpace(row.Title+row.Link+row.Icon) != "" {
			rows = append(rows, row)
		}
	}
	return rows
}
