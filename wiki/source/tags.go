package source

import (
	"strings"
	"unicode/utf8"
)

// CleanTags returns tags as they are shown: each text split at commas, without
// surrounding space or a leading "#", inner space as one blank, and each only
// once regardless of case, as first written. Tags that are too long are left
// out, and those beyond the first hundred.
func CleanTags(texts []string) []string {
	var tags []string
	seen := map[string]bool{}
	for _, text := range texts {
		for tag := range strings.SplitSeq(text, ",") {
			tag = strings.Join(strings.Fields(strings.TrimLeft(strings.TrimSpace(tag), "#")), " ")
			key := FoldTag(tag)
			if tag == "" || len(tag) > maxTag || !utf8.ValidString(tag) || seen[key] || len(tags) == maxTags {
				continue
			}
			seen[key] = true
			tags = append(tags, tag)
		}
	}
	return tags
}

// FoldTag returns the form of a tag by which it is looked up: tags that differ
// only in case are one.
func FoldTag(tag string) string { return strings.ToLower(tag) }
