# SPDX-License-Identifier: Apache-2.0
"""Why does this server hang? story.py CORE [EXE], with the installed libgopm and nothing else."""
import ctypes as c
import subprocess
import sys

lib = c.CDLL(subprocess.getoutput("pkg-config --variable=libdir gopm") + "/libgopm.so")
u64, u32, size, text, ptr = c.c_uint64, c.c_uint32, c.c_size_t, c.c_char_p, c.c_void_p
lib.gopm_error_message.restype = text


def record(**fields):
    return type("Record", (c.Structure,), {"_fields_": list(fields.items())})


class Str(record(data=ptr, size=size)):
    def __str__(self):
        return c.string_at(self.data, self.size).decode(errors="replace") if self.size else ""


# The first fields of each record, and words for the rest: a record that is too small is an error.
Location = record(pc=u64, entry=u64, function=Str, file=Str, line=u32, flags=u32)
Group = record(count=u64, example_id=u64, longest_wait=u64, location=Location, key=Str, rest=u64 * 13)
Filter = record(struct_size=size, flags=u32, fields=u32, numbers=u64 * 4, status=text, wait_reason=text, user=text,
                start=text, go=text, current=text, label_key=text, label_value=text)
StackOptions = record(struct_size=size, flags=u32, max_frames=u32, goroutine_id=u64, address=u64, thread_id=u64)
ValueInfo = record(struct_size=size, numbers=u32 * 4, name=Str, rest=u64 * 21)


def made(function, *args):  # returns the handle that a call makes
    out, err = ptr(), ptr()
    status = function(*args, c.byref(out), c.byref(err))
    return sys.exit(lib.gopm_error_message(err).decode()) if status < 0 else out


def fetch(function, row, *args):
    return function(*args, c.byref(row), size(c.sizeof(row)), size(1), c.byref(size())) == 0


def print_largest(core, by, most):
    groups, group = made(lib.gopm_group_iter_open, core, by, None, None), Group()
    while (most := most - 1) >= 0 and fetch(lib.gopm_group_iter_next, group, groups):
        print(group.count, f"{group.location.function}:{group.location.line}", group.key)

core = made(lib.gopm_core_open_path, *(arg.encode() for arg in sys.argv[1:3]), *[None] * (3 - len(sys.argv)))
print_largest(core, 1, 5)
wanted, buffer, i = Filter(struct_size=c.sizeof(Filter), start=b"*startInChannelConsumer"), c.create_string_buffer(400), 0
goroutine, frame = record(address=u64, id=u64, rest=u64 * 57)(), record(location=Location, rest=u64 * 9)()
fetch(lib.gopm_goroutine_iter_next, goroutine, made(lib.gopm_goroutine_iter_open, core, c.byref(wanted)))
stack = made(lib.gopm_stack_open, core, c.byref(StackOptions(c.sizeof(StackOptions), goroutine_id=goroutine.id)))
while fetch(lib.gopm_stack_frames, frame, stack, size(i)):
    print("{0.function} at {0.file}:{0.line}".format(frame.location))
    variables, value, info = made(lib.gopm_frame_vars, stack, size(i), None), ptr(), ValueInfo(c.sizeof(ValueInfo))
    for v in range(lib.gopm_vars_size(variables)):
        lib.gopm_vars_value(variables, size(v), c.byref(value))
        lib.gopm_value_get_info(value, c.byref(info))
        lib.gopm_value_text(value, buffer, size(400), c.byref(size()))
        print(f"    {info.name} = {buffer.value.decode(errors='replace')}")
    i += 1
print_largest(core, 7, 1)
