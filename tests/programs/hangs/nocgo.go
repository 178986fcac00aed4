//go:build !cgo

package main

import "os"

func cgocall() { os.Exit(3) }

func rootHandle() {}
func rootInC()    {}
func leakHandle() {}
