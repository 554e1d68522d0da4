// Package llmtest is model servers for tests and demonstrations: real HTTP on
// loopback, speaking the wire protocols of Ollama and OpenAI, with replies and
// failures that follow a script and embeddings that are always the same.
//
// It knows nothing of package testing, so that a program may run a [Server]
// too; [Ollama] and [OpenAI] take a *testing.T as the small interface [TB].
package llmtest
