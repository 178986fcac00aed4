// SPDX-License-Identifier: Apache-2.0

package gopm

// #include "shim.h"
import "C"

import (
	"context"
	"io"
	"os"
	"runtime"
	"runtime/cgo"
	"unsafe"
)

// OpenOptions are the sources of a core and its executable, and limits. Set one source of the core, and at most one of the
// executable. A limit of 0 is its default. gopm/core.h says more.
type OpenOptions struct {
	CorePath, ExePath string
	// CoreFile and ExeFile may be closed after the call.
	CoreFile, ExeFile *os.File
	// CoreReader and ExeReader are used until all that is made from the core is closed; also their sizes must be set.
	CoreReader, ExeReader         io.ReaderAt
	CoreReaderSize, ExeReaderSize uint64
	Pid                           uint32 // a live process instead of a core
	Flags                         uint32 // OpenNoDwarf ...
	Sysroot, TemporaryFolder      string

	MaxUnpackedSize, MaxUnpackedDisk, MaxUnpackedMemory, MaxSectionSize, MaxGoroutines uint64
	MaxUnpackedRatio, MaxFrames, MaxFindings                                           uint32

	Progress Progress
}

// Open opens a core by its path. If exe is empty, the library searches for the executable.
func Open(ctx context.Context, core, exe string) (*Core, error) {
	return OpenWith(ctx, OpenOptions{CorePath: core, ExePath: exe})
}

// OpenWith opens a core.
func OpenWith(ctx context.Context, options OpenOptions) (*Core, error) {
	for _, text := range []string{options.CorePath, options.ExePath, options.Sysroot, options.TemporaryFolder} {
		if hasNUL(text) {
			return nil, argumentError("path %q has a NUL byte", text)
		}
	}
	w := newWatch(ctx, options.Progress)
	defer w.close()
	if err := w.cancelled(); err != nil {
		return nil, err
	}
	var m memory
	defer m.free()
	o := (*C.gopm_core_options)(m.zeroed(C.sizeof_gopm_core_options))
	C.gopm_core_options_init(o, C.sizeof_gopm_core_options)
	w.put(&o.progress, &o.progress_user_data)
	o.core_path, o.exe_path = m.text(options.CorePath), m.text(options.ExePath)
	o.sysroot, o.temporary_folder = m.text(options.Sysroot), m.text(options.TemporaryFolder)
	if options.CoreFile != nil {
		o.core_fd = C.int32_t(options.CoreFile.Fd())
	}
	if options.ExeFile != nil {
		o.exe_fd = C.int32_t(options.ExeFile.Fd())
	}
	var keep *anchor
	var sources []*source
	read := func(from io.ReaderAt, fn *C.gopm_read_fn, userData *unsafe.Pointer) {
		s := &source{from: from}
		if keep == nil {
			keep = &anchor{}
		}
		handle := cgo.NewHandle(s)
		keep.handles, sources = append(keep.handles, handle), append(sources, s)
		C.gopm_go_source(fn, userData, C.uintptr_t(handle))
	}
	if options.CoreReader != nil {
		read(options.CoreReader, &o.core_read, &o.core_user_data)
		o.core_read_size = C.uint64_t(options.CoreReaderSize)
	}
	if options.ExeReader != nil {
		read(options.ExeReader, &o.exe_read, &o.exe_user_data)
		o.exe_read_size = C.uint64_t(options.ExeReaderSize)
	}
	o.core_pid, o.flags = C.uint32_t(options.Pid), C.uint32_t(options.Flags)
	o.max_unpacked_size, o.max_unpacked_disk = C.uint64_t(options.MaxUnpackedSize), C.uint64_t(options.MaxUnpackedDisk)
	o.max_unpacked_memory, o.max_section_size = C.uint64_t(options.MaxUnpackedMemory), C.uint64_t(options.MaxSectionSize)
	o.max_goroutines, o.max_unpacked_ratio = C.uint64_t(options.MaxGoroutines), C.uint32_t(options.MaxUnpackedRatio)
	o.max_frames, o.max_findings = C.uint32_t(options.MaxFrames), C.uint32_t(options.MaxFindings)

	if keep != nil {
		keep.count.Add(1) // until the core has its own
		defer keep.release()
	}
	var out *C.gopm_core
	var object *C.gopm_error
	status := C.gopm_core_open(o, &out, &object)
	runtime.KeepAlive(options)
	var core *Core
	if out != nil {
		free := func(ptr unsafe.Pointer) { C.gopm_core_close((*C.gopm_core)(ptr)) }
		core = &Core{newHandle(unsafe.Pointer(out), free, "core", nil, keep)}
	}
	err := w.check(status, object, "")
	if err != nil {
		core.Close()
		for _, s := range sources {
			if problem := s.finish(); problem != nil {
				return nil, problem
			}
		}
		return nil, err
	}
	return core, nil
}
