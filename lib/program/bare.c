/* SPDX-License-Identifier: Apache-2.0 */
#include "program/bare.h"

#include <elf.h>
#include <signal.h>

#include "core/sigcontext.h"
#include "exe/buildinfo.h"

static const char missing[] =
    "the core has no memory that the process wrote: goroutines, stacks and values are missing. "
    "Take it with coredump_filter 0x33; info, threads and mappings work";

/* Adds the writable segments of the file, or removes them. As the process had them they are unknown: only the linker's
 * tables of functions are as in the file. */
static gopm_status add_data(struct gopm__program *program)
{
	gopm_status status = GOPM_OK;
	size_t count;
	const struct gopm__load *loads = gopm__executable_loads(&program->exe, &count);

	for (size_t i = 0; i < count && status == GOPM_OK; i++) {
		if ((loads[i].flags & PF_W) != 0) {
			status = gopm__memory_add(&program->file.memory, loads[i].address, loads[i].file_size,
			                          &program->exe.source, loads[i].offset);
		}
	}
	return status;
}

static void remove_data(struct gopm__program *program)
{
	struct gopm__memory *memory = &program->file.memory;
	size_t count, kept = 0;
	const struct gopm__load *loads = gopm__executable_loads(&program->exe, &count);

	for (size_t i = 0; i < memory->count; i++) {
		const struct gopm__segment *s = &memory->segments[i];
		bool data = false;
		for (size_t k = 0; k < count; k++) {
			data = data || (s->source != &program->file.source && (loads[k].flags & PF_W) != 0 &&
			                s->address - loads[k].address < loads[k].memory_size);
		}
		if (!data) {
			memory->segments[kept++] = *s;
		}
	}
	memory->count = kept;
}

/* A deadly signal, as the kernel recorded it. */
static void find_signal(struct gopm__program *program)
{
	struct gopm__death *death = &program->death;

	for (size_t i = 0; i < program->file.thread_count && death->signal == 0; i++) {
		const struct gopm__thread *thread = &program->file.threads[i];
		if (thread->signal != 0 && thread->signal != SIGSTOP && thread->signal != SIGTRAP &&
		    thread->signal != SIGINT) {
			death->kind = GOPM_DEATH_SIGNAL;
			death->signal = death->kernel_signal = thread->signal;
			death->signal_code = thread->signal_code;
			death->fault_address = thread->fault_address;
			death->signal_sender = thread->signal_sender;
			death->thread = thread->id;
			if (gopm__siginfo_is_fault(thread->signal, thread->signal_code)) {
				death->signal_pc = thread->registers.value[program->file.arch->pc];
			}
		}
	}
}

gopm_status gopm__bare_open(struct gopm__program *program, const struct gopm__executable_request *exe)
{
	struct gopm__corefile *core = &program->file;
	struct gopm__runtime *rt = &program->runtime;
	gopm_error *why = NULL;

	*rt = (struct gopm__runtime){.core = core, .symtab = &program->symtab, .findings = &program->findings};
	(void)pthread_mutex_init(&rt->lock, NULL);
	rt->partial = true;
	find_signal(program);
	gopm__finding_add(&program->findings, GOPM_FINDING_MISSING, GOPM__AT_FILE(core->source.name), "%s", missing);
	gopm_status status = gopm__executable_open(&program->exe, core, exe, &why);
	if (status == GOPM_OK) {
		status = add_data(program);
	}
	if (status == GOPM_OK) {
		rt->version = gopm__buildinfo_version(core, &program->exe);
		status = gopm__symtab_open(&program->symtab, core, &program->exe, &why);
		remove_data(program);
	} else if (gopm__symtab_init(&program->symtab, &core->memory) != GOPM_OK) {
		status = GOPM_ERR_NO_MEMORY;
	}
	if (status != GOPM_OK && status != GOPM_ERR_NO_MEMORY) {
		gopm__finding_add(&program->findings, GOPM_FINDING_MISSING, GOPM__NOWHERE,
		                  "functions of threads have no names: %s", gopm_error_message(why));
		status = GOPM_OK;
	}
	gopm_error_free(why);
	return status;
}

gopm_status gopm__bare_status(const struct gopm__program *program, gopm_error **err)
{
	return program->file.bare
	           ? gopm__fail(err, GOPM_ERR_MISSING_MEMORY, GOPM__AT_FILE(program->file.source.name), "%s", missing)
	           : GOPM_OK;
}
