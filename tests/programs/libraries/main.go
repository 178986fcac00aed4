// Goroutines that wait inside of libraries: pipes, connections, child processes, groups. The program hangs in the way that
// its argument names, or is healthy in a way that looks like a hang. It prints "ready" when every goroutine is where it
// stays. truth.json says which goroutines hang, on what, and whom to blame.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
)

const pause = 120 * time.Millisecond

var cases = map[string]func(){
	"copying": copying, "piped": piped, "unread": unread, "bodies": bodies, "keepalive": keepalive, "command": command,
	"streaming": streaming, "grandchild": grandchild, "signals": signals, "tasks": tasks, "working": working, "flight": flight, "shared": shared,
}

func main() {
	cases[os.Args[1]]()
	time.Sleep(2 * pause)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

// copying: a pipe whose reader is slow.
type slowWriter struct{}

func (slowWriter) Write(text []byte) (int, error) {
	time.Sleep(time.Hour)
	return len(text), nil
}

func produce(to io.WriteCloser) {
	defer to.Close()
	for {
		fmt.Fprintln(to, "line")
	}
}

func consume(from io.Reader) { io.Copy(slowWriter{}, from) }

func copying() {
	from, to := io.Pipe()
	go produce(to)
	go consume(from)
}

// piped: the writer has the lock that the reader needs before it reads. The variable keeps the pipe reachable.
type archive struct {
	mu   sync.Mutex
	from *io.PipeReader
	to   *io.PipeWriter
}

var tape archive

func (a *archive) save() {
	a.mu.Lock()
	defer a.mu.Unlock()
	fmt.Fprintln(a.to, "saved")
}

func (a *archive) restore() {
	a.mu.Lock()
	defer a.mu.Unlock()
	io.ReadAll(a.from)
}

func piped() {
	tape.from, tape.to = io.Pipe()
	go tape.save()
	time.Sleep(pause)
	go tape.restore()
}

// unread: who is to read the pipe has gone.
func compressTo(to *io.PipeWriter) { fmt.Fprintln(to, "header") }

func unread() {
	from, to := io.Pipe()
	go compressTo(to)
	go func() { from.Read(nil) }()
}

// A server on loopback whose answers are longer than what the transport reads ahead.
func serve(size int) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	page := bytes.Repeat([]byte("x"), size)
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(page) }))
	return "http://" + listener.Addr().String()
}

// bodies: the caller never closes the bodies of answers.
func fetch(url string) int {
	answer, err := http.Get(url)
	if err != nil {
		panic(err)
	}
	return answer.StatusCode
}

func bodies() {
	url := serve(1 << 20)
	for range 4 {
		fetch(url)
	}
}

// streaming: the caller has the bodies, and reads them later.
func read(url string) {
	answer, err := http.Get(url)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	time.Sleep(time.Hour)
	io.Copy(io.Discard, answer.Body)
}

func streaming() {
	url := serve(1 << 20)
	for range 4 {
		go read(url)
	}
}

// keepalive: connections that are idle.
func fetchAll(url string, group *sync.WaitGroup) {
	defer group.Done()
	answer, err := http.Get(url)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, answer.Body)
	time.Sleep(pause)
}

func keepalive() {
	var group sync.WaitGroup
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 40
	url := serve(1 << 10)
	for range 24 {
		group.Add(1)
		go fetchAll(url, &group)
	}
	group.Wait()
}

// command: a child that does not end, with a lock held. grandchild: the child has ended, and its own child has the pipe.
var runner sync.Mutex

func run(name string, arguments ...string) {
	var output bytes.Buffer
	runner.Lock()
	defer runner.Unlock()
	command := exec.Command(name, arguments...)
	command.Stdout = &output
	command.Run()
}

func queued() {
	runner.Lock()
	defer runner.Unlock()
}

func command() {
	go run("/bin/sleep", "3600")
	time.Sleep(pause)
	for range 3 {
		go queued()
	}
}

func grandchild() {
	go run("/bin/sh", "-c", "sleep 3600 & exit 0")
	time.Sleep(pause)
	for range 3 {
		go queued()
	}
}

// signals: a loop that waits for one.
func reload(signals chan os.Signal) {
	for range signals {
	}
}

func signals() {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	go reload(hup)
}

// tasks: a task of a full group starts another one, and waits for it.
func crawl(group *errgroup.Group, depth int) error {
	time.Sleep(pause / 4)
	if depth > 0 {
		group.Go(func() error { return crawl(group, depth-1) })
	}
	return nil
}

func startAll(group *errgroup.Group) {
	for range 2 {
		group.Go(func() error { return crawl(group, 8) })
	}
	group.Wait()
}

var crawlers errgroup.Group

func tasks() {
	crawlers.SetLimit(2)
	go startAll(&crawlers)
}

// working: tasks that are slow.
func working() {
	var group errgroup.Group
	group.SetLimit(2)
	for range 2 {
		group.Go(func() error { time.Sleep(time.Hour); return nil })
	}
	go group.Wait()
	go group.Go(func() error { return nil })
}

// flight: the function asks for its own key. shared: callers wait for one that is slow.
var flights singleflight.Group

func lookup(key string) (any, error) {
	value, err, _ := flights.Do(key, func() (any, error) { return lookup(key) })
	return value, err
}

func flight() {
	go lookup("a")
	time.Sleep(pause)
	for range 3 {
		go lookup("a")
	}
}

func slowLookup() {
	flights.Do("b", func() (any, error) { time.Sleep(time.Hour); return nil, nil })
}

func shared() {
	for range 4 {
		go slowLookup()
	}
}
