// Package retrieve finds the passages that questions are answered from: it
// divides pages into passages, finds those whose embeddings are nearest to a
// question, fuses them with those found by words, and says when nothing of it
// is good enough to answer from.
//
// It works on text and numbers only: no database, no documents.
package retrieve
