// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"fmt"
	"io"
	"runtime/cgo"
	"unsafe"
)

// Core is an open core.
type Core struct{ handle *handle }

// Close releases the core. What was made from it stays usable.
func (c *Core) Close() error {
	if c != nil {
		c.handle.close()
	}
	return nil
}

func (c *Core) use() (*C.gopm_core, error) {
	if c == nil {
		return nil, closedError("core")
	}
	ptr, err := c.handle.use()
	return (*C.gopm_core)(ptr), err
}

// Info gives facts that need no scan.
func (c *Core) Info() (CoreInfo, error) {
	core, err := c.use()
	if err != nil {
		return CoreInfo{}, err
	}
	defer c.handle.done()
	var info C.gopm_core_info
	info.struct_size = C.sizeof_gopm_core_info
	if status := C.gopm_core_get_info(core, &info); status != C.GOPM_OK {
		return CoreInfo{}, statusError(status, "")
	}
	return goCoreInfo(&info), nil
}

// Build says how the executable was built. NotFound: it does not say.
func (c *Core) Build() (BuildInfo, error) {
	core, err := c.use()
	if err != nil {
		return BuildInfo{}, err
	}
	defer c.handle.done()
	var info C.gopm_build_info
	info.struct_size = C.sizeof_gopm_build_info
	if status := C.gopm_core_build_info(core, &info); status != C.GOPM_OK {
		return BuildInfo{}, statusError(status, "the executable has no build information")
	}
	return goBuildInfo(&info), nil
}

// BuildSettings gives flags of go build, and facts of the version control system.
func (c *Core) BuildSettings() ([]BuildSetting, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	records, status := listed(func(r *C.gopm_build_setting, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_build_settings(core, r, stride, capacity, count)
	})
	return converted(records, status, goBuildSetting)
}

// Dependencies gives the modules that the executable was built with.
func (c *Core) Dependencies() ([]BuildModule, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	records, status := listed(func(r *C.gopm_build_module, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_build_dependencies(core, r, stride, capacity, count)
	})
	return converted(records, status, goBuildModule)
}

// Threads gives the threads, in the order of the core.
func (c *Core) Threads() ([]Thread, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var it *C.gopm_thread_iter
	var object *C.gopm_error
	if status := C.gopm_thread_iter_open(core, &it, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, "")
	}
	defer C.gopm_thread_iter_free(it)
	return drained(func(r *C.gopm_thread, stride, capacity C.size_t, got *C.size_t) C.gopm_status {
		return C.gopm_thread_iter_next(it, r, stride, capacity, got)
	}, goThread)
}

// ThreadRegisters gives the general registers of a thread.
func (c *Core) ThreadRegisters(thread uint64) ([]Register, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	records, status := listed(func(r *C.gopm_register, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_thread_registers(core, C.uint64_t(thread), r, stride, capacity, count)
	})
	if status == C.GOPM_NOT_FOUND {
		return nil, statusError(status, fmt.Sprintf("no thread %d", thread))
	}
	return converted(records, status, goRegister)
}

// Mappings gives the memory mappings by address.
func (c *Core) Mappings() ([]Mapping, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var it *C.gopm_mapping_iter
	var object *C.gopm_error
	if status := C.gopm_mapping_iter_open(core, &it, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, "")
	}
	defer C.gopm_mapping_iter_free(it)
	return drained(func(r *C.gopm_mapping, stride, capacity C.size_t, got *C.size_t) C.gopm_status {
		return C.gopm_mapping_iter_next(it, r, stride, capacity, got)
	}, goMapping)
}

// Modules gives the program, its shared libraries and the vDSO.
func (c *Core) Modules() ([]Module, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var it *C.gopm_module_iter
	var object *C.gopm_error
	if status := C.gopm_module_iter_open(core, &it, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, "")
	}
	defer C.gopm_module_iter_free(it)
	return drained(func(r *C.gopm_module, stride, capacity C.size_t, got *C.size_t) C.gopm_status {
		return C.gopm_module_iter_next(it, r, stride, capacity, got)
	}, goModule)
}

// Findings gives damage and missing data that was found so far.
func (c *Core) Findings() ([]Finding, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	var it *C.gopm_finding_iter
	var object *C.gopm_error
	if status := C.gopm_finding_iter_open(core, &it, &object); status != C.GOPM_OK {
		return nil, takeError(status, object, "")
	}
	defer C.gopm_finding_iter_free(it)
	return drained(func(r *C.gopm_finding, stride, capacity C.size_t, got *C.size_t) C.gopm_status {
		return C.gopm_finding_iter_next(it, r, stride, capacity, got)
	}, goFinding)
}

// Memory reads memory of the process into b. It returns how much is in the core from address on; if that is less than all, the
// error is ErrMissingMemory, with the address of the first byte that is missing.
func (c *Core) Memory(address uint64, b []byte) (int, error) {
	core, err := c.use()
	if err != nil {
		return 0, err
	}
	defer c.handle.done()
	if len(b) == 0 {
		return 0, nil
	}
	var got C.size_t
	status := C.gopm_memory_read(core, C.uint64_t(address), unsafe.Pointer(&b[0]), C.size_t(len(b)), &got)
	if status != C.GOPM_OK {
		at := address + uint64(got)
		e := statusError(status, fmt.Sprintf("%d bytes at %#x are not in the core", uint64(len(b))-uint64(got), at))
		e.Address = at
		return int(got), e
	}
	return int(got), nil
}

// Symbolize gives the functions at a pc, the innermost inlined call first; none: it is not in Go.
func (c *Core) Symbolize(pc uint64) ([]Location, error) {
	core, err := c.use()
	if err != nil {
		return nil, err
	}
	defer c.handle.done()
	records, status := listed(func(r *C.gopm_location, stride, capacity C.size_t, count *C.size_t) C.gopm_status {
		return C.gopm_symbolize(core, C.uint64_t(pc), r, stride, capacity, count)
	})
	return converted(records, status, goLocation)
}

// TracebackOptions says which goroutines a traceback has.
type TracebackOptions struct {
	Level     TracebackLevel
	Flags     uint32 // TracebackFlagFramesOnly ...
	Goroutine uint64 // only this one; 0: all
}

// Traceback writes the runtime's own traceback. An error of w stops it.
func (c *Core) Traceback(w io.Writer, options TracebackOptions) error {
	core, err := c.use()
	if err != nil {
		return err
	}
	defer c.handle.done()
	var m memory
	defer m.free()
	o := (*C.gopm_traceback_options)(m.zeroed(C.sizeof_gopm_traceback_options))
	C.gopm_traceback_options_init(o, C.sizeof_gopm_traceback_options)
	o.level, o.flags, o.goroutine_id = C.uint32_t(options.Level), C.uint32_t(options.Flags), C.uint64_t(options.Goroutine)
	s := &sink{to: w}
	handle := cgo.NewHandle(s)
	defer handle.Delete()
	var object *C.gopm_error
	status := C.gopm_go_traceback(core, o, C.uintptr_t(handle), &object)
	failed := takeError(status, object, fmt.Sprintf("no goroutine %d", options.Goroutine))
	if err := s.finish(); err != nil {
		return err
	}
	if status != C.GOPM_OK {
		return failed
	}
	return nil
}

// LibraryVersion is the version of the loaded C library.
func LibraryVersion() string { return C.GoString(C.gopm_version_string()) }
