package main

import (
	"strings"
	"time"

	"github.com/holtdb/holt/web/ui/format"
)

// plain replaces the spaces that keep words together on a page.
func plain(text string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(text)
}

func size(bytes int64) string { return plain(format.Bytes(bytes)) }

func count(n int64, one, many string) string { return plain(format.Plural(n, one, many)) }

func ago(t time.Time) string { return format.Ago(t, time.Now()) }

// dash stands for what is empty in a table.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
