/* SPDX-License-Identifier: Apache-2.0 */
/* A thread in a system call stands after the instruction that made it, and the registers of the arguments are as they
 * were. A call of C goes through a function "_Cfunc_name" that cgo has made. */
#include "why/blocking_call.h"

#include "unwind/walk.h"
#include "util/str.h"

#define MOST_FRAMES 8u
#define LONGEST_INSTRUCTION 4u

/* Values that the first argument's register has while the kernel is to restart the call: -ERESTARTSYS to
 * -ERESTART_RESTARTBLOCK (linux/errno.h). On arm64 the same register has the result. */
enum { FIRST_RESTART = -516, LAST_RESTART = -512 };

/* System calls whose first argument is a file descriptor. */
static const char *const on_descriptors[] = {
    "read",      "write",    "readv",       "writev",      "pread64",   "pwrite64",   "preadv",   "pwritev",
    "preadv2",   "pwritev2", "recvfrom",    "recvmsg",     "recvmmsg",  "sendto",     "sendmsg",  "sendmmsg",
    "accept",    "accept4",  "connect",     "fsync",       "fdatasync", "ioctl",      "fcntl",    "flock",
    "ftruncate", "lseek",    "fstat",       "getdents64",  "close",     "epoll_wait", "sendfile", "splice",
    "fallocate", "tee",      "epoll_pwait", "epoll_pwait2"};

static gopm_str static_text(const char *text)
{
	return (gopm_str){text, strlen(text)};
}

static bool is_on_descriptor(gopm_str name)
{
	for (size_t i = 0; i < sizeof on_descriptors / sizeof on_descriptors[0]; i++) {
		if (gopm__str_equal(name, static_text(on_descriptors[i]))) {
			return true;
		}
	}
	return false;
}

/* True if the thread is not in a signal handler. Those of the runtime run on m.gsignal. */
static bool is_on_stack(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, bool cgo)
{
	const uint64_t sp = g->thread->registers.value[rt->core->arch->sp];
	struct gopm__g handler;

	if (!cgo) {
		return sp >= g->stack_lo && sp < g->stack_hi;
	}
	return g->m != NULL && gopm__g_read(rt, reader, g->m->gsignal, &handler) &&
	       (sp < handler.stack_lo || sp >= handler.stack_hi);
}

/* True if the thread stands after a system call. */
static bool is_after_syscall(const struct gopm__arch *arch, struct gopm__reader *reader,
                             const struct gopm__thread *thread)
{
	const struct gopm__syscall_desc *desc = &arch->syscall;
	uint8_t code[LONGEST_INSTRUCTION];
	const uint64_t pc = thread->registers.value[arch->pc];

	return desc->names != NULL && desc->instruction_size <= sizeof code &&
	       gopm__read_copy(reader, pc - desc->instruction_size, code, desc->instruction_size) ==
	           desc->instruction_size &&
	       memcmp(code, desc->instruction, desc->instruction_size) == 0;
}

static void set_syscall(const struct gopm__arch *arch, const struct gopm__thread *thread,
                        struct gopm__blocking_call *out)
{
	const struct gopm__syscall_desc *desc = &arch->syscall;
	const uint64_t *value = thread->registers.value, number = value[desc->number];

	if (number >= desc->count || desc->names[number] == NULL) {
		return;
	}
	out->syscall = static_text(desc->names[number]);
	for (unsigned i = 0; i < GOPM__SYSCALL_ARGUMENTS; i++) {
		const int64_t argument = (int64_t)value[desc->arguments[i]];
		if (i != 0 || argument < FIRST_RESTART || argument > LAST_RESTART) {
			out->arguments[i] = (uint64_t)argument;
			out->known |= UINT32_C(1) << i;
		}
	}
	if (is_on_descriptor(out->syscall) && (out->known & 1) != 0 && out->arguments[0] <= INT32_MAX) {
		out->fd = (int32_t)out->arguments[0];
	}
}

/* The system call that "syscall.read" or "golang.org/x/sys/unix.Flock" is named after; empty: none. */
static gopm_str named_syscall(const struct gopm__syscall_desc *desc, gopm_str function)
{
	size_t start = function.size;

	if (!gopm__str_has_prefix(function, "syscall.") && !gopm__str_contains(function, "sys/unix.")) {
		return (gopm_str){"", 0};
	}
	while (start != 0 && function.data[start - 1] != '.') {
		start--;
	}
	const size_t size = function.size - start;
	for (unsigned i = 0; size != 0 && i < desc->count; i++) {
		const char *name = desc->names[i];
		if (name != NULL && strlen(name) == size && (function.data[start] | 0x20) == name[0] &&
		    memcmp(function.data + start + 1, name + 1, size - 1) == 0) {
			return static_text(name);
		}
	}
	return (gopm_str){"", 0};
}

/* The function of C in "main._Cfunc_sleep"; empty: it is not a call of one. cmd/cgo/out.go, Go 1.16 to 1.27. */
static gopm_str c_function(gopm_str function)
{
	static const char *const marks[] = {"._Cfunc_", "._C2func_"};

	for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
		const size_t size = strlen(marks[k]);
		for (size_t i = 0; i + size < function.size; i++) {
			if (memcmp(function.data + i, marks[k], size) == 0) {
				return (gopm_str){function.data + i + size, function.size - i - size};
			}
		}
	}
	return (gopm_str){"", 0};
}

/* The name of the call by the names of the frames. */
static gopm_str find_name(const struct gopm__runtime *rt, const struct gopm__g *g, bool cgo)
{
	struct gopm__walk walk;
	unsigned frames = 0;

	gopm__walk_goroutine(&walk, rt, g, true, NULL);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		for (uint32_t i = 0; walk.info != NULL && walk.info->known && i < walk.info->call_count; i++) {
			const gopm_str function = walk.info->calls[i].function;
			const gopm_str name =
			    cgo ? c_function(function) : named_syscall(&rt->core->arch->syscall, function);
			if (name.size != 0) {
				return name;
			}
		}
	}
	return (gopm_str){"", 0};
}

void gopm__blocking_call(const struct gopm__runtime *rt, struct gopm__reader *reader, const struct gopm__g *g, bool cgo,
                         struct gopm__blocking_call *out)
{
	const struct gopm__arch *arch = rt->core->arch;

	*out = (struct gopm__blocking_call){.name = {"", 0}, .syscall = {"", 0}, .fd = -1};
	if (g->thread != NULL && is_on_stack(rt, reader, g, cgo) && is_after_syscall(arch, reader, g->thread)) {
		set_syscall(arch, g->thread, out);
	}
	if (!cgo && out->syscall.size == 0) {
		out->syscall = find_name(rt, g, false);
	}
	out->name = cgo ? find_name(rt, g, true) : out->syscall;
}
