// A server and its clients with requests in flight, and pools of database/sql. Handlers, clients and DB.Stats() write
// what they know to standard error, one JSON object a line after the word "fact". There are traps too: connections that
// are idle, hijacked or closed, streams that are done, and a copy of the runtime's MemStats.
package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	entered  sync.WaitGroup
	facts    sync.Mutex
	never    = make(chan struct{})
	memory   runtime.MemStats
	hijacked net.Conn
	buffers  *bufio.ReadWriter
	bodies   []io.Closer
	pools    []*sql.DB
	rows     []*sql.Rows
	links    []*sql.Conn
)

func fact(what string, members map[string]any) {
	members["what"] = what
	text, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	facts.Lock()
	defer facts.Unlock()
	fmt.Fprintf(os.Stderr, "fact %s\n", text)
}

// The id of this goroutine.
func id() int {
	buffer := make([]byte, 64)
	number, err := strconv.Atoi(string(bytes.Fields(buffer[:runtime.Stack(buffer, false)])[1]))
	if err != nil {
		panic(err)
	}
	return number
}

// Serves a request for ever, unless its path says otherwise.
func serve(w http.ResponseWriter, r *http.Request) {
	mine := map[string]any{"method": r.Method, "url": r.RequestURI, "peer": r.RemoteAddr, "host": r.Host, "proto": r.Proto,
		"status": 0, "written": 0, "goroutine": id(), "second": time.Now().Unix()}
	what := "server request"
	if r.ProtoMajor == 2 {
		what = "HTTP/2 server request"
	} else {
		mine["state"] = "active"
	}
	switch r.URL.Path {
	case "/done":
		fmt.Fprintln(w, "done")
		return
	case "/begun":
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprint(w, "begun")
		http.NewResponseController(w).Flush()
		mine["status"], mine["written"] = http.StatusAccepted, len("begun")
	case "/hijack":
		if _, _, err := http.NewResponseController(w).Hijack(); err != nil {
			panic(err)
		}
		mine["state"] = "hijacked"
	case "/leave":
		var err error
		if hijacked, buffers, err = http.NewResponseController(w).Hijack(); err != nil {
			panic(err)
		}
		fmt.Fprint(buffers, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
		buffers.Flush()
		return
	}
	fact(what, mine)
	entered.Done()
	<-never
}

// Sends a request and waits for its answer. Then it waits for the body.
func call(client *http.Client, method, url, body string) {
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	fact("client request", map[string]any{"method": method, "url": url, "goroutine": id(), "proto": "HTTP/1.1"})
	response, err := client.Do(request)
	if err != nil {
		panic(err)
	}
	io.Copy(io.Discard, response.Body)
	panic("the body ends")
}

// Sends a request whose answer comes, and leaves the connection idle.
func finish(client *http.Client, url string) {
	response, err := client.Get(url)
	if err != nil {
		panic(err)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
}

// Sends bytes, and reads the first line of the answer if there is one.
func raw(address, request string, answers bool) {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		panic(err)
	}
	bodies = append(bodies, connection)
	fmt.Fprint(connection, request)
	if answers {
		bufio.NewReader(connection).ReadString('\n')
	}
}

func requests() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	var both, two http.Protocols
	both.SetHTTP1(true)
	both.SetUnencryptedHTTP2(true)
	two.SetUnencryptedHTTP2(true)
	server := &http.Server{Handler: http.HandlerFunc(serve), Protocols: &both, DisableGeneralOptionsHandler: true}
	go server.Serve(listener)
	address := listener.Addr().String()
	base := "http://" + address
	first, second := &http.Client{}, &http.Client{Transport: &http.Transport{Protocols: &two}}
	first.Transport = &http.Transport{MaxIdleConnsPerHost: 8}

	entered.Add(13)
	for i := range 5 {
		method := []string{"GET", "PUT"}[i%2]
		go call(first, method, fmt.Sprintf("%s/slow/%d?user=u%d&q=%%20x", base, i, i), strings.Repeat("b", i*100))
	}
	go call(first, "GET", base+"/begun?by=client", "")
	raw(address, "DELETE /raw?%0a HTTP/1.0\r\nX: y\r\n\r\n", false)
	raw(address, "OPTIONS * HTTP/1.1\r\nHost: any.test\r\n\r\n", false)
	raw(address, "GET /hijack HTTP/1.1\r\nHost: held.test\r\n\r\n", false)
	for i := range 4 {
		path := []string{"/h2/" + strconv.Itoa(i) + "?a=b", "/begun"}[i/3]
		go second.Post(base+path, "text/plain", strings.NewReader("body"))
	}
	entered.Wait()
	raw(address, "GET /leave HTTP/1.1\r\nHost: left.test\r\n\r\n", true)
	raw(address, "GET /half HTTP/1.1\r\nHost: half.te", false)
	raw(address, "", false)
	finish(first, base+"/done?keep")
	finish(second, base+"/done?stream")
}

