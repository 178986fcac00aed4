/* SPDX-License-Identifier: Apache-2.0 */
#include "object_print.h"

#include "json.h"
#include "waits.h"

const char *object_kind_name(uint32_t kind)
{
	static const char *const names[] = {
	    [GOPM_OBJECT_OTHER] = "other",
	    [GOPM_OBJECT_CHAN] = "chan",
	    [GOPM_OBJECT_NIL_CHAN] = "nil chan",
	    [GOPM_OBJECT_MUTEX] = "mutex",
	    [GOPM_OBJECT_RWMUTEX] = "rwmutex",
	    [GOPM_OBJECT_ONCE] = "once",
	    [GOPM_OBJECT_WAITGROUP] = "waitgroup",
	    [GOPM_OBJECT_COND] = "cond",
	    [GOPM_OBJECT_SEMAPHORE] = "semaphore",
	    [GOPM_OBJECT_TIMER] = "timer",
	    [GOPM_OBJECT_FD] = "fd",
	    [GOPM_OBJECT_SYSCALL] = "syscall",
	    [GOPM_OBJECT_CGO] = "cgo",
	    [GOPM_OBJECT_CONTEXT] = "context",
	    [GOPM_OBJECT_CORO] = "coroutine",
	    [GOPM_OBJECT_COLLECTOR] = "garbage collector",
	    [GOPM_OBJECT_FINALIZERS] = "finalizers and cleanups",
	    [GOPM_OBJECT_P] = "p",
	    [GOPM_OBJECT_M] = "m",
	};

	return kind < sizeof names / sizeof names[0] ? names[kind] : names[0];
}

const char *object_side_name(uint32_t side)
{
	static const char *const names[] = {
	    [GOPM_SIDE_WAITS] = "waits",   [GOPM_SIDE_SENDS] = "sends",           [GOPM_SIDE_RECEIVES] = "receives",
	    [GOPM_SIDE_LOCKS] = "locks",   [GOPM_SIDE_READ_LOCKS] = "read-locks", [GOPM_SIDE_READS] = "reads",
	    [GOPM_SIDE_WRITES] = "writes",
	};

	return side < sizeof names / sizeof names[0] ? names[side] : names[0];
}

void object_print_name(const gopm_object *object)
{
	if (object->kind == GOPM_OBJECT_FD && object->fd >= 0) {
		output_text("fd ");
		output_i64(object->fd);
	} else if (object->type.size != 0) {
		output_str(object->type);
	} else {
		output_string(object_kind_name(object->kind));
	}
	object_print_place(object);
}

void object_print_place(const gopm_object *object)
{
	if (object->in.size != 0) {
		output_text(" in ");
		output_str(object->in);
		output_string((object->flags & GOPM_OBJECT_FLAG_GUESS) != 0 ? "?" : "");
	}
}

/* The library's value that it is a part of. */
static void print_library(const gopm_object *object)
{
	if (object->library.size == 0) {
		return;
	}
	output_text(", of ");
	output_str(object->library);
	if (object->library_in.size != 0) {
		output_text(" in ");
		output_str(object->library_in);
	}
}

static bool has(const gopm_object *object, uint32_t flag)
{
	return (object->flags & flag) != 0;
}

static void print_channel(const gopm_object *object)
{
	output_string(has(object, GOPM_OBJECT_FLAG_CLOSED) ? ", closed" : "");
	if (object->capacity == 0) {
		output_text(", unbuffered");
	} else {
		output_printf(", %llu of %llu elements", (unsigned long long)object->length,
		              (unsigned long long)object->capacity);
	}
	output_string(has(object, GOPM_OBJECT_FLAG_COUNTS) ? ", " : ", at least ");
	output_count(object->senders, "sender");
	output_text(", ");
	output_count(object->receivers, "receiver");
}

static void print_rwmutex(const gopm_object *object)
{
	if (has(object, GOPM_OBJECT_FLAG_LOCKED)) {
		output_text(", locked for writing");
	} else if (has(object, GOPM_OBJECT_FLAG_PENDING)) {
		output_text(", a writer waits for ");
		output_count((uint64_t)object->reading, "reader");
	} else if (object->reading != 0) {
		output_text(", locked by ");
		output_count((uint64_t)object->reading, "reader");
	} else {
		output_text(", not locked");
	}
	if (object->waiters != 0) {
		output_text(", ");
		output_count(object->waiters, "more writer");
	}
}

static void print_file(const gopm_object *object)
{
	if (object->file.size != 0) {
		output_text(", ");
		output_str(object->file);
	}
	if (object->local.size != 0) {
		output_text(", ");
		output_str(object->local);
	}
	if (object->remote.size != 0) {
		output_text(" to ");
		output_str(object->remote);
	}
}

/* A P or an m. */
static void print_scheduler(const gopm_object *object)
{
	output_text(", id ");
	output_i64(object->counter);
	if (object->state.size != 0) {
		output_text(", ");
		output_str(object->state);
	}
	if (object->runs != 0) {
		output_text(", with goroutine ");
		output_u64(object->runs);
	}
	if (object->kind == GOPM_OBJECT_P && object->owner != 0) {
		output_text(", on m ");
		output_hex(object->owner, 0);
	}
}

