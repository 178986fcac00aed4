/* SPDX-License-Identifier: Apache-2.0 */
/* Structures of the runtime: goroutines, threads, what they wait on, and the tables that lead to them. */
#include <stdlib.h>
#include <string.h>

#include "hostile/places.h"

#define MAX_SEEN 4096
#define MAX_CHAIN 16
#define MAX_RETURNS 300
#define MAX_STACK 4096 /* bytes of a stack */

/* A set of addresses, so that a structure that many goroutines share is added once. */
struct seen {
	uint64_t list[MAX_SEEN];
	size_t count;
};

static bool see(struct seen *seen, uint64_t address)
{
	for (size_t i = 0; i < seen->count; i++) {
		if (seen->list[i] == address) {
			return false;
		}
	}
	if (address == 0 || seen->count == MAX_SEEN) {
		return false;
	}
	seen->list[seen->count++] = address;
	return true;
}

void collect_goroutines(struct places *places, const struct target *target)
{
	for (size_t i = 0; i < target->questions.chosen_count; i++) {
		place_add_struct(places, target, "runtime.g", target->questions.chosen[i].address, (uint32_t)i);
	}
}

void collect_threads(struct places *places, const struct target *target)
{
	struct seen seen = {.count = 0};
	uint64_t next;

	for (size_t i = 0; i < target->questions.m_count; i++) {
		uint64_t m = target->questions.ms[i];
		for (int steps = 0; steps < MAX_CHAIN && see(&seen, m); steps++) {
			place_add_struct(places, target, "runtime.m", m, ALWAYS);
			if (read_field(target, "runtime.m", "p", m, &next) && see(&seen, next)) {
				place_add_struct(places, target, "runtime.p", next, ALWAYS);
			}
			if (read_field(target, "runtime.m", "g0", m, &next) && see(&seen, next)) {
				place_add_struct(places, target, "runtime.g", next, ALWAYS);
			}
			m = read_field(target, "runtime.m", "alllink", m, &next) ? next : 0;
		}
	}
}

/* Finds places where the word `value` is stored, in writable segments of the core. */
static size_t find_words(uint64_t value, uint8_t **found, size_t capacity)
{
	size_t count = 0;

	for (size_t i = 0; i < core_file.segment_count; i++) {
		const Elf64_Phdr *p = &core_file.segments[i];
		if (p->p_type != PT_LOAD || (p->p_flags & PF_W) == 0 || p->p_offset + p->p_filesz > core_file.size) {
			continue;
		}
		for (size_t at = 0; at + 8 <= p->p_filesz && count < capacity; at += 8) {
			uint8_t *word = core_file.data + p->p_offset + at;
			if (word_at(word, 8) == value) {
				found[count++] = word;
			}
		}
	}
	return count;
}

/* The array of runtime.allgs is the place that has the first goroutines of the list in their order, with few others
 * between them: those are dead. The header is where its address and length are stored. */
void collect_allgs(struct places *places, const struct target *target)
{
	const struct questions *q = &target->questions;
	const uint64_t slots = target->info.goroutine_slots;
	uint8_t *found[256], *headers[16];

	if (q->chosen_count < 3) {
		return;
	}
	const size_t count = find_words(q->chosen[0].address, found, sizeof found / sizeof found[0]);
	for (size_t i = 0; i < count; i++) {
		const uint64_t address = address_of(found[i]);
		size_t matched = 0;
		uint8_t *array = bytes_at(address, slots * 8);
		for (uint64_t k = 0; array != NULL && k < slots && matched < q->chosen_count; k++) {
			matched += word_at(array + k * 8, 8) == q->chosen[matched].address;
		}
		if (array == NULL || matched < q->chosen_count) {
			continue;
		}
		for (uint64_t k = 0; k < slots && k < MAX_RECORDS; k++) {
			place_add(places, array + k * 8, 8, ALWAYS, "allgs[]");
		}
		const size_t header_count = find_words(address, headers, sizeof headers / sizeof headers[0]);
		for (size_t k = 0; k < header_count; k++) {
			const bool slice = word_at(headers[k] + 8, 8) == slots;
			place_add(places, headers[k], 8, ALWAYS, slice ? "allgs.ptr" : "allgptr");
			if (slice) {
				place_add(places, headers[k] + 8, 8, ALWAYS, "allgs.len");
				place_add(places, headers[k] + 16, 8, ALWAYS, "allgs.cap");
			}
		}
		return;
	}
}

/* The return address to a frame. Of a frame of C that was guessed, or whose code is not there, less is known. */
static const char *name_of(const gopm_frame *caller)
{
	if ((caller->flags & GOPM_FRAME_GUESSED) != 0) {
		return "stack: return address that is guessed";
	}
	return caller->cfa == 0 && caller->location.function.size == 0 ? "stack: return address to missing code"
	                                                               : "stack: return address";
}

