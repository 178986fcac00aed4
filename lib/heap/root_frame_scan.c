/* SPDX-License-Identifier: Apache-2.0 */
/* One frame, as scanframeworker of runtime/mgcmark.go does it. */
#include "core/vector_register.h"
#include "heap/root_stack.h"
#include "runtime/layout/field.h"

/* Bytes that a signal handler pushes on CPUs with a link register: sys.MinFrameSize, aligned like the stack. */
#define LR_SAVE_SIZE 16u
/* Locals of a frame that is no larger than this are the saved registers: getStackMap of runtime/stkframe.go. */
#define LR_LEAST_LOCALS 16u

struct frame_bounds {
	uint64_t locals, locals_end; /* the frame's memory below the saved registers */
	uint64_t args;
};

/* Derives argp as resolveInternal of runtime/traceback.go. */
static struct frame_bounds frame_bounds(const struct gopm__stack_scan *scan)
{
	const struct gopm__walk *walk = &scan->walk;
	const struct gopm__arch *arch = scan->roots->rt->core->arch;

	return (struct frame_bounds){walk->sp, gopm__walk_locals_end(walk), walk->cfa + arch->argument_offset};
}

static bool has_locals(const struct gopm__stack_scan *scan, const struct frame_bounds *bounds)
{
	const uint64_t least = scan->roots->rt->core->arch->return_address_on_stack ? 0 : LR_LEAST_LOCALS;

	return bounds->locals_end > bounds->locals && bounds->locals_end - bounds->locals > least;
}

static void report_bad_frame(struct gopm__stack_scan *scan)
{
	gopm__finding_add(scan->roots->findings, GOPM_FINDING_BAD_SYMBOLS,
	                  GOPM__AT_ADDRESS(scan->walk.info->func.entry),
	                  "the stack map of a function is damaged: its frames are read conservatively");
}

/* The registers of a thread, or those that the kernel saved when a signal interrupted it. */
static void scan_registers(struct gopm__stack_scan *scan)
{
	const struct gopm__arch *arch = scan->roots->rt->core->arch;
	struct gopm__root root = gopm__scan_frame_root(scan);

	root.conservative = true;
	for (size_t i = 0; i < arch->register_count; i++) {
		root.word = scan->walk.registers.value[i];
		if (i != arch->pc && i != arch->sp) {
			gopm__scan_value(scan, &root);
		}
	}
	for (unsigned i = 0; i < arch->vectors.count; i++) {
		uint8_t bytes[GOPM__VECTOR_SIZE];
		if (gopm__vector_read(arch, &scan->roots->rt->core->source, &scan->roots->probe, &scan->walk.registers,
		                      i, bytes)) {
			for (unsigned half = 0; half < GOPM__VECTOR_SIZE; half += 8) {
				root.word = gopm__load64(bytes + half);
				gopm__scan_value(scan, &root);
			}
		}
	}
}

/* Words of reflect.makeFuncStub and methodValueCall: the closure, which is at the frame's lower end, has a map of the
 * arguments. */
struct reflect_stub {
	uint64_t mask;  /* address of a bit for each word of the arguments */
	uint64_t words; /* that the mask describes, and that are valid */
};

/* reflect.makeFuncCtxt: {fn uintptr; stack *bitVector; argLen uintptr}; bitVector: {n int32; data *byte}. False: the
 * function has not called yet, or the closure is not in the core. */
static bool read_stub(struct gopm__stack_scan *scan, const struct frame_bounds *bounds, uint64_t arrays,
                      struct reflect_stub *out)
{
	struct gopm__reader *reader = &scan->roots->probe;
	const uint64_t closure = bounds->locals + scan->roots->rt->core->arch->argument_offset;
	uint64_t context, entry, vector, count, bytes, valid;

	if (!gopm__read_u64(reader, closure, &context) || !gopm__read_u64(reader, context, &entry) ||
	    entry != scan->walk.info->func.entry || !gopm__read_u64(reader, context + 8, &vector) ||
	    !gopm__read_u64(reader, context + 16, &bytes) || !gopm__read_word(reader, vector, 4, &count) ||
	    !gopm__read_u64(reader, vector + 8, &out->mask) ||
	    !gopm__read_word(reader, bounds->locals_end - arrays - 8, 1, &valid)) {
		return false;
	}
	/* Results come after the arguments, and are not valid before the call returns. */
	out->words = valid == 0 && bytes / 8 < count ? bytes / 8 : count;
	return out->words <= (scan->g.stack_hi - bounds->args) / 8;
}

/* Adds the stack object of a reflect stub: internal/abi.RegArgs, the highest of its locals, since registers have
 * arguments. Its third array has the pointers. */
static void scan_stub(struct gopm__stack_scan *scan, const struct frame_bounds *bounds)
{
	const struct gopm__arch *arch = scan->roots->rt->core->arch;
	const uint64_t before = ((uint64_t)arch->integer_arguments + arch->float_arguments) * 8;
	const uint64_t pointers = (uint64_t)arch->integer_arguments * 8;
	/* The bits of ReturnIsPtr follow. Older programs have a smaller frame. */
	const uint64_t arrays = (before + pointers + (arch->integer_arguments + 7u) / 8 + 7) / 8 * 8;
	const bool has_arrays = bounds->locals_end - bounds->locals > arrays;
	struct gopm__root root = gopm__scan_frame_root(scan);
	struct reflect_stub stub;
	uint64_t bits = 0;

	if (!read_stub(scan, bounds, has_arrays ? arrays : 0, &stub)) {
		return;
	}
	for (uint64_t i = 0; i < stub.words && !scan->roots->stopped; i++) {
		if (i % 8 == 0 && !gopm__read_word(&scan->roots->probe, stub.mask + i / 8, 1, &bits)) {
			return;
		}
		if ((bits >> i % 8 & 1) != 0) {
			root.place = bounds->args + i * 8;
			gopm__scan_word(scan, &root);
		}
	}
	if (has_arrays) {
		const struct gopm__root_object object = {
		    .size = (uint32_t)arrays, .first = (uint32_t)before, .pointers = (uint32_t)(before + pointers)};
		gopm__scan_add_object(scan, bounds->locals_end - arrays, &object);
	}
}

