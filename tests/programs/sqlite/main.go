// SPDX-License-Identifier: Apache-2.0

// A query whose rows SQLite sorts by an order that Go gives, which calls C. The argument selects how C ends: see sqlite.py.
package main

/*
int cEnd(int kind);
*/
import "C"

import (
	"database/sql"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
)

// Kinds of ends, as in c.c.
var kinds = map[string]C.int{"fault": 0, "abort": 1, "wait": 2}

var compared int

func compare(a, b string) int {
	if compared++; compared == 3 {
		order(a, b)
	}
	return strings.Compare(a, b)
}

//go:noinline
func order(a, b string) {
	local := fmt.Sprint("order ", a, b)
	C.cEnd(kinds[os.Args[1]])
	println(local)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	sql.Register("ordered", &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		return c.RegisterCollation("by_go", compare)
	}})
	db, err := sql.Open("ordered", ":memory:")
	check(err)
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`create table t (name text); insert into t values ('d'), ('b'), ('c'), ('a'), ('e'), ('f')`)
	check(err)
	go func() {
		time.Sleep(300 * time.Millisecond)
		fmt.Println("ready", os.Getpid())
	}()
	query(db)
}

//go:noinline
func query(db *sql.DB) {
	rows, err := db.Query(`select name from t order by name collate by_go`)
	check(err)
	for rows.Next() {
		var name string
		check(rows.Scan(&name))
		fmt.Println(name)
	}
}
