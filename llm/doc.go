// Package llm speaks to language model servers: it streams a chat answer and
// turns texts into vectors, over Ollama's own protocol or the one that OpenAI
// set and many servers follow.
//
// Servers are named by whoever uses the program, so a [Client] treats them as
// strangers: it decides by the address actually dialled whether a server may
// be reached, follows no redirect, bounds everything that is read, and never
// lets a key into an error, a log or a formatted value. Every failure is an
// [*Error] whose text says to a user what to do.
package llm
