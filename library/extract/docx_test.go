package extract_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/holtdb/holt/library/extract"
)

// wordFile returns the entries of a DOCX with that body.
func wordFile(body string) []entry {
	return []entry{
		{"word/document.xml", `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>` + body + `</w:body></w:document>`},
		{"word/styles.xml", `<w:styles xmlns:w="x"><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="Sub"><w:basedOn w:val="berschrift1"/><w:name w:val="My heading"/></w:style>
<w:style w:styleId="Loop"><w:basedOn w:val="Loop"/><w:name w:val="L"/></w:style></w:styles>`},
		{"word/_rels/document.xml.rels", `<Relationships><Relationship Id="r1" Target="https://example.org/" TargetMode="External"/><Relationship Id="r2" Target="javascript:x" TargetMode="External"/></Relationships>`},
		{"docProps/core.xml", `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>A Report</dc:title><dc:creator>Ada; Ben</dc:creator><dc:language>de-DE</dc:language></cp:coreProperties>`},
	}
}

func paragraph(style, text string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/><w:rPr><w:b/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">` + text + `</w:t></w:r></w:p>`
}

func TestReadDOCX(t *testing.T) {
	body := paragraph("berschrift1", "First") +
		`<w:p><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">Bold </w:t></w:r><w:r><w:rPr><w:b w:val="0"/><w:vertAlign w:val="superscript"/></w:rPr><w:t>up</w:t></w:r><w:r><w:tab/><w:t>tab</w:t></w:r></w:p>` +
		`<w:p><w:hyperlink r:id="r1"><w:r><w:t>web</w:t></w:r></w:hyperlink><w:hyperlink r:id="r2"><w:r><w:t>bad</w:t></w:r></w:hyperlink></w:p>` +
		`<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>one</w:t></w:r></w:p><w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>two</w:t></w:r></w:p>` +
		paragraph("Sub", "Second") +
		`<w:tbl><w:tr><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>y</w:t></w:r></w:p></w:tc></w:tr></w:tbl>` +
		`<w:p><w:r><mc:AlternateContent><mc:Choice><w:t>kept</w:t></mc:Choice><mc:Fallback><w:t>again</w:t></mc:Fallback></mc:AlternateContent><w:delText>deleted</w:delText><w:instrText>PAGE</w:instrText></w:r></w:p>`
	content := MustRead(t, MustZip(t, wordFile(body)...), extract.DOCX)
	if got, want := labels(content), "First|Second"; got != want {
		t.Fatalf("labels %s, want %s", got, want)
	}
	wantHTML := []string{
		`<h1>First</h1><p><b>Bold</b> <sup>up</sup> tab</p><p><a href="https://example.org/" rel="noopener noreferrer nofollow">web</a>bad</p><ul><li>one</li><li>two</li></ul>`,
		`<h1>Second</h1><table><tr><td><p>x</p></td><td><p>y</p></td></tr></table><p>kept</p>`,
	}
	wantText := []string{"First\n\nBold up tab\n\nwebbad\n\none\ntwo", "Second\n\nx\ty\n\nkept"}
	for i, page := range content.Pages {
		if page.HTML != wantHTML[i] {
			t.Errorf("html\n got %s\nwant %s", page.HTML, wantHTML[i])
		}
		if page.Text != wantText[i] {
			t.Errorf("text\n got %q\nwant %q", page.Text, wantText[i])
		}
	}
	if got, want := fmt.Sprint(content.Meta), "{A Report [Ada Ben] de-DE [{First 0 1} {Second 0 2}]}"; got != want {
		t.Errorf("meta %s, want %s", got, want)
	}
}

func TestReadDOCXPages(t *testing.T) {
	body := paragraph("berschrift1", "Start") + paragraph("", "one") +
		`<w:p><w:r><w:t>begins here </w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t>and ends there</w:t></w:r></w:p>` +
		`<w:p><w:r><w:br w:type="page"/></w:r></w:p><w:p><w:r><w:lastRenderedPageBreak/><w:t>three</w:t></w:r></w:p>`
	content := MustRead(t, MustZip(t, wordFile(body)...), extract.DOCX)
	var texts []string
	for _, page := range content.Pages {
		texts = append(texts, page.Label+" "+page.Heading+": "+page.Text)
	}
	want := "1 Start: Start\n\none\n\nbegins here|2 Start: and ends there|3 Start: three"
	if got := strings.Join(texts, "|"); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestReadDOCXNotes(t *testing.T) {
	notes := `<w:footnotes xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:footnote w:type="separator"><w:p><w:r><w:t>line</w:t></w:r></w:p></w:footnote><w:footnote w:id="2"><w:p><w:r><w:t>a note</w:t></w:r></w:p></w:footnote></w:footnotes>`
	content := MustRead(t, MustZip(t, append(wordFile(paragraph("", "text")), entry{"word/footnotes.xml", notes})...), extract.DOCX)
	if got, want := content.Pages[0].Text, "text\n\na note"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReadBadDOCX(t *testing.T) {
	tests := []struct {
		name string
		with entry
		want error
	}{
		{"not XML", entry{"word/document.xml", "<w:document><w:body <"}, extract.ErrBroken},
		{"deep", entry{"word/document.xml", strings.Repeat("<w:p>", 100_000)}, extract.ErrBroken},
		{"deep and skipped", entry{"word/document.xml", strings.Repeat("<Fallback>", 100_000)}, extract.ErrBroken},
		{"too large", entry{"word/document.xml", strings.Repeat(" ", 33<<20)}, extract.ErrTooLarge},
		{"too many paragraphs", wordFile(strings.Repeat("<w:p><w:t>x</w:t></w:p>", 500_010))[0], extract.ErrTooLarge},
		{"broken styles", entry{"word/styles.xml", "<w:styles"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := MustZip(t, replace(wordFile(paragraph("", "x")), tt.with)...)
			_, err := extract.Read(context.Background(), file(data, extract.DOCX))
			if !errors.Is(err, tt.want) || (tt.want == nil) != (err == nil) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}
