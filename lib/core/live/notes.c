/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the notes of the virtual core: NT_PRPSINFO from /proc, and the notes of each stopped thread with ptrace. */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "core/live/live_private.h"

/* Offsets in struct elf_prstatus and elf_prpsinfo (linux/elfcore.h). They are the same on all 64-bit CPUs. */
enum {
	PRSTATUS_PID = 32,
	PRSTATUS_PPID = 36,
	PRSTATUS_PGRP = 40,
	PRSTATUS_SID = 44,
	PRSTATUS_REG = 112,
	PRPSINFO_STATE = 0,
	PRPSINFO_SNAME = 1,
	PRPSINFO_ZOMB = 2,
	PRPSINFO_UID = 16,
	PRPSINFO_GID = 20,
	PRPSINFO_PID = 24,
	PRPSINFO_PPID = 28,
	PRPSINFO_PGRP = 32,
	PRPSINFO_SID = 36,
	PRPSINFO_FNAME = 40,
	PRPSINFO_PSARGS = 56
};

#if defined(__x86_64__)
enum { REGISTER_BYTES = 27 * 8 };
#elif defined(__aarch64__)
enum { REGISTER_BYTES = 34 * 8 };
#else
enum { REGISTER_BYTES = 0 }; /* gopm__live_open() refuses */
#endif

/* More than the largest register sets: 11 KiB with AMX tiles, 8 KiB with SVE. */
#define MAX_REGISTER_SET ((size_t)32 * 1024)

/* Notes that follow a thread's NT_PRSTATUS in the kernel's own cores; debuggers expect them. */
static const struct {
	const char *name;
	uint32_t type;
} register_sets[] = {
    {"CORE", NT_PRFPREG},
#if defined(__x86_64__)
    {"LINUX", NT_X86_XSTATE},
#elif defined(__aarch64__)
    {"LINUX", NT_ARM_TLS},
    {"LINUX", NT_ARM_SVE},
    {"LINUX", 0x406 /* NT_ARM_PAC_MASK */},
#endif
};

static void put32(uint8_t *p, uint32_t value)
{
	memcpy(p, &value, sizeof value);
}

void gopm__live_note(struct gopm__text *text, const char *name, uint32_t type, const void *data, size_t size)
{
	static const char zeroes[4] = "";
	size_t name_size = strlen(name) + 1;
	uint32_t head[3] = {(uint32_t)name_size, (uint32_t)size, type};

	gopm__text_add(text, (const char *)head, sizeof head);
	gopm__text_add(text, name, name_size);
	gopm__text_add(text, zeroes, (4 - name_size % 4) % 4);
	gopm__text_add(text, data, size);
	gopm__text_add(text, zeroes, (4 - size % 4) % 4);
}

gopm_status gopm__live_thread_notes(struct gopm__live *live, uint32_t thread, gopm_error **err)
{
	uint8_t buffer[MAX_REGISTER_SET], prstatus[PRSTATUS_REG + REGISTER_BYTES + 8] = {0};
	struct iovec io = {buffer, sizeof buffer};

	if (ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &io) != 0) {
		if (errno == ESRCH) {
			return GOPM_NOT_FOUND;
		}
		return gopm__live_denied(live, thread, errno, "cannot read the registers of a thread", err);
	}
	if (io.iov_len != REGISTER_BYTES) {
		return gopm__fail(err, GOPM_ERR_UNSUPPORTED, GOPM__AT_FILE(live->name),
		                  "is a 32-bit process; only 64-bit is supported");
	}
	put32(prstatus + PRSTATUS_PID, thread);
	put32(prstatus + PRSTATUS_PPID, live->parent);
	put32(prstatus + PRSTATUS_PGRP, live->group);
	put32(prstatus + PRSTATUS_SID, live->session);
	memcpy(prstatus + PRSTATUS_REG, buffer, REGISTER_BYTES);
	put32(prstatus + PRSTATUS_REG + REGISTER_BYTES, 1); /* pr_fpvalid */
	gopm__live_note(&live->thread_notes, "CORE", NT_PRSTATUS, prstatus, sizeof prstatus);
	for (size_t i = 0; i < sizeof register_sets / sizeof register_sets[0]; i++) {
		io = (struct iovec){buffer, sizeof buffer};
		if (ptrace(PTRACE_GETREGSET, thread, register_sets[i].type, &io) == 0 && io.iov_len != 0) {
			gopm__live_note(&live->thread_notes, register_sets[i].name, register_sets[i].type, buffer,
			                io.iov_len);
		}
	}
	return live->thread_notes.failed ? gopm__fail_memory(err) : GOPM_OK;
}

void gopm__live_prpsinfo(struct gopm__live *live, const struct gopm__text *status)
{
	static const char states[] = "RSDTZW";
	uint8_t *p = live->prpsinfo;
	struct gopm__text stat = {.size = 0}, arguments = {.size = 0};

	(void)gopm__live_slurp(live->directory, "stat", &stat);
	(void)gopm__live_slurp(live->space, "cmdline", &arguments);
	/* PID (NAME) STATE PPID PGRP SESSION ...; NAME may contain any byte. */
	const char *name = stat.data != NULL ? strchr(stat.data, '(') : NULL;
	const char *end = stat.data != NULL ? strrchr(stat.data, ')') : NULL;
	if (name != NULL && end != NULL && end > name && end[1] == ' ' && end[2] != '\0') {
		char *at;
		const char *state = strchr(states, end[2]);
		p[PRPSINFO_STATE] = (uint8_t)(state != NULL ? state - states : 0);
		p[PRPSINFO_SNAME] = (uint8_t)end[2];
		p[PRPSINFO_ZOMB] = end[2] == 'Z';
		live->parent = (uint32_t)strtoul(end + 3, &at, 10);
		live->group = (uint32_t)strtoul(at, &at, 10);
		live->session = (uint32_t)strtoul(at, &at, 10);
		size_t size = (size_t)(end - name - 1);
		memcpy(p + PRPSINFO_FNAME, name + 1, size < 15 ? size : 15);
	}
	put32(p + PRPSINFO_UID, (uint32_t)gopm__live_status_number(status, "Uid", 0));
	put32(p + PRPSINFO_GID, (uint32_t)gopm__live_status_number(status, "Gid", 0));
	put32(p + PRPSINFO_PID, live->pid);
	put32(p + PRPSINFO_PPID, live->parent);
	put32(p + PRPSINFO_PGRP, live->group);
	put32(p + PRPSINFO_SID, live->session);
	size_t size = arguments.size < 79 ? arguments.size : 79;
	for (size_t i = 0; i < size; i++) {
		p[PRPSINFO_PSARGS + i] = arguments.data[i] != '\0' ? (uint8_t)arguments.data[i] : ' ';
	}
	gopm__text_free(&stat);
	gopm__text_free(&arguments);
}
