// SPDX-License-Identifier: Apache-2.0

// Package gopm answers questions about dead Go programs from their cores: goroutines, stacks, variables, why they hang, and what
// fills their heaps. It is a cgo package over the C library libgopm, which pkg-config must find.
//
// A [Core], [Heap], [Why], [Stack] or [Value] may be closed at any time and in any order; a use after that is [ErrClosed]. What is
// not closed is released by the garbage collector. All of them may be used by several goroutines at once.
//
// Failures are an [*Error] with a status; errors.Is(err, gopm.NotFound) asks for one. Long calls take a context. What panics in a
// callback panics in the call that was given it, after the C library has returned.
//
// All strings are copies: they stay valid after Close.
package gopm

// #cgo pkg-config: gopm
import "C"
