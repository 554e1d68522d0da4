package wiki

import (
	"container/list"
	"sync"

	"github.com/holtdb/holt/wiki/markdown"
	"github.com/holtdb/holt/wiki/repo"
)

// rendered keeps rendered pages below a number of bytes: the least recently
// used go first.
type rendered struct {
	limit int64

	mu      sync.Mutex
	entries map[string]*list.Element // of *renderedEntry
	order   *list.List               // the least recently used first
	bytes   int64
}

// renderedPage is a rendered page and what it was rendered from.
type renderedPage struct {
	page  *markdown.Page
	names int64
	head  repo.Hash
}

type renderedEntry struct {
	key string
	renderedPage
	size int64
}

func newRendered(limit int64) *rendered {
	if limit <= 0 {
		limit = DefaultCacheBytes
	}
	return &rendered{limit: limit, entries: make(map[string]*list.Element), order: list.New()}
}

// get returns a page that is there and still current.
func (c *rendered) get(key string, current func(renderedPage) bool) (*markdown.Page, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return nil, false
	}
	entry := e.Value.(*renderedEntry)
	if !current(entry.renderedPage) {
		c.drop(e)
		return nil, false
	}
	c.order.MoveToBack(e)
	return entry.page, true
}

// entryBytes is what an entry takes beside its HTML, about.
const entryBytes = 1024

// put stores a page, if it is within the bound.
func (c *rendered) put(key string, page renderedPage) {
	size := int64(len(page.page.HTML)+len(key)) + entryBytes
	if size > c.limit {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[key]; ok {
		c.drop(e)
	}
	c.entries[key] = c.order.PushBack(&renderedEntry{key: key, renderedPage: page, size: size})
	c.bytes += size
	for c.bytes > c.limit {
		c.drop(c.order.Front())
	}
}

func (c *rendered) drop(e *list.Element) {
	entry := c.order.Remove(e).(*renderedEntry)
	delete(c.entries, entry.key)
	c.bytes -= entry.size
}
