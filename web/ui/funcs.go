package ui

import (
	"fmt"
	"html"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holtdb/holt/library"
	"github.com/holtdb/holt/library/extract"
	"github.com/holtdb/holt/web/ui/format"
)

// funcs are what the templates can call.
func funcs(asset func(name string) (string, error), now func() time.Time) template.FuncMap {
	return template.FuncMap{
		"asset":        asset,
		"bytes":        format.Bytes,
		"count":        format.Count[int],
		"count64":      format.Count[int64],
		"plural":       format.Plural[int],
		"when":         func(t time.Time) template.HTML { return when(t, now()) },
		"took":         took,
		"percent":      percent,
		"marked":       marked,
		"problem":      problem,
		"kind":         kind,
		"short":        short,
		"working":      working,
		"stage":        stage,
		"device":       device,
		"join":         strings.Join,
		"mb":           func(n int64) int64 { return n >> 20 },
		"found":        foundBy,
		"askAbout":     askAboutURL,
		"pageLabel":    pageLabel,
		"printed":      printed,
		"protocolName": protocolName,
		"pair":         func(a, b any) [2]any { return [2]any{a, b} },
	}
}

// when writes a time relative to now, with the exact one on hover.
func when(t, now time.Time) template.HTML {
	if t.IsZero() {
		return "never"
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`,
		t.UTC().Format(time.RFC3339), format.Exact(t.UTC()), format.Ago(t, now)))
}

// took writes how long a search ran.
func took(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d\u00a0ms", max(1, d.Milliseconds()))
	}
	return fmt.Sprintf("%.1f\u00a0s", d.Seconds())
}

// percent writes a share from 0 to 1.
func percent(share float64) string { return fmt.Sprintf("%.0f\u00a0%%", share*100) }

// marked keeps the marks of a text, <mark> for hits and <mark class="passage">
// for a passage, in which hits may be, and escapes all else, whatever made the
// text.
func marked(text string) template.HTML {
	const hit, passage, end = "<mark>", `<mark class="passage">`, "</mark>"
	var b strings.Builder
	var open []string // the innermost last
	for text != "" {
		at := strings.IndexByte(text, '<')
		if at < 0 {
			at = len(text)
		}
		b.WriteString(html.EscapeString(html.UnescapeString(text[:at])))
		text = text[at:]
		switch {
		case strings.HasPrefix(text, hit) && !slices.Contains(open, hit):
			open, text = append(open, hit), text[len(hit):]
			b.WriteString(hit)
		case strings.HasPrefix(text, passage) && len(open) == 0:
			open, text = append(open, passage), text[len(passage):]
			b.WriteString(passage)
		case strings.HasPrefix(text, end) && len(open) > 0:
			open, text = open[:len(open)-1], text[len(end):]
			b.WriteString(end)
		case text != "":
			b.WriteString("&lt;")
			text = text[1:]
		}
	}
	b.WriteString(strings.Repeat(end, len(open)))
	return template.HTML(b.String())
}

// fieldProblem is what is wrong with a field, for the element that says so.
type fieldProblem struct{ ID, Text string }

// problem returns what is wrong with a field, nil when nothing is.
func problem(errors Errors, field string) *fieldProblem {
	text, ok := errors[field]
	if !ok || text == "" {
		return nil
	}
	return &fieldProblem{ID: "problem-" + field, Text: text}
}

// kind is a format's name for people.
func kind(f extract.Format) string {
	switch f {
	case extract.PDF:
		return "PDF"
	case extract.EPUB:
		return "EPUB"
	case extract.DOCX:
		return "Word"
	case extract.HTML:
		return "HTML"
	case extract.Markdown:
		return "Markdown"
	case extract.Text:
		return "Text"
	default:
		return "File"
	}
}

// short is a format in a few letters, for where a cover would be.
func short(f extract.Format) string {
	switch f {
	case extract.Markdown:
		return "MD"
	case extract.Text:
		return "TXT"
	default:
		return strings.ToUpper(string(f))
	}
}

// working reports whether a document is on its way into the library.
func working(s library.Status) bool { return s == library.Queued || s == library.Processing }

// stage says in words how far the reading of a document is.
func stage(p library.Progress) string {
	switch {
	case p.Status == library.Queued:
		return "Waiting to be read"
	case p.Stage == "indexing":
		return "Making it searchable"
	case p.Total > 0:
		return fmt.Sprintf("Reading page %s of %s", format.Count(min(p.Done+1, p.Total)), format.Count(p.Total))
	default:
		return "Reading"
	}
}

// foundBy says in words how passages were looked for.
func foundBy(m library.Mode) string {
	switch m {
	case library.ModeWords:
		return "found by words"
	case library.ModeMeaning:
		return "found by meaning"
	case library.ModeHybrid:
		return "found by words and meaning"
	default:
		return ""
	}
}

// pageLabel is a page as people name it: as printed, or by its number. The label
// of a page of a book without pages is a heading, and stands for itself.
func pageLabel(label string, page int) string {
	switch {
	case label == "":
		return "p.\u00a0" + strconv.Itoa(page)
	case isNumber(label):
		return "p.\u00a0" + label
	default:
		return label
	}
}

// printed is the label of a page where the words "page 7 of 17" stand before it.
func printed(label string) string {
	if isNumber(label) {
		return "page " + label
	}
	return label
}

// isNumber reports whether a page is printed as a number, as in "12", "A-3" and
// "xiv".
func isNumber(label string) bool {
	const longest = 8
	return len(label) <= longest && (strings.ContainsAny(label, "0123456789") || strings.Trim(strings.ToLower(label), "ivxlcdm") == "")
}

// device is the browser and system of a user agent, as far as it tells.
func device(userAgent string) string {
	browser := firstOf(userAgent, "Firefox", "Edg=Edge", "OPR=Opera", "Chrome", "Safari", "curl", "holt=The holt command")
	system := firstOf(userAgent, "iPhone", "iPad", "Android", "Windows", "Mac OS=macOS", "CrOS=ChromeOS", "Linux")
	switch {
	case browser == "" && system == "":
		return "Unknown device"
	case browser == "":
		return system
	case system == "":
		return browser
	default:
		return browser + " on " + system
	}
}

// firstOf returns the first of several names that text has. A name may be
// written as "found=meant".
func firstOf(text string, names ...string) string {
	for _, name := range names {
		found, meant, differs := strings.Cut(name, "=")
		if !strings.Contains(text, found) {
			continue
		}
		if differs {
			return meant
		}
		return found
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
