// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
)

// Status is the status of a call of the C library. The constants are errors for errors.Is:
//
//	if errors.Is(err, gopm.NotFound) { ... }
type Status int32

// Error gives a short text.
func (s Status) Error() string {
	return C.GoString(C.gopm_status_text(C.gopm_status(s)))
}

// ErrClosed is the error of a call on something that was closed.
var ErrClosed = errors.New("is closed")

// Error says why a call failed.
type Error struct {
	Status           Status
	Message          string // the file, the place in it, and what was expected there
	Path             string // the file that caused it; empty: none
	Offset           uint64 // in that file, or NoOffset
	ExpressionOffset uint64 // in the expression that was given, or NoOffset
	Address          uint64 // in the dead process, or NoOffset
	cause            error  // of a context
}

// Error gives the message.
func (e *Error) Error() string { return e.Message }

// Unwrap gives the status, and the reason of the context that stopped the call.
func (e *Error) Unwrap() []error {
	if e.cause != nil {
		return []error{e.Status, e.cause}
	}
	return []error{e.Status}
}

// statusError is the error of a call that makes no error object.
func statusError(status C.gopm_status, message string) *Error {
	if message == "" {
		message = Status(status).Error()
	}
	return &Error{Status: Status(status), Message: message, Offset: NoOffset, ExpressionOffset: NoOffset, Address: NoOffset}
}

// takeError makes an error of a status that is not GOPM_OK, and frees the error object, which may be nil.
func takeError(status C.gopm_status, object *C.gopm_error, missing string) *Error {
	if object == nil {
		return statusError(status, missing)
	}
	defer C.gopm_error_free(object)
	e := &Error{
		Status:           Status(status),
		Message:          C.GoString(C.gopm_error_message(object)),
		Offset:           uint64(C.gopm_error_offset(object)),
		ExpressionOffset: uint64(C.gopm_error_expression_offset(object)),
		Address:          uint64(C.gopm_error_address(object)),
	}
	if path := C.gopm_error_path(object); path != nil {
		e.Path = C.GoString(path)
	}
	return e
}

func argumentError(format string, arguments ...any) *Error {
	return statusError(C.gopm_status(ErrArgument), fmt.Sprintf(format, arguments...))
}

func closedError(what string) error { return fmt.Errorf("this %s %w", what, ErrClosed) }

// hasNUL is true if C would cut a text.
func hasNUL(text string) bool { return strings.IndexByte(text, 0) >= 0 }
