// Package repo keeps the pages and attachments of a wiki as git history in a
// bare repository.
//
// The format on disk is git's own, so the git program may read, push to and
// pack the same repository at the same time. Objects are read from loose files
// and from packs; they are written as loose files. A change becomes visible in
// one step, by moving the branch under git's own lock, and has reached the
// disk when Write returns: after a crash the branch is at the old commit or at
// the new one, and everything that it names is there.
//
// What a repository holds may come from a stranger's push. Names that are no
// valid Path, symbolic links, submodules and names that a folder holds twice
// are neither listed nor followed, every object is held against its hash, and
// sizes are known before content is read into memory.
package repo