void object_print_state(gopm_core *core, const gopm_object *object)
{
	if (has(object, GOPM_OBJECT_FLAG_UNREADABLE)) {
		output_text(", which cannot be read");
		return;
	}
	print_library(object);
	switch (object->kind) {
	case GOPM_OBJECT_CHAN:
		print_channel(object);
		break;
	case GOPM_OBJECT_CONTEXT:
		output_text(" at ");
		output_hex(object->owner, 0);
		output_string(has(object, GOPM_OBJECT_FLAG_CLOSED) ? ", cancelled" : ", not cancelled");
		if (object->parent != 0) {
			output_text(", child of ");
			output_hex(object->parent, 0);
		}
		break;
	case GOPM_OBJECT_ONCE:
	case GOPM_OBJECT_MUTEX:
		output_string(has(object, GOPM_OBJECT_FLAG_DONE)     ? ", done"
		              : has(object, GOPM_OBJECT_FLAG_LOCKED) ? ", locked"
		                                                     : ", not locked");
		output_string(has(object, GOPM_OBJECT_FLAG_STARVING) ? ", starving" : "");
		break;
	case GOPM_OBJECT_RWMUTEX:
		print_rwmutex(object);
		break;
	case GOPM_OBJECT_WAITGROUP:
		output_text(", counter ");
		output_i64(object->counter);
		break;
	case GOPM_OBJECT_FD:
		print_file(object);
		break;
	case GOPM_OBJECT_P:
	case GOPM_OBJECT_M:
		print_scheduler(object);
		break;
	default:
		break;
	}
	text_deadline(core, object->deadline);
}

static void json_flag(const gopm_object *object, uint32_t flag, const char *name)
{
	if (has(object, flag)) {
		output_text(",\"");
		output_string(name);
		output_text("\":true");
	}
}

static void json_channel(const gopm_object *object)
{
	json_next_key("length");
	output_u64(object->length);
	json_next_key("capacity");
	output_u64(object->capacity);
	json_next_key("senders");
	output_u64(object->senders);
	json_next_key("receivers");
	output_u64(object->receivers);
}

static void json_text(gopm_str text, const char *name)
{
	if (text.size != 0) {
		output_text(",\"");
		output_string(name);
		output_text("\":");
		json_string(text);
	}
}

static void json_state(const gopm_object *object)
{
	switch (object->kind) {
	case GOPM_OBJECT_CHAN:
	case GOPM_OBJECT_CONTEXT:
		json_channel(object);
		break;
	case GOPM_OBJECT_RWMUTEX:
		json_next_key("readers");
		output_i64(object->readers);
		json_next_key("reading");
		output_i64(object->reading);
		json_next_key("queued");
		output_u64(object->waiters);
		break;
	case GOPM_OBJECT_WAITGROUP:
		json_next_key("counter");
		output_i64(object->counter);
		json_next_key("queued");
		output_u64(object->waiters);
		break;
	case GOPM_OBJECT_P:
	case GOPM_OBJECT_M:
		json_next_key("id");
		output_i64(object->counter);
		json_text(object->state, "state");
		json_next_key("runs");
		output_u64(object->runs);
		json_next_key("length");
		output_u64(object->length);
		break;
	case GOPM_OBJECT_MUTEX:
	case GOPM_OBJECT_ONCE:
	case GOPM_OBJECT_COND:
		json_next_key("queued");
		output_u64(object->waiters);
		break;
	default:
		break;
	}
	if (object->fd >= 0) {
		json_next_key("fd");
		output_i64(object->fd);
	}
	json_text(object->file, "file");
	json_text(object->local, "local");
	json_text(object->remote, "remote");
	if (object->deadline != 0) {
		json_next_key("deadline");
		output_i64(object->deadline);
	}
}

void object_json(const gopm_object *object)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} flags[] = {
	    {GOPM_OBJECT_FLAG_UNREADABLE, "unreadable"},
	    {GOPM_OBJECT_FLAG_GUESS, "guess"},
	    {GOPM_OBJECT_FLAG_CLOSED, "closed"},
	    {GOPM_OBJECT_FLAG_LOCKED, "locked"},
	    {GOPM_OBJECT_FLAG_STARVING, "starving"},
	    {GOPM_OBJECT_FLAG_PENDING, "writerPending"},
	    {GOPM_OBJECT_FLAG_DONE, "done"},
	    {GOPM_OBJECT_FLAG_TORN, "torn"},
	};

	json_key("kind");
	json_cstring(object_kind_name(object->kind));
	json_next_key("address");
	output_u64(object->address);
	json_next_key("type");
	json_string(object->type);
	json_next_key("in");
	json_string(object->in);
	json_next_key("name");
	json_string(object->name);
	json_text(object->library, "library");
	json_text(object->library_in, "libraryIn");
	if (object->owner != 0) {
		json_next_key("owner");
		output_u64(object->owner);
	}
	if (object->parent != 0) {
		json_next_key("parent");
		output_u64(object->parent);
	}
	if (object->word != 0) {
		json_next_key("word");
		output_u64(object->word);
	}
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		json_flag(object, flags[i].flag, flags[i].name);
	}
	json_state(object);
	json_next_key("goroutines");
	output_u64(object->goroutines);
}
