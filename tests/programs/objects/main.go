// Objects of each kind with goroutines that wait for them. The program writes down what each object is: a line of JSON
// with its address, type, place and state. Prints "ready" once all goroutines stand still.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// Object is one of them. Kind, Type, In and Name are as gopm prints them.
type Object struct {
	Kind    string  `json:"kind"`
	Address uintptr `json:"address"`
	Type    string  `json:"type,omitempty"`
	In      string  `json:"in,omitempty"`   // empty: it has no place
	Name    string  `json:"name,omitempty"` // empty: not compared
	// Goroutines that wait, by what they wait to do.
	Sides map[string]int `json:"sides"`
	State map[string]any `json:"state,omitempty"`
	// Only the DWARF tells its place: no descriptor has the field, or the type.
	NeedsDwarf bool `json:"needsDwarf,omitempty"`
}

func note(o Object) {
	line, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(os.Stderr, "object %s\n", line)
}

func many(n int, f func()) {
	for range n {
		go f()
	}
}

type account struct {
	name string
	sync.Mutex
	balance int
}

func (a *account) deposit() {
	a.Lock()
	a.balance++
	a.Unlock()
}

type shard struct {
	hits map[string]int
	mu   sync.RWMutex
}

func (s *shard) get() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.hits["a"]
}

func (s *shard) put() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hits["a"]++
}

type cache[K comparable, V any] struct {
	entries map[K]V
	mu      sync.Mutex
}

func (c *cache[K, V]) get(k K) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[k]
}

type server struct {
	shards [4]shard
	users  map[string]*account
	stats  struct {
		mu    sync.Mutex
		count int
	}
	once  sync.Once
	group sync.WaitGroup
	more  *sync.Cond
	full  sync.Cond
	jobs  chan job
	done  chan struct{}
}

type job struct {
	id   int
	name string
}

func (s *server) setup() { s.once.Do(func() { select {} }) }
func (s *server) wait()  { s.group.Wait() }
func (s *server) await() {
	s.more.L.Lock()
	s.more.Wait()
}
func (s *server) room() {
	s.full.L.Lock()
	s.full.Wait()
}
func (s *server) send(id int) { s.jobs <- job{id, "a"} }
func (s *server) work() {
	select {
	case <-s.done:
	case j := <-queue:
		fmt.Println(j)
	}
}
func (s *server) count() {
	s.stats.mu.Lock()
	s.stats.count++
	s.stats.mu.Unlock()
}

type lease struct {
	mu sync.Mutex
	n  int
}

func (l *lease) take() {
	l.mu.Lock()
	l.n++
	l.mu.Unlock()
}

var (
	plain    sync.Mutex
	shared   sync.RWMutex
	disk     lease
	pointed  = &lease{}
	locks    [3]sync.Mutex
	queue    = make(chan job, 2)
	frozen   = &server{users: map[string]*account{"b": {name: "b"}}}
	numbers  = &cache[string, int]{entries: map[string]int{}}
	registry = struct {
		mu sync.Mutex
		n  int
	}{}
	nothing chan int
)

func address[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }
func channel[T any](c chan T) uintptr {
	return *(*uintptr)(unsafe.Pointer(&c))
}

type flags = map[string]any

func mutexes() {
	plain.Lock()
	many(3, plain.Lock)
	note(Object{"mutex", address(&plain), "sync.Mutex", "main.plain", "main.plain", map[string]int{"locks": 3},
		flags{"locked": true, "queued": 3}, true})
	disk.mu.Lock()
	many(2, disk.take)
	note(Object{"mutex", address(&disk.mu), "sync.Mutex", "main.lease.mu", "main.disk.mu", map[string]int{"locks": 2},
		flags{"locked": true, "queued": 2}, true})
	pointed.mu.Lock()
	many(2, pointed.take)
	note(Object{"mutex", address(&pointed.mu), "sync.Mutex", "main.lease.mu", "main.pointed.mu",
		map[string]int{"locks": 2}, flags{"locked": true, "queued": 2}, false})
	locks[2].Lock()
	many(1, func() { locks[2].Lock() })
	note(Object{"mutex", address(&locks[2]), "sync.Mutex", "main.locks", "main.locks[2]", map[string]int{"locks": 1},
		flags{"locked": true, "queued": 1}, true})
	registry.mu.Lock()
	many(1, func() { registry.mu.Lock() })
	note(Object{"mutex", address(&registry.mu), "sync.Mutex", "main.registry.mu", "main.registry.mu",
		map[string]int{"locks": 1}, flags{"locked": true, "queued": 1}, true})
	frozen.stats.mu.Lock()
	many(2, frozen.count)
	note(Object{"mutex", address(&frozen.stats.mu), "sync.Mutex", "main.server.stats.mu", "main.frozen.stats.mu",
		map[string]int{"locks": 2}, flags{"locked": true, "queued": 2}, false})
	b := frozen.users["b"]
	b.Lock()
	many(2, b.deposit)
	note(Object{"mutex", address(&b.Mutex), "sync.Mutex", "main.account.Mutex", `main.frozen.users["b"].Mutex`,
		map[string]int{"locks": 2}, flags{"locked": true, "queued": 2}, false})
	numbers.mu.Lock()
	many(1, func() { numbers.get("a") })
	note(Object{"mutex", address(&numbers.mu), "sync.Mutex", "main.cache[string,int].mu", "main.numbers.mu",
		map[string]int{"locks": 1}, flags{"locked": true, "queued": 1}, true})
}