/* Adds the return addresses of a stack. The one of frame i is at its cfa - 8 on amd64, at its sp on arm64. */
static size_t add_return_addresses(struct places *places, const struct target *target, size_t number, uint8_t **slots,
                                   size_t capacity)
{
	const bool arm64 = target->info.machine.size == 5 && memcmp(target->info.machine.data, "arm64", 5) == 0;
	gopm_stack_options options;
	gopm_stack *stack;
	gopm_frame f[2];
	size_t got, count = 0;

	gopm_stack_options_init(&options, sizeof options);
	options.goroutine_address = target->questions.chosen[number].address;
	if (gopm_stack_open(target->core, &options, &stack, NULL) != GOPM_OK) {
		return 0;
	}
	for (size_t i = 0; count < capacity && gopm_stack_frames(stack, i, f, sizeof f[0], 2, &got) == GOPM_OK; i++) {
		uint8_t *slot = bytes_at(arm64 ? f[0].sp : f[0].cfa - 8, 8);
		/* The outermost frame returns to goexit, which has no frame. */
		const bool last = got == 1;
		const gopm_str name = f[0].location.function;
		if (name.size == 14 && memcmp(name.data, "runtime.goexit", 14) == 0) {
			break; /* C called: goexit itself is the outermost frame, and returns to nothing */
		}
		if (slot != NULL && f[0].cfa != 0 && (last || (f[1].cfa != f[0].cfa && word_at(slot, 8) == f[1].pc))) {
			slots[count++] = slot;
			place_add(places, slot, 8, (uint32_t)number,
			          last ? "stack: last return address" : name_of(&f[1]));
		}
	}
	gopm_stack_free(stack);
	return count;
}

void collect_returns(struct places *places, const struct target *target)
{
	uint8_t *slots[MAX_RETURNS];

	for (size_t i = 0; i < target->questions.chosen_count; i++) {
		(void)add_return_addresses(places, target, i, slots, MAX_RETURNS);
	}
}

/* The other words of the used part of each stack. */
void collect_stacks(struct places *places, const struct target *target)
{
	struct places returns = {0};

	for (size_t i = 0; i < target->questions.chosen_count; i++) {
		const gopm_goroutine *g = &target->questions.chosen[i];
		uint8_t *slots[MAX_RETURNS];
		const size_t count = add_return_addresses(&returns, target, i, slots, MAX_RETURNS);
		for (uint64_t at = g->sp; g->sp != 0 && at + 8 <= g->stack_hi && at < g->sp + MAX_STACK; at += 8) {
			uint8_t *word = bytes_at(at, 8);
			size_t k = 0;
			while (k < count && slots[k] != word) {
				k++;
			}
			if (word != NULL && k == count) {
				const bool inside = word_at(word, 8) > at && word_at(word, 8) < g->stack_hi;
				place_add(places, word, 8, (uint32_t)i,
				          inside ? "stack: pointer into the stack" : "stack: word");
			}
		}
	}
	free(returns.list);
}

static void add_channel(struct places *places, const struct target *target, struct seen *seen, uint64_t address,
                        uint32_t owner)
{
	static const char *const firsts[] = {"recvq.first", "sendq.first"};
	uint64_t sudog;

	const size_t before = places->count;
	uint64_t size = 1;
	place_add_struct(places, target, "runtime.hchan", address, owner);
	if (read_field(target, "runtime.hchan", "elemsize", address, &size) && size == 0) {
		for (size_t i = before; i < places->count; i++) {
			if (strcmp(places->list[i].field, "runtime.hchan.dataqsiz") == 0) {
				places->list[i].field = "runtime.hchan.dataqsiz of no bytes";
			}
		}
	}
	for (size_t i = 0; i < 2; i++) {
		const char *next = firsts[i];
		const char *type = "runtime.hchan";
		uint64_t from = address;
		for (int steps = 0;
		     steps < MAX_CHAIN && read_field(target, type, next, from, &sudog) && see(seen, sudog); steps++) {
			place_add_struct(places, target, "runtime.sudog", sudog, owner);
			from = sudog;
			type = "runtime.sudog";
			next = "next";
		}
	}
}

