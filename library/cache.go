package library

import (
	"container/list"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"sync"
	"time"
)

// touchEvery is how exactly the time of the last use is kept in the file
// system, where the next process finds it.
const touchEvery = 10 * time.Minute

// cache keeps derived files of a home below a number of bytes: the least
// recently used go first. Each document has a folder in it.
type cache struct {
	files *os.Root
	limit int64

	mu      sync.Mutex
	loaded  bool
	entries map[string]*list.Element // of *cached, by path in the home
	order   *list.List               // the least recently used first
	bytes   int64
}

type cached struct {
	name string
	size int64
	used time.Time // as the file system has it
}

func newCache(files *os.Root, limit int64) *cache {
	if limit <= 0 {
		limit = DefaultCacheBytes
	}
	return &cache{files: files, limit: limit, entries: make(map[string]*list.Element), order: list.New()}
}

func cacheName(document, name string) string { return path.Join(cacheDir, document, name) }

// get returns a file of the cache.
func (c *cache) get(document, name string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.load(); err != nil {
		return nil, false
	}
	e := c.entries[cacheName(document, name)]
	if e == nil {
		return nil, false
	}
	entry := e.Value.(*cached)
	data, err := c.files.ReadFile(entry.name)
	if err != nil || int64(len(data)) != entry.size {
		c.drop(e)
		return nil, false
	}
	c.order.MoveToBack(e)
	if now := time.Now(); now.Sub(entry.used) > touchEvery && c.files.Chtimes(entry.name, now, now) == nil {
		entry.used = now
	}
	return data, true
}

// has reports whether a file is in the cache.
func (c *cache) has(document, name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.load() == nil && c.entries[cacheName(document, name)] != nil
}

// put stores a file, if it is within the bound and wanted says that its
// document still is what the file was made of.
func (c *cache) put(document, name string, data []byte, wanted func() bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := int64(len(data))
	if err := c.load(); err != nil || size > c.limit || !wanted() {
		return err
	}
	full := cacheName(document, name)
	if e := c.entries[full]; e != nil {
		c.drop(e)
	}
	if err := c.files.MkdirAll(path.Dir(full), dirMode); err != nil {
		return fmt.Errorf("store in cache: %w", err)
	}
	passing := cacheName(document, partPrefix+strings.ToLower(rand.Text()))
	err := c.files.WriteFile(passing, data, fileMode)
	if err == nil {
		err = c.files.Rename(passing, full)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("store in cache: %w", err), c.files.Remove(passing))
	}
	c.entries[full] = c.order.PushBack(&cached{name: full, size: size, used: time.Now()})
	c.bytes += size
	c.shrink()
	return nil
}

// forget drops all files of a document.
func (c *cache) forget(document string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded {
		prefix := cacheName(document, "") + "/"
		for name, e := range c.entries {
			if strings.HasPrefix(name, prefix) {
				c.drop(e)
			}
		}
	}
	// Also what was not listed; a folder that stays is only a cache.
	_ = c.files.RemoveAll(cacheName(document, ""))
}

// load lists what earlier processes left. The mutex is held, here and below.
func (c *cache) load() error {
	if c.loaded {
		return nil
	}
	var found []*cached
	err := fs.WalkDir(c.files.FS(), cacheDir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		if strings.HasPrefix(d.Name(), partPrefix) {
			return c.files.Remove(name)
		}
		found = append(found, &cached{name: name, size: info.Size(), used: info.ModTime()})
		return nil
	})
	if err != nil {
		return fmt.Errorf("list cache: %w", err)
	}
	sort.Slice(found, func(i, j int) bool { return found[i].used.Before(found[j].used) })
	for _, f := range found {
		c.entries[f.name] = c.order.PushBack(f)
		c.bytes += f.size
	}
	c.loaded = true
	c.shrink()
	return nil
}

func (c *cache) shrink() {
	for c.bytes > c.limit && c.order.Len() > 0 {
		c.drop(c.order.Front())
	}
}

func (c *cache) drop(e *list.Element) {
	entry := c.order.Remove(e).(*cached)
	delete(c.entries, entry.name)
	c.bytes -= entry.size
	_ = c.files.Remove(entry.name) // what cannot be removed is listed again by the next process
}
