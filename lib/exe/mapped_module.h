/* SPDX-License-Identifier: Apache-2.0 */
/* Modules: the ELF files that the process had loaded as code, which are the program, its shared libraries and the vDSO.
 * They are listed by NT_FILE. The file of a module is opened when it is first needed: a program that ran only Go opens
 * none. Many threads may use the list at the same time. */
#ifndef GOPM_EXE_MAPPED_MODULE_H
#define GOPM_EXE_MAPPED_MODULE_H

#include <pthread.h>

#include "exe/executable.h"

/* The bytes that are used for a module. */
enum gopm__module_source {
	GOPM__MODULE_UNOPENED,
	GOPM__MODULE_FILE,     /* the file that the process had loaded */
	GOPM__MODULE_CORE,     /* its pages in the core, which have no names of functions unless it is the vDSO */
	GOPM__MODULE_MISSING,  /* there is neither */
	GOPM__MODULE_MISMATCH, /* the file at its path is another one */
	GOPM__MODULE_UNKNOWN,  /* a file was found, but the core has nothing to compare it with */
};

struct gopm__mapped_module {
	gopm_str path;       /* of NT_FILE; "[vdso]" */
	uint64_t start, end; /* addresses of its first and after its last mapping */
	uint64_t bias;       /* address in the process minus address in the file; if `bias_known` */
	bool bias_known;
	bool is_program;
	gopm_str build_id;            /* by the core, else by the file; hex; empty: unknown */
	gopm_str searched;            /* the paths that were tried, in their order, with ", " between them */
	uint8_t source;               /* enum gopm__module_source */
	struct gopm__executable *exe; /* NULL: there are no bytes that can be used */

	/* Private: */
	uint32_t order;  /* in which it was listed */
	uint64_t image;  /* address of its ELF header; 0: unknown */
	bool owned;      /* `exe` is not the program's */
	uint8_t *copied; /* the pages of the core that `exe` reads; owned */
};

struct gopm__module_range {
	uint64_t start, end;
	uint32_t module; /* index */
};

struct gopm__mapped_modules {
	const struct gopm__corefile *core;
	struct gopm__executable *program; /* the executable, which may be a Go library */
	struct gopm__mapped_module *list; /* by address */
	size_t count;
	struct gopm__module_range *ranges; /* by address */
	size_t range_count;
	struct gopm__arena arena; /* under `lock` */
	pthread_mutex_t lock;
};

/* Lists the modules; opens no file. Both pointers are borrowed. @return GOPM_OK or GOPM_ERR_NO_MEMORY. */
gopm_status gopm__mapped_modules_open(struct gopm__mapped_modules *modules, const struct gopm__corefile *core,
                                      struct gopm__executable *program);
/* A zero-initialized list is accepted. */
void gopm__mapped_modules_close(struct gopm__mapped_modules *modules);

/* The module that has `address` mapped, with its file open if it was found; NULL: none. */
struct gopm__mapped_module *gopm__mapped_module_at(struct gopm__mapped_modules *modules, uint64_t address);

/* Opens the file of a module, unless that was tried. */
void gopm__mapped_module_find(struct gopm__mapped_modules *modules, struct gopm__mapped_module *module);

/* True if its file is open and has Go code. */
bool gopm__mapped_module_is_go(const struct gopm__mapped_module *module);

/* Copies up to `size` bytes at `address` of the process, of the core or of the module's file. Returns the number of
 * bytes before the first missing one. */
size_t gopm__mapped_module_read(const struct gopm__mapped_modules *modules, const struct gopm__mapped_module *module,
                                uint64_t address, void *buffer, size_t size);

#endif
