/* SPDX-License-Identifier: Apache-2.0 */
/* A parsed ELF core: its threads, mappings, signal and memory. */
#ifndef GOPM_CORE_COREFILE_H
#define GOPM_CORE_COREFILE_H

#include "arch/arch.h"
#include "core/memory.h"
#include "util/finding.h"

struct gopm__thread {
	uint64_t id;
	int32_t signal;          /* pr_cursig, or si_signo */
	int32_t signal_code;     /* si_code */
	uint32_t signal_sender;  /* si_pid; 0: the signal has none */
	uint64_t fault_address;  /* si_addr; 0: the signal has none */
	uint64_t thread_pointer; /* address of its thread-local storage; 0: unknown */
	struct gopm__registers registers;
};

/* One row of NT_FILE. */
struct gopm__file_mapping {
	uint64_t start, end; /* addresses */
	uint64_t offset;     /* in the file, in bytes */
	gopm_str path;       /* in the corefile's arena */
};

/* One PT_LOAD program header. */
struct gopm__load {
	uint64_t address, memory_size, file_size, offset;
	uint32_t flags;
};

struct gopm__corefile {
	struct gopm__source source;
	const struct gopm__arch *arch;
	struct gopm__arena arena;
	struct gopm__findings *findings; /* not owned */
	struct gopm__memory memory;      /* of the core; exe/ adds the pages of files that the core lacks */
	struct gopm__thread *threads;    /* in the order of the notes */
	size_t thread_count;
	struct gopm__load *loads; /* sorted by address */
	size_t load_count;
	struct gopm__file_mapping *files; /* sorted by start */
	size_t file_count;
	uint64_t memory_size; /* bytes of memory in the core */
	uint32_t pid;
	gopm_str command_line;
	uint64_t entry, phdr; /* AT_ENTRY and AT_PHDR of NT_AUXV; 0: unknown */
	uint64_t execfn;      /* AT_EXECFN: the string after the environment's strings; 0: unknown */
	uint64_t random; /* AT_RANDOM: 16 bytes, before the strings of the arguments and the environment; 0: unknown */
	uint64_t vdso;   /* AT_SYSINFO_EHDR; 0: unknown */
	bool bare;       /* it has nothing that the process wrote: no stacks, no data */
	bool truncated;  /* the file lacks bytes that its headers declare */
	bool slim;       /* made by gopm_slim(), according to its note, which gives the next two */
	uint32_t slim_profile;  /* GOPM_SLIM_* */
	uint64_t original_size; /* bytes of the core that it was made from */
	bool no_environment;    /* gopm__environment() finds nothing: the caller asked for that */
};

/* Parses `core->source`, which is open. On failure too, the caller closes the core. */
gopm_status gopm__corefile_parse(struct gopm__corefile *core, gopm_error **err);
void gopm__corefile_close(struct gopm__corefile *core);

/* True if the process had memory at [address, address + size), in the core or not. */
bool gopm__corefile_maps(const struct gopm__corefile *core, uint64_t address, uint64_t size);

#endif
