package preferences

import (
	"fmt"
	"strings"
	"time"
)

// layouts are the directives of strftime that package time has a layout for, in
// the C locale.
var layouts = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'e': "_2", 'j': "002",
	'H': "15", 'I': "03", 'M': "04", 'S': "05", 'p': "PM",
	'a': "Mon", 'A': "Monday", 'b': "Jan", 'B': "January", 'h': "Jan",
	'F': "2006-01-02", 'T': "15:04:05", 'D': "01/02/06", 'R': "15:04",
	'c': "Mon Jan _2 15:04:05 2006", 'x': "01/02/06", 'X': "15:04:05",
	'z': "-0700", 'Z': "MST",
}

// ExpandCommitMessage writes the default message of an edit: %P stands for the
// path of the page, %% for a percent sign, and the directives of strftime for
// parts of the time at. Unknown directives stay as they are.
func ExpandCommitMessage(template, page string, at time.Time) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(template, "%")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if rest == "" {
			out.WriteByte('%')
			return out.String()
		}
		directive := rest[0]
		template = rest[1:]
		if layout, ok := layouts[directive]; ok {
			out.WriteString(at.Format(layout))
			continue
		}
		switch year, week := at.ISOWeek(); directive {
		case 'P':
			out.WriteString(page)
		case '%':
			out.WriteByte('%')
		case 's':
			fmt.Fprint(&out, at.Unix())
		case 'G':
			fmt.Fprint(&out, year)
		case 'V':
			fmt.Fprintf(&out, "%02d", week)
		case 'u':
			fmt.Fprint(&out, (int(at.Weekday())+6)%7+1)
		case 'w':
			fmt.Fprint(&out, int(at.Weekday()))
		default:
			out.WriteByte('%')
			out.WriteByte(directive)
		}
	}
}
