package main

import (
	"database/sql"
	"database/sql/driver"
	"io"
	"time"
)

// A driver whose statements do nothing. "slow" takes an hour.
type (
	memory struct{}
	conn   struct{}
	stmt   struct{ text string }
	rows   struct{ left int }
	txn    struct{}
)

func (memory) Open(string) (driver.Conn, error)       { return conn{}, nil }
func (conn) Prepare(text string) (driver.Stmt, error) { return stmt{text}, nil }
func (conn) Close() error                             { return nil }
func (conn) Begin() (driver.Tx, error)                { return txn{}, nil }
func (txn) Commit() error                             { return nil }
func (txn) Rollback() error                           { return nil }
func (stmt) Close() error                             { return nil }
func (stmt) NumInput() int                            { return 0 }

func (s stmt) Exec([]driver.Value) (driver.Result, error) {
	if s.text == "slow" {
		time.Sleep(time.Hour)
	}
	return driver.RowsAffected(1), nil
}

func (s stmt) Query([]driver.Value) (driver.Rows, error) { return &rows{len(s.text)}, nil }

func (*rows) Columns() []string { return []string{"id"} }
func (*rows) Close() error      { return nil }
func (r *rows) Next(into []driver.Value) error {
	if r.left == 0 {
		return io.EOF
	}
	r.left--
	into[0] = int64(r.left)
	return nil
}

func open(most int) *sql.DB {
	db, err := sql.Open("memory", "")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(most)
	return db
}
