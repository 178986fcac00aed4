/* SPDX-License-Identifier: Apache-2.0 */
/* throw(s string) prints s in a closure on the system stack. The closure object is in throw's own frame: the address of
 * its code, then the variables, s among them. It outlives the arguments, whose spill slots are reused.
 *
 * The runtime records its output in runtime.printBacklog, a ring, until it prints the traceback. */
#include "program/death_text.h"

#include <inttypes.h>

#include "program/death_backlog.h"
#include "util/str.h"

#define MAX_MESSAGE 65536u
#define MAX_FRAME_SIZE 4096u
#define MAX_CLOSURE_WORDS 4u /* after the code: two variables */

static const char mark[] = "fatal error: ";
enum { MARK_SIZE = sizeof mark - 1 };

static bool is_closure_code(const struct gopm__runtime *rt, const struct gopm__pcinfo *frame, uint64_t word)
{
	const struct gopm__module *m = frame->func.module;

	if (word < m->text || word >= m->etext) {
		return false;
	}
	const struct gopm__pcinfo *info = gopm__symtab_pc(rt->symtab, word);
	if (info == NULL || !info->known || info->func.entry != word) {
		return false;
	}
	gopm_str outer = frame->calls[frame->call_count - 1].function;
	gopm_str name = info->calls[info->call_count - 1].function;
	return name.size > outer.size + 5 && memcmp(name.data, outer.data, outer.size) == 0 &&
	       memcmp(name.data + outer.size, ".func", 5) == 0;
}

void gopm__death_argument(struct gopm__death *death, struct gopm__runtime *rt, struct gopm__walk *walk)
{
	uint64_t code, size;

	if (walk->cfa <= walk->sp || walk->cfa - walk->sp > MAX_FRAME_SIZE) {
		return;
	}
	for (uint64_t at = walk->sp; at + 24 <= walk->cfa; at += 8) {
		if (!gopm__read_u64(&walk->reader, at, &code) || !is_closure_code(rt, walk->info, code)) {
			continue;
		}
		for (unsigned i = 1; i + 1 <= MAX_CLOSURE_WORDS && at + (i + 2) * 8 <= walk->cfa; i++) {
			if (gopm__read_u64(&walk->reader, at + (i + 1) * 8, &size) && size != 0 &&
			    gopm__runtime_string(rt, &walk->reader, at + i * 8, MAX_MESSAGE, &death->text)) {
				return;
			}
		}
	}
}

/* A line of the backlog that a fatal error may begin with. The runtime has no list: these are the texts that its code
 * prints right before throw. */
static bool opens_message(gopm_str line)
{
	static const char *const starts[] = {
	    "runtime: ",
	    "runtime:",
	    "unexpected fault address ",
	    "accessed data from freed user arena ",
	    "panic: ",
	    "panic during ",
	    "signal ",
	    "mp.gsignal stack [",
	    "bad ",
	    "chanrecv: chan=",
	    "chansend: chan=",
	    "makechan: chan=",
	    "copystack gp=",
	    "entersyscall",
	    "exitsyscall",
	    "invalid spdelta ",
	    "futexwakeup addr=",
	    "newosproc stk=",
	    "notewakeup - double wakeup",
	    "mheap.freeSpanLocked - span ",
	    "mspan.sweep: ",
	    "sweep: ",
	    "caller requires ",
	    "inconsistent world stop count=",
	    "plugin: ",
	    "function symbol ",
	    "adjust ptr ",
	    "attempt to execute ",
	    "semacquire",
	    "workbuf ",
	    "checkmark",
	    "stack: frame=",
	    "fatal: ",
	    "coro: ",
	    "checkptr: ",
	    "out of memory",
	};

	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		if (gopm__str_has_prefix(line, starts[i])) {
			return true;
		}
	}
	return false;
}

/* A line that follows another one of the same message: indented, a dump of memory, or a frame of a traceback. */
static bool continues_message(gopm_str line)
{
	static const char *const starts[] = {
	    "\t",          " ",       "0x",      "object=", "base=", "span=", "goroutine ",
	    "created by ", "head = ", "tail = ", "nelems=", "s.",    "r0 ",   "r1 "};

	for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
		if (gopm__str_has_prefix(line, starts[i])) {
			return true;
		}
	}
	return line.size == 0 || line.data[line.size - 1] == ')';
}

/* The last "fatal error: " with the message, which is empty if it is unknown. NULL: none. */
static const char *find_mark(gopm_str backlog, gopm_str message)
{
	const char *newline = message.size != 0 ? memchr(message.data, '\n', message.size) : NULL;
	size_t size = newline != NULL ? (size_t)(newline - message.data) : message.size;

	for (size_t i = backlog.size; i-- > 0;) {
		if (backlog.size - i >= MARK_SIZE + size && memcmp(backlog.data + i, mark, MARK_SIZE) == 0 &&
		    (size == 0 || memcmp(backlog.data + i + MARK_SIZE, message.data, size) == 0)) {
			return backlog.data + i;
		}
	}
	return NULL;
}

/* The lines of the message before `end`, which is in the backlog. *lost: the first lines were overwritten. */
static gopm_str lines_before(gopm_str backlog, const char *end, bool full, bool *lost)
{
	const char *begin = end, *at = end;

	while (at > backlog.data) {
		const char *line_end = at - 1; /* its newline */
		const char *line = line_end;
		while (line > backlog.data && line[-1] != '\n') {
			line--;
		}
		gopm_str text = {line, (size_t)(line_end - line)};
		if (*line_end != '\n') {
			break;
		}
		bool opens = opens_message(text);
		if (line == backlog.data && full && !opens) {
			*lost = begin != end || continues_message(text); /* a line that was cut */
			break;
		}
		if (opens) {
			begin = line;
		} else if (!continues_message(text)) {
			break;
		}
		at = line;
	}
	return (gopm_str){begin, (size_t)(end - begin)};
}

void gopm__death_message(struct gopm__death *death, struct gopm__runtime *rt)
{
	if (rt->backlog.size == 0) {
		gopm__death_find_backlog(rt, death->text);
	}
	const char *at = rt->backlog.size != 0 ? find_mark(rt->backlog, death->text) : NULL;
	bool lost = false;

	if (at == NULL) {
		gopm__finding_add(rt->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "runtime.printBacklog %s: lines that the runtime printed before its fatal error are "
		                  "unknown",
		                  rt->backlog.size != 0 ? "does not have the fatal error" : "was not found");
		return;
	}
	if (death->text.size == 0) {
		const char *begin = at + MARK_SIZE;
		size_t left = rt->backlog.size - (size_t)(begin - rt->backlog.data);
		const char *end = memchr(begin, '\n', left);
		death->text = (gopm_str){begin, end != NULL ? (size_t)(end - begin) : left};
	}
	/* After a panic it is "\tfatal error: ". */
	death->after_panic = at > rt->backlog.data && at[-1] == '\t';
	death->before = lines_before(rt->backlog, death->after_panic ? at - 1 : at, rt->backlog_full, &lost);
	if (lost) {
		gopm__finding_add(rt->findings, GOPM_FINDING_LIMIT, GOPM__NOWHERE,
		                  "the runtime printed more before its fatal error than runtime.printBacklog holds: "
		                  "the first lines are lost");
	}
}
