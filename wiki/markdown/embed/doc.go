// Package embed reads and draws the embeddings of a wiki page: calls in double
// braces that put tables, frames, videos and lists into the text.
//
//	{{DataTable
//	|caption=Releases
//	|src=releases.csv
//	}}
//
// Names, options and defaults are those of An Otter Wiki. What an embedding
// writes itself is escaped here; what Markdown it holds is rendered by the
// caller, who passes the whole page through its allowlist afterwards.
package embed
