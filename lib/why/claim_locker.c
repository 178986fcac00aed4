/* SPDX-License-Identifier: Apache-2.0 */
/* Calls through an interface are not known to be releases: no code says which method they call. If a frame has an
 * interface with a method Unlock or RUnlock, as sync.Locker, it may have released its caller's lock. */
#include "why/claim_private.h"

/* Words of a frame that are read, and methods of an interface. */
#define MOST_WORDS 4096u
#define MOST_METHODS 16u
/* runtime.itab is {inter, _type, hash, fun}: internal/abi/iface.go, in older versions runtime/runtime2.go. */
#define ITAB_METHODS 24u

static bool has_suffix(gopm_str name, const char *suffix)
{
	const size_t size = strlen(suffix);

	return name.size >= size && memcmp(name.data + name.size - size, suffix, size) == 0;
}

/* True if the word is the address of an itab with a method that releases a lock. */
static bool is_locker(struct gopm__claim_search *search, uint64_t word)
{
	uint64_t method;

	for (unsigned i = 0; i < MOST_METHODS; i++) {
		if (!gopm__read_u64(&search->reader, word + ITAB_METHODS + i * 8, &method) || method == 0) {
			return false;
		}
		const struct gopm__pcinfo *info = gopm__symtab_pc(search->rt->symtab, method);
		if (info == NULL || !info->known || info->func.entry != method) {
			return false;
		}
		const gopm_str name = info->calls[info->call_count - 1].function;
		if (has_suffix(name, ".Unlock") || has_suffix(name, ".RUnlock")) {
			return true;
		}
	}
	return false;
}

/* The same, from the cache. */
static bool is_known_locker(struct gopm__claim_search *search, uint64_t word)
{
	bool fresh;

	if (word % 8 != 0 || !gopm__is_static(&search->context, word)) {
		return false;
	}
	uint64_t *slot = gopm__map64_put(&search->itabs, word, &fresh);
	if (slot == NULL) {
		search->no_memory = true;
		return true;
	}
	if (fresh) {
		*slot = is_locker(search, word);
	}
	return *slot != 0;
}

static bool frame_has_locker(struct gopm__claim_search *search, const struct gopm__frame *frame)
{
	const struct gopm__func *func = &frame->info->func;
	const uint64_t args = func->args > 0 ? (uint64_t)func->args : 0;
	const uint64_t end = frame->cfa + search->rt->core->arch->argument_offset + args;
	uint64_t word;

	for (uint64_t at = frame->sp; at < end && at - frame->sp < MOST_WORDS * 8 && gopm__claim_spend(search, 1);
	     at += 8) {
		if (gopm__read_u64(&search->reader, at, &word) && is_known_locker(search, word)) {
			return true;
		}
	}
	return end - frame->sp > MOST_WORDS * 8 || search->steps == 0;
}

bool gopm__claim_has_locker(struct gopm__claim_search *search, size_t frame)
{
	const struct gopm__claim_frame *holder = &search->frames[frame];

	gopm__claim_begin_search(search);
	for (size_t i = 0; i < search->stack.count; i++) {
		const struct gopm__frame *f = &search->stack.frames[i];
		/* The runtime and assembly release no lock of the program. */
		const bool is_go = f->info != NULL && f->info->known && !f->info->assembly && f->call != NULL;
		if (is_go && f->inline_depth == 0 && !gopm__name_is_runtime(f->call->symbol) && f->cfa > f->sp &&
		    frame_has_locker(search, f)) {
			return true;
		}
		if (f->sp == holder->sp && f->cfa == holder->cfa && f->inline_depth == 0) {
			return false;
		}
	}
	return true;
}
