// Package transport lets git clients clone, fetch and push a wiki's repository
// by the git program: the two stateless services of git's smart HTTP protocol,
// over plain readers and writers. It also takes over existing repositories and
// packs those that have grown.
//
// Git never meets the configuration, the hooks or the references of a real
// repository. For every call it is given a throw-away repository of this
// package's making, whose configuration is a constant and whose one reference
// is the wiki's branch. When reading and packing, that repository stands on
// the real object store. When receiving, it has a store of its own which
// borrows from the real one, so that nothing of a push is in the wiki before
// it is whole, checked and approved. The environment of the server's process
// and the configuration of the machine reach git as little. What a client sends
// is only ever git's standard input.
package transport
