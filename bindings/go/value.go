// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"fmt"
	"iter"
	"math"
	"strings"
	"sync"
	"unsafe"
)

// ValueOptions says what is read of values. A limit of 0 is its default.
type ValueOptions struct {
	Flags       uint32 // ValueOptionExactOnly ...
	Depth       uint32 // levels of nesting that Text shows; 0: 1
	Flat        bool   // Text shows no level
	MaxString   uint64
	MaxElements uint64
	MaxFields   uint64
	MaxBytes    uint64
}

func (v ValueOptions) c() C.gopm_value_options {
	var o C.gopm_value_options
	C.gopm_value_options_init(&o, C.sizeof_gopm_value_options)
	o.flags, o.max_depth = C.uint32_t(v.Flags), C.uint32_t(v.Depth)
	if v.Flat {
		o.max_depth = math.MaxUint32
	}
	o.max_string, o.max_elements = C.uint64_t(v.MaxString), C.uint64_t(v.MaxElements)
	o.max_fields, o.max_bytes = C.uint64_t(v.MaxFields), C.uint64_t(v.MaxBytes)
	return o
}

// Value is a variable, a part of one, or the result of an expression. Its parts are read on demand.
type Value struct {
	ValueInfo
	core   *Core
	handle *handle
}

func newValue(ptr *C.gopm_value, core *Core, serial *sync.Mutex) (*Value, error) {
	var info C.gopm_value_info
	info.struct_size = C.sizeof_gopm_value_info
	status := C.gopm_value_get_info(ptr, &info)
	h := newHandle(unsafe.Pointer(ptr), func(p unsafe.Pointer) { C.gopm_value_free((*C.gopm_value)(p)) }, "value", serial, core.handle.anchor)
	if status != C.GOPM_OK {
		return nil, statusError(status, "")
	}
	return &Value{goValueInfo(&info), core, h}, nil
}

func (v *Value) use() (*C.gopm_value, error) {
	if v == nil {
		return nil, closedError("value")
	}
	ptr, err := v.handle.use()
	return (*C.gopm_value)(ptr), err
}

// Close releases the value.
func (v *Value) Close() error {
	if v != nil {
		v.handle.close()
	}
	return nil
}

func (v *Value) label() string {
	if v.Name != "" {
		return v.Name
	}
	return "value"
}

func (v *Value) readable() error {
	if v.Unreadable != "" {
		return statusError(C.gopm_status(ErrMissingMemory), v.label()+": "+v.Unreadable)
	}
	return nil
}

func (v *Value) wrongKind(problem string) error {
	if err := v.readable(); err != nil {
		return err
	}
	return argumentError("%s (type %s) %s", v.label(), v.Type, problem)
}

// IsNil is true of a nil pointer, slice, map, channel, function or interface.
func (v *Value) IsNil() bool { return v.Flags&ValueNil != 0 }

// Format gives the value on one line, as Delve shows it, and more: gopm_value_text().
func (v *Value) Format() (string, error) {
	ptr, err := v.use()
	if err != nil {
		return "", err
	}
	defer v.handle.done()
	return formatted(func(buffer *C.char, size C.size_t, length *C.size_t) C.gopm_status {
		return C.gopm_value_text(ptr, buffer, size, length)
	})
}

// String is Format, with its error instead of a text.
func (v *Value) String() string {
	text, err := v.Format()
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return text
}

// MarshalJSON gives the value with its children: gopm_value_json().
func (v *Value) MarshalJSON() ([]byte, error) {
	ptr, err := v.use()
	if err != nil {
		return nil, err
	}
	defer v.handle.done()
	text, err := formatted(func(buffer *C.char, size C.size_t, length *C.size_t) C.gopm_status {
		return C.gopm_value_json(ptr, 0, buffer, size, length)
	})
	return []byte(text), err
}

// Child reads a child by its index, as gopm_value_child() counts them.
func (v *Value) Child(index uint64) (*Value, error) {
	ptr, err := v.use()
	if err != nil {
		return nil, err
	}
	defer v.handle.done()
	var out *C.gopm_value
	var object *C.gopm_error
	if status := C.gopm_value_child(ptr, C.uint64_t(index), &out, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, fmt.Sprintf("%s has no child %d", v.Type, index))
	}
	return newValue(out, v.core, v.handle.serial)
}

