package embed

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// attachmentList draws the attachments of the page as a table.
func (r *Renderer) attachmentList(ctx context.Context, call Call) (string, error) {
	format, err := call.choice([]string{"full", "details", "minimal"}, "full", "format", "fmt")
	if err != nil {
		return "", err
	}
	withIcons, err := call.flag("icons", format != "minimal")
	if err != nil {
		return "", err
	}
	if err := r.countList(); err != nil {
		return "", err
	}
	list, err := r.list(ctx, r.env.Page())
	if err != nil {
		return "", err
	}
	if list, err = filtered(list, call.text("filter")); err != nil {
		return "", err
	}
	leftOut := max(0, len(list)-MaxListed)
	list = list[:len(list)-leftOut]

	var m markup
	m.open("figure", class("embed-attachments"))
	if err := r.caption(ctx, &m, call, "figcaption"); err != nil {
		return "", err
	}
	if len(list) == 0 {
		m.element("p", "There are no attachments.", class("embed-note"))
	} else {
		attachmentTable(&m, list, columnsOf(list, format, withIcons))
	}
	writeLeftOut(&m, leftOut)
	m.close("figure")
	return m.String(), nil
}

func filtered(list []Attachment, pattern string) ([]Attachment, error) {
	if pattern == "" || pattern == "*" {
		return list, nil
	}
	compiled, err := compile(pattern)
	if err != nil {
		return nil, err
	}
	var kept []Attachment
	for _, attachment := range list {
		if matches(compiled, attachment.Name) {
			kept = append(kept, attachment)
		}
	}
	return kept, nil
}

// column is one column of the table of attachments.
type column struct {
	label string
	write func(*markup, Attachment)
}

// columnsOf returns the columns of a format. Author and comment are shown when
// anything is known of them.
func columnsOf(list []Attachment, format string, withIcons bool) []column {
	columns := []column{{"Attachment", func(m *markup, a Attachment) {
		if withIcons {
			m.element("span", "", class("embed-icon", "embed-icon-"+iconOf(a)), attr{"aria-hidden", "true"})
			m.text(" ")
		}
		m.link(a.Name, a.URL)
	}}}
	if format == "minimal" {
		return columns
	}
	columns = append(columns,
		column{"Size", func(m *markup, a Attachment) { m.element("span", size(a.Size), class("embed-size")) }},
		column{"Changed", func(m *markup, a Attachment) { writeTime(m, a.Modified) }})
	if format == "details" {
		return columns
	}
	var author, comment bool
	for _, attachment := range list {
		author = author || attachment.Author != ""
		comment = comment || attachment.Comment != ""
	}
	if author {
		columns = append(columns, column{"Author", func(m *markup, a Attachment) { m.text(excerpt(a.Author)) }})
	}
	if comment {
		columns = append(columns, column{"Comment", func(m *markup, a Attachment) { m.text(excerpt(a.Comment)) }})
	}
	return columns
}

func attachmentTable(m *markup, list []Attachment, columns []column) {
	m.open("table")
	m.open("thead")
	m.open("tr")
	for _, column := range columns {
		m.element("th", column.label, attr{"scope", "col"})
	}
	m.close("tr", "thead")
	m.open("tbody")
	for _, attachment := range list {
		m.open("tr")
		for _, column := range columns {
			m.open("td")
			column.write(m, attachment)
			m.close("td")
		}
		m.close("tr")
	}
	m.close("tbody", "table")
}

func writeTime(m *markup, when time.Time) {
	if when.IsZero() {
		return
	}
	when = when.UTC()
	m.element("time", when.Format("2006-01-02 15:04"), attr{"datetime", when.Format(time.RFC3339)})
}

// writeLeftOut says that a list is cut.
func writeLeftOut(m *markup, leftOut int) {
	if leftOut > 0 {
		m.element("p", strconv.Itoa(leftOut)+" more are left out.", class("embed-note"))
	}
}

// size writes a number of bytes in units of 1024.
func size(bytes int64) string {
	if bytes < 1<<10 {
		return strconv.FormatInt(bytes, 10) + " bytes"
	}
	value := float64(bytes)
	unit := ""
	for _, unit = range []string{"KB", "MB", "GB", "TB"} {
		if value /= 1024; value < 1023.95 {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}

func icons() []string {
	return []string{"file", "image", "video", "audio", "text", "pdf", "archive"}
}

// iconOf names the icon for the type of an attachment, or for its ending where
// the type is not known.
func iconOf(a Attachment) string {
	group, kind, _ := strings.Cut(a.Type, "/")
	switch {
	case group == "image", group == "video", group == "audio", group == "text":
		return group
	case kind == "pdf":
		return "pdf"
	}
	switch strings.ToLower(path.Ext(a.Name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif":
		return "image"
	case ".pdf":
		return "pdf"
	case ".zip", ".gz", ".tgz", ".xz", ".zst", ".bz2", ".7z", ".tar":
		return "archive"
	case ".txt", ".md", ".csv", ".log", ".json", ".yaml", ".yml":
		return "text"
	}
	if group, _, _ := strings.Cut(mediaType(a.Name), "/"); group != "" {
		return group
	}
	return "file"
}
