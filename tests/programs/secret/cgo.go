// Threads made by pthread_create, on stacks of libc.

//go:build cgo_secret

package main

import "C"
