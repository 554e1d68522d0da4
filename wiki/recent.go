package wiki

import (
	"container/list"
	"sync"
)

// recent keeps values below a number of bytes: the least recently used go first.
type recent[V any] struct {
	limit int64

	mu      sync.Mutex
	entries map[string]*list.Element // of *recentEntry[V]
	order   *list.List               // the least recently used first
	bytes   int64
}

type recentEntry[V any] struct {
	key   string
	value V
	size  int64
}

func newRecent[V any](limit int64) *recent[V] {
	return &recent[V]{limit: limit, entries: make(map[string]*list.Element), order: list.New()}
}

// get returns a value that is there and still current.
func (c *recent[V]) get(key string, current func(V) bool) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok {
		return value, false
	}
	entry := e.Value.(*recentEntry[V])
	if !current(entry.value) {
		c.drop(e)
		return value, false
	}
	c.order.MoveToBack(e)
	return entry.value, true
}

// entryBytes is what an entry takes beside its value and key, about.
const entryBytes = 1024

// put stores a value of a number of bytes, if it is within the bound.
func (c *recent[V]) put(key string, value V, size int64) {
	size += int64(len(key)) + entryBytes
	if size > c.limit {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[key]; ok {
		c.drop(e)
	}
	c.entries[key] = c.order.PushBack(&recentEntry[V]{key: key, value: value, size: size})
	c.bytes += size
	for c.bytes > c.limit {
		c.drop(c.order.Front())
	}
}

func (c *recent[V]) drop(e *list.Element) {
	entry := c.order.Remove(e).(*recentEntry[V])
	delete(c.entries, entry.key)
	c.bytes -= entry.size
}
