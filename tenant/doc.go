// Package tenant keeps many tenants in one process apart: each has a directory
// of its own with its own databases and files, is opened when it is needed,
// pinned while it is used and closed when it is idle.
//
// An application describes its [Kind] of tenant (which databases, which
// folders) and what it keeps of an open one (any io.Closer: handles, caches,
// locks). A [Registry] hands that value out. There is nothing to switch between
// requests and no global to forget: a request reaches a tenant's data through
// its value or not at all.
package tenant
