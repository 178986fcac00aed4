/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what the code of a program does with locks and channels: dump_sync CORE EXECUTABLE PREFIX MARK. For each call
 * of the function MARK with a constant argument N, in functions whose name begins with PREFIX, a line: the name of the
 * function, N, and the facts during the call. A place is [base+offset]+offset..., and * after a fact is "must". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/handle.h"
#include "code/sync.h"

struct dump {
	const struct gopm__arch *arch;
	struct gopm__symtab *symtab;
	struct gopm__reader reader;
	struct gopm__code_cache cache;
	const char *mark;
};

static const char *const kinds[GOPM__SYNC_KINDS] = {"lock",  "unlock", "wlock", "wunlock", "rlock",  "runlock",
                                                    "send",  "recv",   "close", "add",     "done",   "gwait",
                                                    "cwait", "signal", "once",  "closure", "method", "receiver"};

static void print_base(const struct dump *d, const struct gopm__value_number *base)
{
	switch (base->kind) {
	case GOPM__VN_LIVE_IN:
		for (unsigned i = 0; i < GOPM__CODE_ARGUMENTS; i++) {
			if (d->arch->code->arguments[i] == base->value) {
				(void)printf("arg%u", i);
				return;
			}
		}
		(void)printf(base->value == d->arch->code->context ? "closure" : "reg%" PRId64, base->value);
		return;
	case GOPM__VN_LIVE_IN_SLOT:
		(void)printf("stack%+" PRId64, base->value);
		return;
	case GOPM__VN_CONSTANT:
		(void)printf("const");
		return;
	case GOPM__VN_FRAME:
		(void)printf("frame");
		return;
	case GOPM__VN_CAPTURED:
		(void)printf("captured%+" PRId64, base->value);
		return;
	default:
		(void)printf(base->kind == GOPM__VN_PHI ? "phi" : "def");
		return;
	}
}

static void print_place(const struct dump *d, const struct gopm__sync_place *place)
{
	for (unsigned i = 0; i < place->loads; i++) {
		(void)putchar('[');
	}
	print_base(d, &place->base);
	for (unsigned i = 0; i <= place->loads; i++) {
		if (place->offsets[i] == GOPM__SYNC_SOME || place->offsets[i] == GOPM__SYNC_MAPPED) {
			(void)printf("%s", place->offsets[i] == GOPM__SYNC_SOME ? "+some" : "+mapped");
		} else if (place->offsets[i] != 0) {
			(void)printf("%+d", place->offsets[i]);
		}
		if (i < place->loads) {
			(void)putchar(']');
		}
	}
}

static void print_facts(const struct dump *d, const char *name, const struct gopm__sync_fact *facts, size_t count)
{
	if (count != 0) {
		(void)printf(" %s:", name);
	}
	for (size_t i = 0; i < count; i++) {
		const struct gopm__sync_op *op = facts[i].op;
		(void)printf("%s%s%s%s%s(", i != 0 ? "," : "", (op->flags & GOPM__SYNC_TRIES) != 0 ? "try" : "",
		             (op->flags & GOPM__SYNC_CHOICE) != 0 ? "case" : "",
		             (op->flags & GOPM__SYNC_HELPER) != 0 ? "call" : "", kinds[op->kind]);
		for (unsigned k = facts[i].first; k < facts[i].end; k++) {
			if (k != facts[i].first) {
				(void)putchar('=');
			}
			print_place(d, &op->places[k]);
		}
		(void)printf(")%s", facts[i].must ? "*" : "");
	}
}

static bool constant_argument(struct dump *d, struct gopm__code *code, uint64_t pc, int64_t *value)
{
	struct gopm__abstract_state state;

	if (!gopm__code_state_at(code, pc, true, &state)) {
		return false;
	}
	const struct gopm__value_number *n = &state.registers[d->arch->code->arguments[0]];
	*value = n->value;
	bool constant = n->kind == GOPM__VN_CONSTANT;
	gopm__abstract_state_clear(&state);
	return constant;
}

static void print_all(const struct dump *d, const struct gopm__sync *sync, uint64_t pc, bool returning)
{
	static struct gopm__sync_facts facts;

	if (sync == NULL || !gopm__sync_at(sync, pc, returning, &facts)) {
		(void)printf("\n");
		return;
	}
	print_facts(d, "held", facts.held, facts.held_count);
	print_facts(d, "released", facts.released, facts.released_count);
	print_facts(d, "pending", facts.pending, facts.pending_count);
	print_facts(d, "during", facts.during, facts.during_count);
	(void)printf("\n");
}

static void print_function(struct dump *d, const struct gopm__func *func)
{
	const gopm_str name = gopm__func_name(func->module, func->name);
	struct gopm__code *code = gopm__code_of(&d->cache, d->arch, d->symtab, func);
	const struct gopm__sync *sync = gopm__sync_of(&d->cache, d->arch, d->symtab, func);
	const size_t size = (size_t)(func->end - func->entry);
	const uint8_t *bytes = gopm__read_span(&d->reader, func->entry, size);
	struct gopm__instruction instruction;
	struct gopm__func callee;
	int64_t n;

	if (code != NULL && sync != NULL) {
		(void)printf("%.*s entry", (int)name.size, name.data);
		print_all(d, sync, func->entry, false);
	}
	for (size_t at = 0; code != NULL && bytes != NULL && at < size; at += instruction.size) {
		const uint64_t pc = func->entry + at;
		if (!d->arch->code->decode(bytes + at, size - at, pc, &instruction) || instruction.size == 0) {
			return;
		}
		if (instruction.flow != GOPM__CODE_CALL ||
		    !gopm__func_find(d->symtab->modules, d->symtab->module_count, instruction.target, &callee)) {
			continue;
		}
		const gopm_str called = gopm__func_name(callee.module, callee.name);
		if (called.size == strlen(d->mark) && memcmp(called.data, d->mark, called.size) == 0 &&
		    constant_argument(d, code, pc + instruction.size, &n)) {
			(void)printf("%.*s %" PRId64, (int)name.size, name.data, n);
			print_all(d, sync, pc + instruction.size, true);
		}
	}
}

int main(int argc, char **argv)
{
	gopm_core *core;
	gopm_error *err;
	struct gopm__func func;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: dump_sync CORE EXECUTABLE PREFIX MARK\n");
		return 2;
	}
	if (gopm_core_open_path(argv[1], argv[2], &core, &err) != GOPM_OK) {
		(void)fprintf(stderr, "%s\n", gopm_error_message(err));
		return 1;
	}
	struct dump d = {.arch = core->program->file.arch, .symtab = &core->program->symtab, .mark = argv[4]};
	d.reader = gopm__reader(d.symtab->memory);
	for (uint64_t i = 0; gopm__func_at(&d.symtab->modules[0], i, &func); i++) {
		const gopm_str name = gopm__func_name(func.module, func.name);
		if (name.size >= strlen(argv[3]) && memcmp(name.data, argv[3], strlen(argv[3])) == 0) {
			print_function(&d, &func);
		}
		gopm__code_cache_trim(&d.cache);
	}
	gopm__code_cache_free(&d.cache);
	gopm_core_close(core);
	return 0;
}
