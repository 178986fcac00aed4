// Package singleflight stands in for golang.org/x/sync/singleflight, so that the tests need no network. Names of types,
// fields and methods are the same, and goroutines wait in the same way.
package singleflight

import "sync"

type call struct {
	wg   sync.WaitGroup
	val  any
	err  error
	dups int
}

type Group struct {
	mu sync.Mutex
	m  map[string]*call
}

func (g *Group) Do(key string, fn func() (any, error)) (v any, err error, shared bool) {
	g.mu.Lock()
	if g.m == nil {
		g.m = make(map[string]*call)
	}
	if c, ok := g.m[key]; ok {
		c.dups++
		g.mu.Unlock()
		c.wg.Wait()
		return c.val, c.err, true
	}
	c := new(call)
	c.wg.Add(1)
	g.m[key] = c
	g.mu.Unlock()
	g.doCall(c, key, fn)
	return c.val, c.err, c.dups > 0
}

func (g *Group) doCall(c *call, key string, fn func() (any, error)) {
	returned := false
	defer func() {
		if !returned && recover() != nil {
			c.err = nil
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		c.wg.Done()
		if g.m[key] == c {
			delete(g.m, key)
		}
	}()
	func() {
		c.val, c.err = fn()
		returned = true
	}()
}
