/* SPDX-License-Identifier: Apache-2.0 */
/* The file or connection of a descriptor that a goroutine waits for. The poller's structure does not point to it; the
 * frames of the goroutine do: they are methods of net.netFD, os.File and poll.FD.
 * Source: net/fd_posix.go, os/file_unix.go, internal/poll/fd_unix.go, Go 1.16 to 1.27. */
#ifndef GOPM_WHY_DESCRIPTOR_FILE_H
#define GOPM_WHY_DESCRIPTOR_FILE_H

#include "program/program.h"

struct gopm__descriptor_file {
	uint64_t address; /* of the net.netFD or os.file; 0: not found */
	gopm_str type;    /* "net.netFD", "os.file" */
	gopm_str name;    /* of an os.file: the path that it was opened with; empty: unknown */
	gopm_str local;   /* "127.0.0.1:8080", "/run/x.sock"; empty: unknown */
	gopm_str remote;  /* likewise; of a listener empty */
};

/* Finds the file whose poll.FD has the pollDesc at `object`, or is at `object`. The strings are in the arena. The
 * caller holds the program's lock. @return GOPM_OK, GOPM_ERR_NO_MEMORY. */
gopm_status gopm__descriptor_file(struct gopm__program *program, struct gopm__types *types, struct gopm__arena *arena,
                                  uint64_t g, uint64_t object, struct gopm__descriptor_file *out);

#endif
