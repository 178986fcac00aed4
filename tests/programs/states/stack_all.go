//go:build stackall

// The traceback of GOTRACEBACK=all: since Go 1.19 SIGQUIT shows more than that.

package main

import (
	"os"
	"os/signal"
	"runtime"
	"syscall"
)

func init() {
	signals := make(chan os.Signal, 1)
	buffer := make([]byte, 1<<20)
	signal.Notify(signals, syscall.SIGUSR1)
	go func() {
		<-signals
		n := runtime.Stack(buffer, true)
		os.Stderr.Write(buffer[:n])
		os.Exit(2)
	}()
}
