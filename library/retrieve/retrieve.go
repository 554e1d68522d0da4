// Package retrieve turns what a person types into what a full-text index
// understands, and a page into the passages that questions are answered from.
//
// It works on text only: no database, no documents.
package retrieve
