package main

import (
	"errors"
	"sync"
	"time"
)

// handover: healthy. A deferred call releases the lock only if its taker still owns it, and the taker has passed it on.
// It looks like a cycle: the owner waits for who waits for the lock.
type ticket struct {
	mu   sync.Mutex
	done chan string
}

func (t *ticket) serve() string {
	t.mu.Lock()
	own := true
	defer func() {
		if own {
			t.mu.Unlock()
		}
	}()
	own = false
	go t.release()
	return <-t.done
}

func (t *ticket) release() {
	time.Sleep(time.Hour)
	t.mu.Unlock()
}

func (t *ticket) next() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done <- "next"
}

func handover() {
	t := &ticket{done: make(chan string)}
	go t.serve()
	time.Sleep(pause)
	for range 3 {
		go t.next()
	}
}

// dropped: healthy. A callee drops the lock of its caller while it waits; a timer will release it for who has it now.
type table struct {
	mu   sync.Mutex
	rows chan int
}

func (t *table) scan() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.wait()
}

//go:noinline
func (t *table) wait() int {
	t.mu.Unlock()
	n := <-t.rows
	t.mu.Lock()
	return n
}

func (t *table) peek() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mu.Unlock()
	n := <-t.rows
	t.mu.Lock()
	return n
}

func (t *table) lend() {
	t.mu.Lock()
	time.AfterFunc(time.Hour, t.mu.Unlock)
}

func (t *table) add() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows <- 1
}

func dropped() {
	for _, look := range []func(*table) int{(*table).scan, (*table).peek} {
		t := &table{rows: make(chan int)}
		go look(t)
		time.Sleep(pause)
		t.lend()
		go t.add()
		go t.add()
	}
}

// condheld: healthy. Cond.Wait has released the lock that a deferred call of its caller is to release again.
type mailbox struct {
	mu   sync.Mutex
	more *sync.Cond
	mail []string
}

func (m *mailbox) take() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.mail) == 0 {
		m.more.Wait()
	}
	first := m.mail[0]
	m.mail = m.mail[1:]
	return first
}

func (m *mailbox) freeze() {
	m.mu.Lock()
	time.AfterFunc(time.Hour, m.mu.Unlock)
}

func (m *mailbox) put(letter string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mail = append(m.mail, letter)
	m.more.Signal()
}

func condheld() {
	m := &mailbox{}
	m.more = sync.NewCond(&m.mu)
	go m.take()
	time.Sleep(pause)
	m.freeze()
	go m.put("a")
	go m.put("b")
}

// helper: a deadlock of two locks, which functions take and release for others.
type account struct {
	mu      sync.Mutex
	balance int
}

var bank = []*account{{balance: 1}, {balance: 2}}

//go:noinline
func (a *account) lock() { a.mu.Lock() }

//go:noinline
func (a *account) unlock() { a.mu.Unlock() }

func transfer(from, to *account, amount int) {
	from.lock()
	time.Sleep(pause)
	to.lock()
	from.balance -= amount
	to.balance += amount
	to.unlock()
	from.unlock()
}

func (a *account) show() int {
	a.lock()
	defer a.unlock()
	return a.balance
}

func helper() {
	go transfer(bank[0], bank[1], 5)
	go transfer(bank[1], bank[0], 7)
	time.Sleep(pause / 2)
	for range 4 {
		go bank[0].show()
	}
	time.Sleep(pause)
}

// unlocker: a deadlock of two locks, whose releases are closures that a function returned.
type shelf struct {
	mu    sync.Mutex
	books int
}

type library struct{ left, right shelf }

var books library

func (s *shelf) hold() func() {
	s.mu.Lock()
	return func() { s.mu.Unlock() }
}

func moveRight(l *library) {
	defer l.left.hold()()
	time.Sleep(pause)
	defer l.right.hold()()
	l.left.books--
	l.right.books++
}

func moveLeft(l *library) {
	defer l.right.hold()()
	time.Sleep(pause)
	defer l.left.hold()()
	l.right.books--
	l.left.books++
}

func unlocker() {
	go moveRight(&books)
	go moveLeft(&books)
	time.Sleep(2 * pause)
}

// three: a cycle of three locks.
type order struct{ mu sync.Mutex }
type stock struct{ mu sync.Mutex }
type invoice struct{ mu sync.RWMutex }

type shop struct {
	order   order
	stock   stock
	invoice invoice
}

var corner shop

func (s *shop) buy() {
	s.order.mu.Lock()
	defer s.order.mu.Unlock()
	time.Sleep(pause)
	s.stock.mu.Lock()
	defer s.stock.mu.Unlock()
}

func (s *shop) refill() {
	s.stock.mu.Lock()
	time.Sleep(pause)
	s.invoice.mu.Lock()
	s.invoice.mu.Unlock()
	s.stock.mu.Unlock()
}

func (s *shop) bill() {
	s.invoice.mu.RLock()
	defer s.invoice.mu.RUnlock()
	time.Sleep(pause)
	s.order.mu.Lock()
	s.order.mu.Unlock()
}

func three() {
	go corner.buy()
	go corner.refill()
	go corner.bill()
	time.Sleep(2 * pause)
}

// recursive: a reader reads again after a writer has begun to wait.
type registry struct {
	mu    sync.RWMutex
	names map[string]int
}

var names = &registry{names: map[string]int{"a": 1}}

func (r *registry) each() (sum int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for name := range r.names {
		time.Sleep(pause)
		sum += r.count(name)
	}
	return sum
}

func (r *registry) count(name string) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.names[name]
}

func (r *registry) put(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[name]++
}

func recursive() {
	go names.each()
	time.Sleep(pause / 2)
	go names.put("a")
	time.Sleep(pause)
	for range 3 {
		go names.count("a")
	}
}

// selfmutex: a method takes a lock that its caller has.
type cache struct {
	mu    sync.Mutex
	pages map[string]string
}

var pages = &cache{pages: map[string]string{}}

func (c *cache) get(key string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pages[key] == "" {
		c.refresh(key)
	}
	return c.pages[key]
}

func (c *cache) refresh(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pages[key] = "page"
}

func (c *cache) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pages)
}

func warm() { pages.get("index") }

func selfmutex() {
	go warm()
	time.Sleep(pause)
	for range 6 {
		go pages.size()
	}
}

// once: a function of sync.Once calls Do of the same Once.
type config struct {
	once   sync.Once
	values map[string]string
}

var settings config

func (c *config) load() {
	c.once.Do(func() {
		c.values = map[string]string{}
		c.check()
	})
}

func (c *config) check() {
	c.load()
	c.values["checked"] = "yes"
}

func boot() { settings.load() }

func consult() string {
	settings.load()
	return settings.values["x"]
}

func once() {
	go boot()
	time.Sleep(pause)
	for range 4 {
		go consult()
	}
}

// forgotten: an early return leaves a read lock taken. Its goroutine is gone.
type index struct {
	mu    sync.RWMutex
	words map[string]int
}

var dictionary = &index{words: map[string]int{}}

var errUnknown = errors.New("unknown word")

func (i *index) find(word string) (int, error) {
	i.mu.RLock()
	n, ok := i.words[word]
	if !ok {
		return 0, errUnknown
	}
	i.mu.RUnlock()
	return n, nil
}

func (i *index) add(word string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.words[word]++
}

func forgotten() {
	found := make(chan error)
	go func() { _, err := dictionary.find("x"); found <- err }()
	<-found
	go dictionary.add("x")
	time.Sleep(pause)
	for range 5 {
		go dictionary.find("y")
	}
}
