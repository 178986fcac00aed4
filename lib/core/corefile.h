/* SPDX-License-Identifier: Apache-2.0 */
/* An ELF core, parsed: threads, mappings, signal, and the memory it holds. Knows no Go. */
#ifndef GOPM_CORE_COREFILE_H
#define GOPM_CORE_COREFILE_H

#include "arch/arch.h"
#include "core/memory.h"
#include "util/finding.h"

struct gopm__thread {
	uint64_t id;
	int32_t signal;         /* pr_cursig, or si_signo */
	int32_t signal_code;    /* si_code */
	uint64_t fault_address; /* si_addr where the signal has one */
	struct gopm__registers registers;
};

/* One row of NT_FILE. */
struct gopm__file_mapping {
	uint64_t start, end; /* addresses */
	uint64_t offset;     /* bytes in the file */
	gopm_str path;       /* in the corefile's arena */
};

/* One PT_LOAD, as declared. */
struct gopm__load {
	uint64_t address, memory_size, file_size, offset;
	uint32_t flags;
};

struct gopm__corefile {
	struct gopm__source source;
	const struct gopm__arch *arch;
	struct gopm__arena arena;
	struct gopm__findings *findings; /* not owned */
	struct gopm__memory memory;      /* what the core holds; symbol/ adds the executable's pages */
	struct gopm__thread *threads;    /* in the order of the notes */
	size_t thread_count;
	struct gopm__load *loads; /* sorted by address */
	size_t load_count;
	struct gopm__file_mapping *files; /* sorted by start */
	size_t file_count;
	uint64_t memory_size; /* bytes the core holds */
	uint32_t pid;
	gopm_str command_line;
	uint64_t entry, phdr; /* AT_ENTRY and AT_PHDR of NT_AUXV; 0: unknown */
	uint64_t execfn;      /* AT_EXECFN: the path, right above the environment's strings; 0: unknown */
	uint64_t random;      /* AT_RANDOM: 16 bytes below the strings of arguments and environment; 0: unknown */
	uint64_t vdso;        /* AT_SYSINFO_EHDR; 0: unknown */
	bool truncated;
	bool slim;              /* made by gopm_slim(), as its note says: */
	uint32_t slim_profile;  /* GOPM_SLIM_* */
	uint64_t original_size; /* bytes of the core it was made of */
	bool no_environment;    /* the process's environment is not looked at */
};

/* Parses `core->source`, which is open. On failure the caller still closes. */
gopm_status gopm__corefile_parse(struct gopm__corefile *core, gopm_error **err);
void gopm__corefile_close(struct gopm__corefile *core);

#endif