/* Visits live words of a part of the frame that begins at `first`. */
static void scan_live_words(struct gopm__stack_scan *scan, struct gopm__root_part part, uint64_t first, uint64_t end)
{
	struct gopm__root root = gopm__scan_frame_root(scan);

	for (uint32_t i = 0; i < part.count && !scan->roots->stopped; i++) {
		root.place = first + (uint64_t)scan->frames.words[part.first + i] * 8;
		if (root.place < first || root.place >= end) {
			report_bad_frame(scan);
			return;
		}
		gopm__scan_word(scan, &root);
	}
}

static void scan_conservatively(struct gopm__stack_scan *scan, const struct frame_bounds *bounds)
{
	const struct gopm__root root = gopm__scan_frame_root(scan);
	const int32_t args = scan->walk.info->func.args;
	const uint8_t role = scan->walk.info->role;
	const bool pushed =
	    role == GOPM__ROLE_SIGPANIC || role == GOPM__ROLE_ASYNC_PREEMPT || role == GOPM__ROLE_DEBUG_CALL;
	const uint64_t more = pushed && !scan->roots->rt->core->arch->return_address_on_stack ? LR_SAVE_SIZE : 0;

	gopm__scan_range(scan, &root, bounds->locals, bounds->locals_end + more);
	if (args > 0 && bounds->args < scan->g.stack_hi) {
		const uint64_t room = scan->g.stack_hi - bounds->args;
		gopm__scan_range(scan, &root, bounds->args,
		                 bounds->args + ((uint64_t)args < room ? (uint64_t)args : room));
	}
}

/* Visits the live words at the call `pc`, and adds the stack objects. */
static void scan_exactly(struct gopm__stack_scan *scan, const struct frame_bounds *bounds, uint64_t pc)
{
	const struct gopm__pcinfo *info = scan->walk.info;
	const struct gopm__root_frame *found = gopm__root_frame(&scan->frames, &scan->roots->probe, &info->func, pc);

	if (found == NULL) {
		scan->roots->status = GOPM_ERR_NO_MEMORY;
		scan->roots->stopped = true;
		return;
	}
	const struct gopm__root_frame frame = *found;
	const bool locals = has_locals(scan, bounds);
	const uint64_t room = locals ? (bounds->locals_end - bounds->locals) / 8 : 0;
	/* Assembly may have no map. It is in no frame of a goroutine that the collector scans. */
	if (frame.bad || (locals && (frame.no_locals_map || frame.local_words > room))) {
		if (!info->assembly || frame.bad) {
			report_bad_frame(scan);
		}
		scan_conservatively(scan, bounds);
		return;
	}
	if (locals) {
		scan_live_words(scan, frame.locals, bounds->locals_end - (uint64_t)frame.local_words * 8,
		                bounds->locals_end);
	}
	scan_live_words(scan, frame.args, bounds->args, scan->g.stack_hi);
	if (frame.stub && locals && info->role == GOPM__ROLE_WRAPPER) {
		scan_stub(scan, bounds);
		return;
	}
	for (uint32_t i = 0; i < frame.objects.count; i++) {
		const struct gopm__root_object object = scan->frames.objects[frame.objects.first + i];
		gopm__scan_add_object(
		    scan, (object.offset < 0 ? bounds->locals_end : bounds->args) + (uint64_t)(int64_t)object.offset,
		    &object);
	}
}

void gopm__scan_frame(struct gopm__stack_scan *scan)
{
	const struct gopm__walk *walk = &scan->walk;
	const bool system = (walk->flags & (GOPM_FRAME_SYSTEM_STACK | GOPM_FRAME_SIGNAL_STACK)) != 0;

	if (walk->has_registers) {
		scan_registers(scan);
	}
	if (!system) {
		scan->end = walk->sp;
	}
	if (walk->info == NULL || !walk->info->known || walk->cfa <= walk->sp) {
		scan->callee = 0;
		scan->conservative = false;
		return;
	}
	const struct gopm__func *func = &walk->info->func;
	const struct frame_bounds bounds = frame_bounds(scan);
	const uint8_t role = walk->info->role, callee = scan->callee;
	const bool injects = role == GOPM__ROLE_ASYNC_PREEMPT || role == GOPM__ROLE_DEBUG_CALL;
	const bool exact_pc = walk->lookup_pc == walk->pc && walk->pc != func->entry;

	if (system) {
		const struct gopm__root root = gopm__scan_frame_root(scan);
		gopm__scan_range(scan, &root, walk->sp, walk->cfa);
	} else if (scan->conservative || injects || walk->has_registers) {
		scan_conservatively(scan, &bounds);
	} else if (callee == GOPM__ROLE_SIGPANIC) {
		/* It continues, if at all, at its deferred calls (resolveInternal of runtime/traceback.go). */
		if (func->deferreturn != 0) {
			scan_exactly(scan, &bounds, func->entry + func->deferreturn);
		}
	} else if (exact_pc) {
		scan_conservatively(scan, &bounds);
	} else {
		scan_exactly(scan, &bounds, walk->lookup_pc);
	}
	if (!system) {
		scan->end = walk->cfa;
	}
	scan->conservative = injects && !system;
	scan->callee = role;
}
