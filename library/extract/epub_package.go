package extract

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// epub is an open book: what its package document says.
type epub struct {
	archive  *archive
	meta     Meta
	spine    []string // names of the documents in reading order
	contents []contentsEntry
	covers   []string // names of what may be the cover image, best first
}

// container is META-INF/container.xml, which names the package document.
type container struct {
	Roots []struct {
		Path string `xml:"full-path,attr"`
		Type string `xml:"media-type,attr"`
	} `xml:"rootfiles>rootfile"`
}

// opf is the package document of EPUB 2 and 3.
type opf struct {
	Titles    []string `xml:"metadata>title"`
	Creators  []string `xml:"metadata>creator"`
	Languages []string `xml:"metadata>language"`
	Metas     []struct {
		Name    string `xml:"name,attr"`
		Content string `xml:"content,attr"`
	} `xml:"metadata>meta"`
	Items []opfItem `xml:"manifest>item"`
	Spine struct {
		NCX  string `xml:"toc,attr"`
		Refs []struct {
			ID string `xml:"idref,attr"`
		} `xml:"itemref"`
	} `xml:"spine"`
}

type opfItem struct {
	ID         string `xml:"id,attr"`
	Href       string `xml:"href,attr"`
	Type       string `xml:"media-type,attr"`
	Properties string `xml:"properties,attr"`
}

func (i opfItem) is(property string) bool {
	for p := range strings.FieldsSeq(i.Properties) {
		if p == property {
			return true
		}
	}
	return false
}

// openEPUB reads everything about a book but its documents.
func openEPUB(f File) (*epub, error) {
	a, err := openArchive(f.Reader, f.Size)
	if err != nil {
		return nil, err
	}
	e := &epub{archive: a}
	name, err := e.packageName()
	if err != nil {
		return nil, err
	}
	var p opf
	if err := readXML(a, name, &p); err != nil {
		return nil, fmt.Errorf("package document: %w", err)
	}
	e.describe(&p)
	if err := e.readManifest(name, &p); err != nil {
		return nil, err
	}
	if len(e.spine) == 0 {
		return nil, fmt.Errorf("%w: the book lists no documents", ErrBroken)
	}
	return e, e.checkRights()
}

func (e *epub) packageName() (string, error) {
	var c container
	if err := readXML(e.archive, "META-INF/container.xml", &c); err != nil {
		return "", fmt.Errorf("container: %w", err)
	}
	for _, root := range c.Roots {
		if root.Type == "" || root.Type == "application/oebps-package+xml" {
			return root.Path, nil
		}
	}
	return "", fmt.Errorf("%w: the container names no package document", ErrBroken)
}

func (e *epub) describe(p *opf) {
	for _, s := range p.Titles {
		if e.meta.Title == "" {
			e.meta.Title = shorten(s)
		}
	}
	for _, s := range p.Creators {
		if s = shorten(s); s != "" {
			e.meta.Authors = append(e.meta.Authors, s)
		}
	}
	for _, s := range p.Languages {
		if e.meta.Language == "" {
			e.meta.Language = languageTag(strings.TrimSpace(s))
		}
	}
}

// readManifest finds the documents, the table of contents and the cover. The
// table of contents is not a document to read, though some spines list it.
func (e *epub) readManifest(base string, p *opf) error {
	items := make(map[string]opfItem, len(p.Items))
	nav, ncx, cover := "", "", ""
	for _, m := range p.Metas {
		if m.Name == "cover" {
			cover = m.Content
		}
	}
	for _, item := range p.Items {
		items[item.ID] = item
		name, _ := e.resolve(base, item.Href)
		switch {
		case item.is("nav"):
			nav = name
		case item.ID == p.Spine.NCX, item.Type == "application/x-dtbncx+xml" && ncx == "":
			ncx = name
		case item.is("cover-image"):
			e.covers = append([]string{name}, e.covers...)
		case item.ID == cover,
			strings.HasPrefix(item.Type, "image/") && strings.Contains(strings.ToLower(item.ID), "cover"):
			e.covers = append(e.covers, name)
		}
	}
	for _, ref := range p.Spine.Refs {
		item, ok := items[ref.ID]
		name, _ := e.resolve(base, item.Href)
		if ok && name != "" && name != nav && isDocument(item.Type) {
			e.spine = append(e.spine, name)
		}
	}
	if len(e.spine) == 0 && nav != "" {
		e.spine = []string{nav}
	}
	return e.readContents(nav, ncx)
}

func isDocument(mediaType string) bool {
	switch mediaType {
	case "application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document":
		return true
	}
	return false
}

// checkRights refuses a book whose first document is encrypted. Encrypted
// fonts alone, which are common, do no harm.
func (e *epub) checkRights() error {
	var list struct {
		References []struct {
			URI string `xml:"URI,attr"`
		} `xml:"EncryptedData>CipherData>CipherReference"`
	}
	err := readXML(e.archive, "META-INF/encryption.xml", &list)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("encryption list: %w", err)
	}
	for _, r := range list.References {
		for _, name := range e.spine {
			if found, _ := e.resolve("", r.URI); found == name {
				return ErrProtected
			}
		}
	}
	return nil
}