// Children gives the children within the limits of the options.
func (v *Value) Children() iter.Seq2[*Value, error] {
	return func(yield func(*Value, error) bool) {
		if err := v.readable(); err != nil {
			yield(nil, err)
			return
		}
		for i := range v.ChildCount {
			child, err := v.Child(i)
			if !yield(child, err) || err != nil {
				return
			}
		}
	}
}

// Elem reads the target of a pointer, or the dynamic value of an interface.
func (v *Value) Elem() (*Value, error) {
	if v.Kind != KindPointer && v.Kind != KindInterface {
		return nil, v.wrongKind("is not a pointer or interface")
	}
	if err := v.readable(); err != nil {
		return nil, err
	}
	if v.IsNil() {
		return nil, v.wrongKind("is nil")
	}
	return v.Child(0)
}

// Index reads an element of a slice, array, or the buffer of a channel.
func (v *Value) Index(index uint64) (*Value, error) {
	if v.Kind != KindSlice && v.Kind != KindArray && v.Kind != KindChan {
		return nil, v.wrongKind("has no elements")
	}
	if err := v.readable(); err != nil {
		return nil, err
	}
	if index >= v.Length {
		return nil, statusError(C.GOPM_NOT_FOUND, fmt.Sprintf("index %d out of range with length %d", index, v.Length))
	}
	return v.Child(index)
}

// Field reads a field of a struct, also through pointers, interfaces and embedded fields.
func (v *Value) Field(name string) (*Value, error) {
	found, err := v.findField(name, 0)
	if err == nil && found == nil {
		err = statusError(C.GOPM_NOT_FOUND, fmt.Sprintf("%s has no field %s", v.Type, name))
	}
	return found, err
}

func (v *Value) findField(name string, depth int) (*Value, error) {
	target := v
	for range 100 {
		if target.Kind != KindPointer && target.Kind != KindInterface {
			break
		}
		var err error
		if target, err = target.Elem(); err != nil {
			return nil, err
		}
	}
	if err := target.readable(); err != nil {
		return nil, err
	}
	if target.Kind != KindStruct {
		return nil, v.wrongKind("is not a struct")
	}
	var embedded []*Value
	for i := uint64(0); ; i++ {
		field, err := target.Child(i)
		if e, ok := err.(*Error); ok && e.Status == NotFound {
			break
		}
		if err != nil {
			return nil, err
		}
		if field.Name == name {
			return field, nil
		}
		if field.isEmbedded() {
			embedded = append(embedded, field)
		}
	}
	for _, field := range embedded {
		if depth >= 20 || field.readable() != nil || field.IsNil() || (field.Kind != KindStruct && field.Kind != KindPointer) {
			continue
		}
		if found, err := field.findField(name, depth+1); err == nil && found != nil {
			return found, nil
		}
	}
	return nil, nil
}

// isEmbedded is true of a field that has the name of its type.
func (v *Value) isEmbedded() bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(v.Type, "*"), "[")
	return name[strings.LastIndexByte(name, '.')+1:] == v.Name
}

// Content reads what a container of Go's library holds: sync.Map, atomic.Pointer and their like. NotFound: it is not one.
func (v *Value) Content() (*Value, error) {
	ptr, err := v.use()
	if err != nil {
		return nil, err
	}
	defer v.handle.done()
	var out *C.gopm_value
	var object *C.gopm_error
	if status := C.gopm_value_content(ptr, &out, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, v.Type+" is not a container")
	}
	return newValue(out, v.core, v.handle.serial)
}

// Bool gives a bool.
func (v *Value) Bool() (bool, error) {
	if v.Kind != KindBool || v.Unreadable != "" {
		return false, v.wrongKind("is not a bool")
	}
	return v.Integer != 0, nil
}

