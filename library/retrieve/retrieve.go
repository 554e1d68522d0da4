// Package retrieve divides the pages of documents into the passages that
// questions are answered from.
//
// It works on text only: no database, no documents.
package retrieve