func rwmutexes() {
	shared.Lock()
	many(2, shared.RLock)
	time.Sleep(20 * time.Millisecond)
	many(3, shared.Lock)
	note(Object{"rwmutex", address(&shared), "sync.RWMutex", "main.shared", "main.shared",
		map[string]int{"read-locks": 2, "locks": 3}, flags{"locked": true, "readers": 2, "reading": 0, "queued": 3}, true})
	s := &frozen.shards[2]
	s.mu.RLock()
	s.mu.RLock()
	go s.put()
	time.Sleep(20 * time.Millisecond)
	many(3, func() { s.get() })
	time.Sleep(20 * time.Millisecond)
	go s.put()
	note(Object{"rwmutex", address(&s.mu), "sync.RWMutex", "main.shard.mu", "main.frozen.shards[2].mu",
		map[string]int{"read-locks": 3, "locks": 2},
		flags{"writerPending": true, "readers": 5, "reading": 2, "queued": 1}, false})
}

func others() {
	go frozen.setup()
	time.Sleep(20 * time.Millisecond)
	many(2, frozen.setup)
	note(Object{"once", address(&frozen.once), "sync.Once", "main.server.once", "main.frozen.once",
		map[string]int{"locks": 2}, flags{"locked": true, "queued": 2}, false})
	frozen.group.Add(5)
	many(3, frozen.wait)
	note(Object{"waitgroup", address(&frozen.group), "sync.WaitGroup", "main.server.group", "main.frozen.group",
		map[string]int{"waits": 3}, flags{"counter": 5, "queued": 3}, false})
	frozen.more = sync.NewCond(new(sync.Mutex))
	frozen.full.L = new(sync.RWMutex)
	many(1, frozen.await)
	many(2, frozen.room)
	note(Object{"cond", address(frozen.more), "sync.Cond", "main.server.more", "main.frozen.more",
		map[string]int{"waits": 1}, flags{"queued": 1}, false})
	note(Object{"cond", address(&frozen.full), "sync.Cond", "main.server.full", "main.frozen.full",
		map[string]int{"waits": 2}, flags{"queued": 2}, false})
}

func channels() {
	frozen.jobs = make(chan job, 1)
	frozen.jobs <- job{}
	frozen.done = make(chan struct{})
	many(2, func() { frozen.send(7) })
	many(3, frozen.work)
	note(Object{"chan", channel(frozen.jobs), "chan main.job", "main.server.jobs", "main.frozen.jobs",
		map[string]int{"sends": 2}, flags{"length": 1, "capacity": 1, "senders": 2, "receivers": 0}, false})
	note(Object{"chan", channel(frozen.done), "chan struct {}", "main.server.done", "main.frozen.done",
		map[string]int{"receives": 3}, flags{"length": 0, "capacity": 0, "senders": 0, "receivers": 3}, false})
	note(Object{"chan", channel(queue), "chan main.job", "main.queue", "main.queue", map[string]int{"receives": 3},
		flags{"length": 0, "capacity": 2, "senders": 0, "receivers": 3}, true})
	local := make(chan (<-chan error))
	many(2, func() { <-local })
	note(Object{"chan", channel(local), "chan (<-chan error)", "", "", map[string]int{"receives": 2},
		flags{"capacity": 0, "receivers": 2}, false})
	many(1, func() { nothing <- 1 })
	many(1, func() {
		select {
		case <-nothing:
		case nothing <- 2:
		}
	})
}

func contexts() {
	parent, cancel := context.WithCancel(context.Background())
	_ = cancel
	now := nanotime()
	child, cancel2 := context.WithTimeout(context.WithValue(parent, job{}, 1), time.Hour)
	_ = cancel2
	many(1, func() { <-parent.Done() })
	many(2, func() { <-child.Done() })
	note(Object{"context", channelOf(parent.Done()), "context.cancelCtx", "", "", map[string]int{"receives": 1}, nil,
		false})
	// The parent's address, past the context with the value.
	value := *(*[2]uintptr)(unsafe.Pointer(&parent))
	note(Object{"context", channelOf(child.Done()), "context.timerCtx", "", "", map[string]int{"receives": 2},
		flags{"parent": value[1]}, false})
	fmt.Fprintf(os.Stderr, "deadline {\"address\":%d,\"from\":%d,\"runs\":%d}\n", channelOf(child.Done()), now, time.Hour)
}

//go:linkname nanotime runtime.nanotime
func nanotime() int64

func channelOf(c <-chan struct{}) uintptr { return *(*uintptr)(unsafe.Pointer(&c)) }

func descriptors() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	peer, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	own, err := listener.Accept()
	if err != nil {
		panic(err)
	}
	go func() { _, _ = io.ReadAll(own) }()
	go func() { _, _ = listener.Accept() }()
	_ = peer
	var pipe [2]int
	if syscall.Pipe(pipe[:]) != nil {
		panic("no pipe")
	}
	go func() { _, _ = syscall.Read(pipe[0], make([]byte, 8)) }()
	raw, err := own.(*net.TCPConn).SyscallConn()
	if err != nil {
		panic(err)
	}
	_ = raw.Control(func(fd uintptr) {
		fmt.Fprintf(os.Stderr, "fd {\"fd\":%d,\"local\":%q,\"remote\":%q}\n", fd, own.LocalAddr(), own.RemoteAddr())
	})
	fmt.Fprintf(os.Stderr, "syscall {\"fd\":%d}\n", pipe[0])
}

func main() {
	mutexes()
	rwmutexes()
	others()
	channels()
	contexts()
	descriptors()
	go func() {
		<-time.After(2 * time.Hour)
	}()
	time.Sleep(500 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
