/* SPDX-License-Identifier: Apache-2.0 */
/* Source: runtime/panic.go (throw, fatal, printpanics, dopanic_m) and runtime/signal_unix.go (fatalsignal), Go 1.16 to
 * 1.27. */
#include "export/traceback_death.h"

#include <inttypes.h>
#include <signal.h>

#include "runtime/panic.h"

enum { INSTRUCTION_BYTES = 16, PAGE_SIZE = 4096 };

static void print_fatal(const struct gopm__death *death, struct gopm__text *out)
{
	gopm__text_add(out, death->before.data, death->before.size);
	gopm__text_str(out, death->after_panic ? "\tfatal error: " : "fatal error: ");
	for (size_t i = 0; i < death->text.size; i++) {
		gopm__text_add(out, death->text.data + i, 1);
		if (death->text.data[i] == '\n') {
			gopm__text_str(out, "\t");
		}
	}
	gopm__text_str(out, "\n");
}

/* Those up to the end of the page: more might fault. */
static void print_instruction(struct gopm__program *program, uint64_t pc, struct gopm__text *out)
{
	struct gopm__reader reader = gopm__reader(&program->file.memory);
	uint8_t bytes[INSTRUCTION_BYTES];
	uint64_t left = PAGE_SIZE - pc % PAGE_SIZE;
	size_t got = gopm__read_copy(&reader, pc, bytes, left < sizeof bytes ? (size_t)left : sizeof bytes);

	if (got == 0) {
		return;
	}
	gopm__text_str(out, "instruction bytes:");
	for (size_t i = 0; i < got; i++) {
		gopm__text_printf(out, " 0x%x", (unsigned)bytes[i]);
	}
	gopm__text_str(out, "\n");
}

static void print_signal(struct gopm__program *program, struct gopm__text *out)
{
	const struct gopm__death *death = &program->death;
	const char *name = gopm__signal_name(death->signal);

	if (name != NULL) {
		gopm__text_printf(out, "%s\n", name);
	} else {
		gopm__text_printf(out, "Signal %" PRId32 "\n", death->signal);
	}
	gopm__text_printf(out, "PC=0x%" PRIx64 " m=%" PRIu64 " sigcode=%" PRIu64, death->signal_pc, death->m->id,
	                  (uint64_t)(int64_t)death->signal_code);
	if (program->runtime.trace->signal_address && (death->signal == SIGSEGV || death->signal == SIGBUS)) {
		gopm__text_printf(out, " addr=0x%" PRIx64, death->raw_address);
	}
	gopm__text_str(out, "\n");
	if (death->in_cgo) {
		gopm__text_str(out, "signal arrived during cgo execution\n");
	}
	if (death->signal == SIGILL || (death->signal == SIGFPE && program->runtime.trace->divide_bytes)) {
		print_instruction(program, death->signal_pc, out);
	}
}

void gopm__traceback_death(struct gopm__program *program, struct gopm__text *out)
{
	const struct gopm__death *death = &program->death;
	struct gopm__runtime *rt = &program->runtime;
	struct gopm__reader reader = gopm__reader(&program->file.memory);
	struct gopm__g g;

	if (death->kind == GOPM_DEATH_FATAL && death->text.size != 0) {
		print_fatal(death, out);
	} else if (death->kind == GOPM_DEATH_PANIC && death->g != 0 && gopm__g_read(rt, &reader, death->g, &g)) {
		gopm__panic_chain(rt, &reader, &g, out);
	} else if (death->kind == GOPM_DEATH_SIGNAL && death->printer == GOPM__PRINTER_SIGNAL && death->m != NULL) {
		print_signal(program, out);
		gopm__text_str(out, "\n");
		return;
	} else {
		return;
	}
	if (death->gp != 0 && gopm__g_read(rt, &reader, death->gp, &g)) {
		gopm__panic_signal(rt, &reader, &g, out);
	}
	gopm__text_str(out, "\n");
}
