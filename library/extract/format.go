package extract

// MediaType returns the media type under which files of the format are kept.
func (f Format) MediaType() string {
	switch f {
	case PDF:
		return "application/pdf"
	case EPUB:
		return "application/epub+zip"
	case DOCX:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case HTML:
		return "text/html"
	case Markdown:
		return "text/markdown"
	case Text:
		return "text/plain"
	}
	return "application/octet-stream"
}

// Ext returns the usual file name extension with its dot.
func (f Format) Ext() string {
	switch f {
	case PDF, EPUB, DOCX, HTML:
		return "." + string(f)
	case Markdown:
		return ".md"
	case Text:
		return ".txt"
	}
	return ".bin"
}
