package pdfium

import (
	"strings"
	"testing"
)

func TestCatalogLanguage(t *testing.T) {
	far := strings.Repeat(" ", 2*catalogWindow)
	for _, c := range []struct{ file, want string }{
		{"1 0 obj <</Type/Catalog/Lang(en-GB)>> endobj", "en-GB"},
		{"1 0 obj <</Lang (de)/Type /Catalog >> endobj", "de"},
		{"1 0 obj <</Type/Catalog/Lang(en)>> endobj 1 0 obj <</Type/Catalog/Lang(fr-CA)>> endobj", "fr-CA"},
		{"", ""},
		{"1 0 obj <</Type/Catalog>> endobj", ""},
		{"1 0 obj <</Lang(en)>> endobj 2 0 obj <</Type/Catalog>> endobj 3 0 obj <</Lang(en)>> endobj", ""},
		{"1 0 obj <</Type/Catalog" + far + "/Lang(en)>> endobj", ""},
		{"1 0 obj <</Type/Catalog/Lang(\x9A\x01~)>> endobj", ""},
		{"1 0 obj <</Type/Catalog/Lang(<script>)>> endobj", ""},
		{"1 0 obj <</Type/Catalog/Lang(english is what we speak)>> endobj", ""},
	} {
		if got := catalogLanguage([]byte(c.file)); got != c.want {
			t.Errorf("catalogLanguage(%.60q) = %q, want %q", c.file, got, c.want)
		}
	}
}

func TestSplitAuthors(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"A. Lutra":                 "A. Lutra",
		"A; B ;C":                  "A|B|C",
		"Alexander and B. Sandler": "Alexander|B. Sandler",
		" ;; ":                     "",
	} {
		if got := strings.Join(splitAuthors(in), "|"); got != want {
			t.Errorf("splitAuthors(%q) = %q, want %q", in, got, want)
		}
	}
}
