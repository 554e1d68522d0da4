package pdfium

import (
	"bytes"
	"regexp"
)

// catalogWindow is how much of the file on either side of the catalog's type
// is searched for the language.
const catalogWindow = 4 << 10

// languageString matches a /Lang entry whose value is a plain BCP 47 tag.
var languageString = regexp.MustCompile(`/Lang\s*\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4})\)`)

// language is the document's natural language. PDFium has no function for the
// catalog's /Lang, so that it is read from the file where the catalog stands
// uncompressed, else from the structure tree of the first page.
func (d *Document) language() string {
	for _, offset := range []int64{0, max(0, d.size-tail)} {
		b := make([]byte, min(tail, d.size))
		n, _ := d.file.ReadAt(b, offset)
		if lang := catalogLanguage(b[:n]); lang != "" {
			return lang
		}
	}
	if d.call("FPDFCatalog_IsTagged", d.handle) == 0 {
		return ""
	}
	return d.structureLanguage()
}

// tail is how much of the file's beginning and end is searched for the
// catalog: writers put it first or last.
const tail = 64 << 10

// catalogLanguage finds the last catalog's language: later ones are updates.
func catalogLanguage(b []byte) string {
	at := bytes.LastIndex(b, []byte("/Catalog"))
	if at < 0 {
		return ""
	}
	from, to := max(0, at-catalogWindow), min(len(b), at+catalogWindow)
	if k := bytes.LastIndex(b[from:at], []byte(" obj")); k >= 0 {
		from += k
	}
	if k := bytes.Index(b[at:to], []byte("endobj")); k >= 0 {
		to = at + k
	}
	if m := languageString.FindSubmatch(b[from:to]); m != nil {
		return string(m[1])
	}
	return ""
}

func (d *Document) structureLanguage() (lang string) {
	d.withPage(1, func(page uint64) error {
		tree := d.call("FPDF_StructTree_GetForPage", page)
		if tree == 0 {
			return nil
		}
		defer d.call("FPDF_StructTree_Close", tree)
		if root := d.call("FPDF_StructTree_GetChildAtIndex", tree, 0); root != 0 {
			tag := d.wideString("FPDF_StructElement_GetLang", root)
			if m := languageString.FindStringSubmatch("/Lang(" + tag + ")"); m != nil {
				lang = tag
			}
		}
		return nil
	})
	return lang
}
