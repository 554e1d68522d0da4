// Package source reads a page's Markdown as text: its frontmatter, sections,
// links, tags and words, each with the place in the text where it stands, so
// that one part can be changed and every other byte stays as it was.
//
// Blocks are found by goldmark's parser and therefore where the renderer finds
// them; within a block an own scanner of linear time looks for links.
// Nothing here panics or takes long on any bytes: a text beyond the limits of
// Plausible is read as one block of plain text.
package source