// Int gives a signed integer.
func (v *Value) Int() (int64, error) {
	if v.Kind < KindInt || v.Kind > KindInt64 || v.Unreadable != "" {
		return 0, v.wrongKind("is not a signed integer")
	}
	return v.Integer, nil
}

// Uint gives an unsigned integer, or the address that a pointer, channel, map or function has.
func (v *Value) Uint() (uint64, error) {
	switch v.Kind {
	case KindUint, KindUint8, KindUint16, KindUint32, KindUint64, KindUintptr, KindPointer, KindUnsafePointer, KindChan, KindMap, KindFunc:
		return v.Uinteger, v.readable()
	}
	return 0, v.wrongKind("is not an unsigned integer or address")
}

// Float gives a float.
func (v *Value) Float() (float64, error) {
	if (v.Kind != KindFloat32 && v.Kind != KindFloat64) || v.Unreadable != "" {
		return 0, v.wrongKind("is not a float")
	}
	return v.Real, nil
}

// Str gives the bytes of a string. ErrLimit: ValueOptions.MaxString cut them.
func (v *Value) Str() (string, error) {
	if v.Kind != KindString || v.Unreadable != "" {
		return "", v.wrongKind("is not a string")
	}
	if v.Flags&ValueTruncated != 0 {
		return "", statusError(C.gopm_status(ErrLimit), fmt.Sprintf("a string of %d bytes is longer than MaxString", v.Length))
	}
	return v.Text, nil
}

// Variables are those of a frame, or of packages.
type Variables []*Value

// Find gives a variable by its name: of several, that of the innermost scope.
func (v Variables) Find(name string) (*Value, error) {
	var found *Value
	for _, variable := range v {
		if variable.Name == name && (found == nil || variable.VariableFlags&VarShadowed == 0) {
			found = variable
		}
	}
	if found == nil {
		return nil, statusError(C.GOPM_NOT_FOUND, "no variable "+name)
	}
	return found, nil
}

// readVariables takes the variables of the library.
func readVariables(vars *C.gopm_vars, core *Core, serial *sync.Mutex) (Variables, error) {
	defer C.gopm_vars_free(vars)
	var found Variables
	for i := range C.gopm_vars_size(vars) {
		var out *C.gopm_value
		if status := C.gopm_vars_value(vars, i, &out); status != C.GOPM_OK {
			return nil, statusError(status, "")
		}
		value, err := newValue(out, core, serial)
		if err != nil {
			return nil, err
		}
		found = append(found, value)
	}
	return found, nil
}

// Eval evaluates a Go expression on package variables: "main.x". StackFrame.Eval has variables of a frame too.
func (c *Core) Eval(expression string, options ValueOptions) (*Value, error) {
	return c.eval(nil, expression, options)
}

func (c *Core) eval(frame *StackFrame, expression string, options ValueOptions) (*Value, error) {
	if hasNUL(expression) {
		return nil, statusError(C.gopm_status(ErrExpression), "expression has a NUL byte")
	}
	var stack *C.gopm_stack
	index, serial := 0, new(sync.Mutex)
	if frame != nil {
		var err error
		if stack, err = frame.stack.use(); err != nil {
			return nil, err
		}
		defer frame.stack.handle.done()
		index, serial = frame.Index, frame.stack.handle.serial
	}
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	text := C.CString(expression)
	defer C.free(unsafe.Pointer(text))
	o := options.c()
	var out *C.gopm_value
	var object *C.gopm_error
	if status := C.gopm_eval(core, stack, C.size_t(index), text, &o, &out, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, expression+": the map does not have this key")
	}
	return newValue(out, c, serial)
}

// Variables gives package variables whose full names match a glob: "main.*".
func (c *Core) Variables(glob string, options ValueOptions) (Variables, error) {
	if hasNUL(glob) {
		return nil, argumentError("glob %q has a NUL byte", glob)
	}
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	text := C.CString(glob)
	defer C.free(unsafe.Pointer(text))
	o := options.c()
	var out *C.gopm_vars
	var object *C.gopm_error
	if status := C.gopm_package_vars(core, text, &o, &out, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, "")
	}
	return readVariables(out, c, new(sync.Mutex))
}