type database struct{}
type link struct{}
type statement struct{}
type cursor struct{}
type transaction struct{}

func (database) Open(string) (driver.Conn, error)            { return &link{}, nil }
func (*link) Prepare(string) (driver.Stmt, error)            { return statement{}, nil }
func (*link) Close() error                                   { return nil }
func (*link) Begin() (driver.Tx, error)                      { return transaction{}, nil }
func (statement) Close() error                               { return nil }
func (statement) NumInput() int                              { return -1 }
func (statement) Exec([]driver.Value) (driver.Result, error) { return nil, errors.New("no results") }
func (statement) Query([]driver.Value) (driver.Rows, error)  { return cursor{}, nil }
func (cursor) Columns() []string                             { return []string{"n"} }
func (cursor) Close() error                                  { return nil }
func (cursor) Next([]driver.Value) error                     { return nil }

// Opens a pool of which `busy` connections are in use and `idle` are not, and `waiting` goroutines wait for one.
func pool(most, busy, idle, waiting int) *sql.DB {
	db, err := sql.Open("inflight", "secret")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(idle)
	first := len(links)
	for range busy + idle {
		c, err := db.Conn(context.Background())
		if err != nil {
			panic(err)
		}
		links = append(links, c)
	}
	for _, c := range links[first : first+idle] {
		c.Close()
	}
	for _, c := range links[first+idle:] {
		r, err := c.QueryContext(context.Background(), "select")
		if err != nil {
			panic(err)
		}
		if waiting == 0 || most > 1 {
			rows = append(rows, r)
		} else {
			r.Close()
		}
	}
	for range waiting {
		go db.Conn(context.Background())
	}
	for db.Stats().WaitCount < int64(waiting) {
		time.Sleep(time.Millisecond)
	}
	pools = append(pools, db)
	return db
}

func databases() {
	sql.Register("inflight", database{})
	pool(3, 3, 0, 2)
	pool(0, 1, 2, 0)
	released := pool(1, 1, 0, 1)
	links[len(links)-1].Close()
	for released.Stats().WaitDuration == 0 {
		time.Sleep(time.Millisecond)
	}
	pool(7, 0, 0, 0).Close()
}

func statistics() {
	waiting := []int{2, 0, 0, 0}
	for i, db := range pools {
		s := db.Stats()
		fact("SQL pool", map[string]any{"open": s.OpenConnections, "maxOpen": s.MaxOpenConnections, "inUse": s.InUse, "idle": s.Idle,
			"waiting": waiting[i], "waitCount": s.WaitCount, "waitDuration": s.WaitDuration, "closed": i == 3,
			"driver": "main.database"})
	}
}

func (transaction) Commit() error   { return nil }
func (transaction) Rollback() error { return nil }

var (
	statements   []*sql.Stmt
	transactions []*sql.Tx
	contexts     []context.Context
	cancels      []context.CancelFunc
)

// Leaves objects open that a program should close, and closes others of the same types.
func leaks() {
	db := pools[1]
	for i := range 5 {
		s, err := db.Prepare("select")
		if err != nil {
			panic(err)
		}
		t, err := db.Begin()
		if err != nil {
			panic(err)
		}
		if i < 3 {
			s.Close()
			t.Commit()
		}
		statements, transactions = append(statements, s), append(transactions, t)
	}
	for _, children := range []int{150, 99} {
		first, cancel := context.WithCancel(context.Background())
		second, cancelToo := context.WithTimeout(context.Background(), time.Hour)
		cancels = append(cancels, cancel, cancelToo)
		contexts = append(contexts, first, second)
		for range children {
			_, one := context.WithCancel(first)
			_, other := context.WithCancel(second)
			cancels = append(cancels, one, other)
		}
	}
	// Three result sets of a pool of three, and one of the other pool. A client reads one body.
	for _, row := range []struct {
		what, kind string
		objects    int
	}{
		{"open response body", "net/http.bodyEOFSignal", 1},
		{"open result set", "database/sql.Rows", 4},
		{"open transaction", "database/sql.Tx", 2},
		{"open statement", "database/sql.Stmt", 2},
		{"context with 100 children or more", "context.cancelCtx", 1},
		{"context with 100 children or more", "context.timerCtx", 1},
	} {
		fact("check", map[string]any{"check": row.what, "type": row.kind, "objects": row.objects})
	}
}

func main() {
	requests()
	databases()
	leaks()
	statistics()
	// The first collection does not set the begin of waits.
	runtime.GC()
	runtime.GC()
	time.Sleep(2 * time.Second)
	runtime.GC()
	runtime.ReadMemStats(&memory)
	fact("clock", map[string]any{"now": time.Now().UnixNano()})
	fmt.Println("ready")
	select {}
}
