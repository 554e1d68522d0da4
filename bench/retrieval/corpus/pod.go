package corpus

import (
	"fmt"
	"regexp"
	"strings"
)

// Formatting codes of perlpod(1): a letter and its text in angle brackets, of
// which there may be several.
var (
	podName   = regexp.MustCompile(`^(\w[\w:]*)\s+-+\s+(.+)$`)
	podEscape = strings.NewReplacer("E<gt>", ">", "E<lt>", "<", "E<sol>", "/", "E<verbar>", "|")
	podLong   = regexp.MustCompile(`[A-Z]<<+\s+(.*?)\s+>>+`)
	podLink   = regexp.MustCompile(`L<(?:([^<>|]*)\|)?([^<>]*)>`)
	podCode   = regexp.MustCompile(`[BCFISXZ]<([^<>]*)>`)
)

// podText takes the formatting codes out of a paragraph.
func podText(s string) string {
	s = podLong.ReplaceAllString(s, "$1")
	for range 4 { // codes in codes
		s = podLink.ReplaceAllStringFunc(s, func(link string) string {
			m := podLink.FindStringSubmatch(link)
			if m[1] != "" {
				return m[1]
			}
			return m[2]
		})
		s = podCode.ReplaceAllString(s, "$1")
	}
	return podEscape.Replace(s)
}

// podBlock is a paragraph of a pod.
type podBlock struct {
	level int    // of a heading, else 0
	text  string // Markdown, of a heading without the marks
}

// podBlocks reads the paragraphs of a pod and its title.
func podBlocks(data []byte) (title string, blocks []podBlock) {
	inPod, named := false, false
	for part := range strings.SplitSeq(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n\n") {
		part = strings.Trim(part, "\n")
		command, rest, _ := strings.Cut(part, " ")
		switch {
		case strings.HasPrefix(part, "=cut"):
			inPod = false
		case strings.HasPrefix(part, "=head"):
			inPod = true
			level := int(part[len("=head")] - '0')
			blocks = append(blocks, podBlock{level, podText(strings.Join(strings.Fields(rest), " "))})
			named = rest == "NAME"
		case command == "=item":
			inPod = true
			blocks = append(blocks, podBlock{0, "**" + podText(strings.Trim(rest, " *")) + "**"})
		case strings.HasPrefix(part, "="):
			inPod = true
		case !inPod || part == "":
		case strings.HasPrefix(part, " ") || strings.HasPrefix(part, "\t"):
			blocks = append(blocks, podBlock{0, "```\n" + part + "\n```"})
		default:
			text := podText(part)
			if m := podName.FindStringSubmatch(text); named && m != nil {
				title = m[1] + " - " + m[2]
			}
			named = false
			blocks = append(blocks, podBlock{0, text})
		}
	}
	return title, blocks
}

// podManual makes a Markdown file of a pod.
func podManual(data []byte) (Document, error) {
	title, blocks := podBlocks(data)
	var b strings.Builder
	if title != "" {
		b.WriteString("# " + title + "\n\n")
	}
	for _, block := range blocks {
		if block.level > 0 {
			b.WriteString(strings.Repeat("#", min(block.level+1, 6)) + " ")
		}
		b.WriteString(block.text + "\n\n")
	}
	return Document{Ext: ".md", Data: []byte(b.String())}, nil
}

// podFAQ makes a Markdown file of a pod whose headings are questions.
func podFAQ(data []byte) (Document, error) {
	title, blocks := podBlocks(data)
	doc := Document{Ext: ".md"}
	var b strings.Builder
	b.WriteString("# " + title + "\n\n" + preface + "\n\n")
	var last *Question // nil below another heading
	for i, block := range blocks {
		if block.level == 0 {
			b.WriteString(block.text + "\n\n")
			if last != nil {
				last.Answer += block.text + "\n"
			}
			continue
		}
		if i+1 == len(blocks) || blocks[i+1].level > 0 {
			continue // it would be on the page of the section after it
		}
		last = nil
		if q := question(block.text); q != "" {
			block.text = fmt.Sprint(len(doc.Questions) + 1)
			doc.Questions = append(doc.Questions, Question{Text: q, Label: block.text})
			last = &doc.Questions[len(doc.Questions)-1]
		}
		b.WriteString("## " + block.text + "\n\n")
	}
	doc.Data = []byte(b.String())
	return doc, nil
}
