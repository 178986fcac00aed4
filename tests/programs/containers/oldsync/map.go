// A sync.Map with the fields and states of Go 1.16 to 1.23, to replace that of newer versions with -overlay: two maps
// of pointers to entries. It is slower: every method takes the lock.
package sync

import "sync/atomic"

// Map has all entries in dirty if read is amended, else in read.
type Map struct {
	mu     Mutex
	read   atomic.Pointer[readOnly]
	dirty  map[any]*entry
	misses int
}

type readOnly struct {
	m       map[any]*entry
	amended bool
}

// expunged marks entries of read that dirty lacks.
var expunged = new(any)

// entry points to its value: nil if it was deleted.
type entry struct{ p atomic.Pointer[any] }

func (m *Map) loaded() readOnly {
	if p := m.read.Load(); p != nil {
		return *p
	}
	return readOnly{}
}

// find returns the entry of a key, if it has a value.
func (m *Map) find(key any) *entry {
	read := m.loaded()
	e := read.m[key]
	if e == nil && read.amended {
		e = m.dirty[key]
	}
	if e == nil || e.p.Load() == nil || e.p.Load() == expunged {
		return nil
	}
	return e
}

func (m *Map) put(key, value any) {
	read := m.loaded()
	if e := read.m[key]; e != nil {
		if e.p.Load() == expunged {
			m.dirty[key] = e
		}
		e.p.Store(&value)
		return
	}
	if m.dirty == nil {
		m.dirty = make(map[any]*entry)
		for k, e := range read.m {
			if !e.p.CompareAndSwap(nil, expunged) {
				m.dirty[k] = e
			}
		}
	}
	if !read.amended {
		m.read.Store(&readOnly{m: read.m, amended: true})
	}
	e := &entry{}
	e.p.Store(&value)
	m.dirty[key] = e
}

// drop deletes from dirty, or leaves the entry in read without a value.
func (m *Map) drop(key any) {
	if read := m.loaded(); read.m[key] != nil {
		read.m[key].p.Store(nil)
	} else {
		delete(m.dirty, key)
	}
}

func (m *Map) Load(key any) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.find(key); e != nil {
		return *e.p.Load(), true
	}
	return nil, false
}

func (m *Map) Store(key, value any) { m.Swap(key, value) }

func (m *Map) Swap(key, value any) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.find(key); e != nil {
		return *e.p.Swap(&value), true
	}
	m.put(key, value)
	return nil, false
}

func (m *Map) LoadOrStore(key, value any) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.find(key); e != nil {
		return *e.p.Load(), true
	}
	m.put(key, value)
	return value, false
}

func (m *Map) LoadAndDelete(key any) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.find(key)
	if e == nil {
		return nil, false
	}
	value := *e.p.Load()
	m.drop(key)
	return value, true
}

func (m *Map) Delete(key any) { m.LoadAndDelete(key) }

func (m *Map) CompareAndSwap(key, old, value any) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.find(key)
	if e == nil || *e.p.Load() != old {
		return false
	}
	e.p.Store(&value)
	return true
}

func (m *Map) CompareAndDelete(key, old any) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.find(key)
	if e == nil || *e.p.Load() != old {
		return false
	}
	m.drop(key)
	return true
}

func (m *Map) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read.Store(&readOnly{})
	m.dirty = nil
}

// Range makes dirty the new read.
func (m *Map) Range(f func(key, value any) bool) {
	m.mu.Lock()
	if m.loaded().amended {
		m.read.Store(&readOnly{m: m.dirty})
		m.dirty = nil
	}
	entries := m.loaded().m
	m.mu.Unlock()
	for k, e := range entries {
		if p := e.p.Load(); p != nil && p != expunged && !f(k, *p) {
			break
		}
	}
}
