// Package fulltext turns what a person types into what a full-text index
// understands, and shows why a text matches.
//
// It works on text only: no database, no documents, no pages.
package fulltext
