# SPDX-License-Identifier: Apache-2.0
"""What fills the heap, and who holds it? heap.py CORE [EXE], with the installed libgopm and nothing else."""
import ctypes as c
import subprocess
import sys

lib = c.CDLL(subprocess.getoutput("pkg-config --variable=libdir gopm") + "/libgopm.so")
u64, u32, size, ptr = c.c_uint64, c.c_uint32, c.c_size_t, c.c_void_p
lib.gopm_error_message.restype = c.c_char_p
FORMS = ["unknown", "", "[]", "bytes", "tiny ", "", "", "buffer ", "func "]


def record(**fields):
    return type("Record", (c.Structure,), {"_fields_": list(fields.items())})


class Str(record(data=ptr, size=size)):
    def __str__(self):
        return c.string_at(self.data, self.size).decode(errors="replace") if self.size else ""


Type = record(type=Str, descriptor=u64, form=u32, known_from=u32, objects=u64, elems=u64, bytes=u64, live_objects=u64,
              live_bytes=u64, slot_size=u64, pointers=u32, reserved=u32)
Node = record(id=u64, name=Str, address=u64, objects=u64, bytes=u64, own_bytes=u64, instances=u64, kind=u32, form=u32)


def made(function, *args):  # returns the handle that a call makes
    out, err = ptr(), ptr()
    status = function(*args, c.byref(out), c.byref(err))
    return sys.exit(lib.gopm_error_message(err).decode() if err else "no heap") if status or not out else out


def fetch(function, iterator, row, most):
    rows, got = (row * most)(), size()
    function(iterator, rows, size(c.sizeof(row)), size(most), c.byref(got))
    return rows[:got.value]


core = made(lib.gopm_core_open_path, *(arg.encode() for arg in sys.argv[1:3]), *[None] * (3 - len(sys.argv)))
heap = made(lib.gopm_heap_open, core, None)
for t in fetch(lib.gopm_heap_type_iter_next, made(lib.gopm_heap_type_iter_open, heap, None), Type, 10):
    print(f"{t.bytes:12} bytes {t.objects:8} objects {FORMS[t.form] if t.form < len(FORMS) else ''}{t.type}")
for n in fetch(lib.gopm_heap_node_iter_next, made(lib.gopm_heap_node_iter_open, heap, 0, None), Node, 10):
    print(f"{n.bytes:12} bytes are retained by {n.name}")