void collect_waits(struct places *places, const struct target *target)
{
	struct seen seen = {.count = 0};

	for (size_t i = 0; i < target->questions.chosen_count; i++) {
		const gopm_goroutine *g = &target->questions.chosen[i];
		gopm_wait waits[8];
		size_t count = 0;
		uint64_t sudog;
		const char *type = "runtime.g", *field = "waiting";
		uint64_t from = g->address;
		for (int steps = 0;
		     steps < MAX_CHAIN && read_field(target, type, field, from, &sudog) && see(&seen, sudog); steps++) {
			place_add_struct(places, target, "runtime.sudog", sudog, (uint32_t)i);
			from = sudog;
			type = "runtime.sudog";
			field = "waitlink";
		}
		if (gopm_goroutine_waits(target->core, g->address, waits, sizeof waits[0], 8, &count) != GOPM_OK) {
			continue;
		}
		for (size_t k = 0; k < count && k < 8; k++) {
			if (!see(&seen, waits[k].object)) {
				continue;
			}
			if (waits[k].kind == GOPM_WAIT_CHAN_SEND || waits[k].kind == GOPM_WAIT_CHAN_RECEIVE ||
			    waits[k].kind == GOPM_WAIT_SELECT) {
				add_channel(places, target, &seen, waits[k].object, (uint32_t)i);
			} else {
				const size_t before = places->count;
				if (waits[k].kind == GOPM_WAIT_IO) {
					place_add_struct(places, target, "runtime.pollDesc", waits[k].object,
					                 (uint32_t)i);
				}
				if (places->count == before) {
					place_add_region(places, bytes_at(waits[k].object, 32), 32, (uint32_t)i,
					                 waits[k].kind == GOPM_WAIT_IO      ? "wait object: pollDesc"
					                 : waits[k].kind == GOPM_WAIT_TIMER ? "wait object: timer"
					                                                    : "wait object: semaphore");
				}
			}
		}
	}
}

/* True if a string header with a short printable text is at `at`. */
static bool is_reason(const uint8_t *at)
{
	const uint64_t size = word_at(at + 8, 8);
	const uint8_t *text = size < 64 ? bytes_at(word_at(at, 8), size) : NULL;

	for (uint64_t i = 0; text != NULL && i < size; i++) {
		if (text[i] < ' ' || text[i] > '~') {
			return false;
		}
	}
	return text != NULL;
}

/* runtime.waitReasonStrings begins with an empty string, then "GC assist marking". */
void collect_reasons(struct places *places, const struct target *target)
{
	static const char first[] = "GC assist marking";
	const struct file *files[] = {&core_file, &exe_file};

	(void)target;
	for (size_t n = 0; n < 2; n++) {
		for (size_t at = 16; files[n]->data != NULL && at + 16 <= files[n]->size; at += 8) {
			uint8_t *header = files[n]->data + at;
			const uint8_t *text;
			if (word_at(header + 8, 8) != sizeof first - 1 || word_at(header - 8, 8) != 0 ||
			    (text = bytes_at(word_at(header, 8), sizeof first - 1)) == NULL ||
			    memcmp(text, first, sizeof first - 1) != 0) {
				continue;
			}
			for (size_t k = 0; k < 48 && is_reason(header + k * 16); k++) {
				place_add(places, header + k * 16, 8, ALWAYS, "reasons[].ptr");
				place_add(places, header + k * 16 + 8, 8, ALWAYS, "reasons[].len");
				uint8_t *reason = bytes_at(word_at(header + k * 16, 8), 8);
				place_add(places, reason, 1, ALWAYS, "reason text");
			}
			return;
		}
	}
}

/* runtime.printBacklog, if the program has names of variables. */
static void collect_printed(struct places *places, const struct target *target)
{
	gopm_value *value;
	char text[64] = "";
	size_t length;

	if (gopm_eval(target->core, NULL, 0, "&runtime.printBacklog", NULL, &value, NULL) == GOPM_OK) {
		const char *at =
		    gopm_value_text(value, text, sizeof text, &length) == GOPM_OK ? strstr(text, "0x") : NULL;
		uint64_t address = at != NULL ? strtoull(at, NULL, 16) : 0;
		place_add_region(places, bytes_at(address, 512), 512, ALWAYS, "printed text");
		gopm_value_free(value);
	}
}

/* The touched writable pages of the core. */
void collect_memory(struct places *places, const struct target *target)
{
	struct places known = {0};

	collect_goroutines(&known, target);
	collect_threads(&known, target);
	collect_allgs(&known, target);
	collect_returns(&known, target);
	collect_stacks(&known, target);
	collect_waits(&known, target);
	collect_reasons(&known, target);
	collect_printed(&known, target);
	collect_moduledata(&known, target);
	collect_functions(&known, target);
	collect_types(&known, target);
	places_sort(&known);
	for (size_t i = 0; i < target->page_count; i++) {
		if (file_contains(&core_file, target->pages[i]) && address_of(target->pages[i]) != 0) {
			place_add_page(places, target, target->pages[i], &known, "memory word");
		}
	}
	free(known.list);
}
