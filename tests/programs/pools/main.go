// Waits whose other end only a library knows: connections of a pool, contexts, coroutines. The program hangs in the way
// that its argument names, or is healthy in a way that looks like a hang. It prints "ready" when every goroutine is
// where it stays. truth.json says which goroutines hang, on what, and whom to blame.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"os"
	"time"

	"golang.org/x/sync/semaphore"
)

const pause = 120 * time.Millisecond

var store *sql.DB

var cases = map[string]func(){
	"rows": rowsInRows, "tx": txs, "conn": conns, "released": released, "slow": slow, "hidden": hidden,
	"two": two, "deadline": deadline, "context": forgotten, "timeout": timeout, "pulled": pulled, "pulling": pulling,
	"weighted": weighted, "permits": permits, "bare": bare,
}

func main() {
	sql.Register("memory", memory{})
	cases[os.Args[1]]()
	time.Sleep(2 * pause)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

func request() { store.Exec("update") }

func requests(count int) {
	time.Sleep(pause)
	for range count {
		go request()
	}
}

// rows: a query in the loop over the rows of another one, with a pool of one connection.
func summaries() (sum int64) {
	found, err := store.Query("select")
	if err != nil {
		return 0
	}
	defer found.Close()
	for found.Next() {
		var id, worst int64
		if found.Scan(&id) != nil {
			return 0
		}
		store.QueryRow("select max").Scan(&worst)
		sum += worst
	}
	return sum
}

func rowsInRows() {
	store = open(1)
	go summaries()
	requests(6)
}

// tx: each transaction asks the pool for a second connection.
func transfer() error {
	tx, err := store.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err = tx.Exec("update"); err != nil {
		return err
	}
	time.Sleep(pause / 2)
	if _, err = store.Exec("insert"); err != nil {
		return err
	}
	return tx.Commit()
}

func txs() {
	store = open(2)
	go transfer()
	go transfer()
	requests(3)
}

// conn: the same with a connection of its own.
func migrate(ctx context.Context) error {
	one, err := store.Conn(ctx)
	if err != nil {
		return err
	}
	defer one.Close()
	if _, err = store.Exec("lock"); err != nil {
		return err
	}
	_, err = one.ExecContext(ctx, "alter")
	return err
}

func conns() {
	store = open(1)
	go migrate(context.Background())
	requests(2)
}

// released: the rows are closed, though they are still on the stack; another goroutine has the connection.
func reader(found *sql.Rows) error {
	found.Close()
	time.Sleep(pause / 2)
	_, err := store.Exec("update")
	return fmt.Errorf("%v %v", err, found.Err())
}

func working() { store.Exec("slow") }

func released() {
	store = open(1)
	found, _ := store.Query("select")
	go reader(found)
	time.Sleep(pause / 4)
	go working()
	requests(2)
}

// slow: one of two connections is in a statement that takes its time.
func slow() {
	store = open(2)
	go working()
	time.Sleep(pause)
	go summaries()
	requests(3)
}

// hidden: a transaction that a timer is to end is on no stack.
type session struct{ tx *sql.Tx }

var sessions = map[int]*session{}

func hidden() {
	store = open(2)
	tx, _ := store.Begin()
	sessions[1] = &session{tx}
	tx = nil
	time.AfterFunc(time.Hour, func() { sessions[1].tx.Rollback() })
	go summaries()
	requests(3)
}

// two: those who wait for one pool have a connection of another one, whose users go on.
func copier(from, to *sql.DB) {
	found, _ := from.Query("select")
	defer found.Close()
	for found.Next() {
		to.Exec("insert")
	}
}

func two() {
	from, to := open(1), open(1)
	go to.Exec("slow")
	time.Sleep(pause)
	go copier(from, to)
	time.Sleep(pause)
	go from.Exec("update")
}

// deadline: who waits gives up when its context ends.
func patient(ctx context.Context) error {
	found, err := store.QueryContext(ctx, "select")
	if err != nil {
		return err
	}
	defer found.Close()
	for found.Next() {
		store.QueryRowContext(ctx, "select max")
	}
	return nil
}

func deadline() {
	store = open(1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	time.AfterFunc(time.Hour, cancel)
	go patient(ctx)
}

// context: nobody has the context any more, nor the function that cancels it.
func watch(ctx context.Context) { <-ctx.Done() }

func forgotten() {
	for range 4 {
		ctx, _ := context.WithCancel(context.Background())
		go watch(ctx)
	}
}

// timeout: a timer has it.
func timeout() {
	for range 4 {
		ctx, _ := context.WithTimeout(context.Background(), time.Hour)
		go watch(ctx)
	}
}

// pulled: who is to resume a coroutine waits for the next request.
func numbers(yield func(int) bool) {
	for i := 0; yield(i); i++ {
	}
}

var queue = make(chan int)

func serve() {
	next, stop := iter.Pull(numbers)
	defer stop()
	for range queue {
		next()
	}
}

func feed() {
	time.Sleep(time.Hour)
	queue <- 1
}

func pulled() {
	go feed()
	go serve()
}

// pulling: the function of a coroutine waits, and the goroutine that pulls waits for it.
func lines(yield func(int) bool) {
	for item := range queue {
		if !yield(item) {
			return
		}
	}
}

func consume() {
	next, stop := iter.Pull(lines)
	defer stop()
	for {
		if _, ok := next(); !ok {
			return
		}
	}
}

func pulling() {
	go feed()
	go consume()
}

// weighted: who has one unit of a semaphore asks for another one.
var permit = semaphore.NewWeighted(2)

func nested() {
	permit.Acquire(context.Background(), 1)
	defer permit.Release(1)
	time.Sleep(pause / 2)
	permit.Acquire(context.Background(), 1)
	defer permit.Release(1)
}

func weighted() {
	go nested()
	go nested()
	time.Sleep(pause / 4)
	go nested()
	go nested()
}

// permits: one who has a unit works.
func worker() {
	permit.Acquire(context.Background(), 1)
	defer permit.Release(1)
	time.Sleep(time.Hour)
}

func permits() {
	go worker()
	time.Sleep(pause / 4)
	go nested()
	time.Sleep(pause / 4)
	go nested()
}

// bare: the same, but it does not defer to give the unit back.
func careless() {
	permit.Acquire(context.Background(), 1)
	time.Sleep(time.Hour)
	permit.Release(1)
}

func bare() {
	go careless()
	time.Sleep(pause / 4)
	go nested()
	time.Sleep(pause / 4)
	go nested()
}
