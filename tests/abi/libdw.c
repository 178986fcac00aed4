/* SPDX-License-Identifier: Apache-2.0 */
/* A program that uses elfutils' libdw, which is loaded first, and libgopm:
 *
 *	libdw CORE EXE LIBRARY GOROUTINE FRAME GLOB
 *
 * Compiled with GOPM_LOAD it opens LIBRARY by dlopen() with RTLD_DEEPBIND; else it is linked with it. It prints the
 * variables of a frame, and the package variables that match GLOB, as the command does: "NAME = TEXT", or why there are
 * none. Between them it walks the DIEs of EXE with libdw, which must find the same ones each time. */
#include <dlfcn.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gopm/gopm.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef GOPM_LOAD
static void *library;

static void *function_named(const char *name)
{
	void *found = dlsym(library, name);

	if (found == NULL) {
		(void)fprintf(stderr, "no function %s\n", name);
		exit(1);
	}
	return found;
}

#define GOPM(name) (__extension__(__typeof__(&(name))) function_named(#name))
#else
#define GOPM(name) name
#endif

#define MAX_TEXT 65536

static void expect(int holds, const char *what)
{
	if (!holds) {
		(void)fprintf(stderr, "%s\n", what);
		exit(1);
	}
}

static void expect_ok(gopm_status status, const gopm_error *err, const char *what)
{
	if (status != GOPM_OK) {
		(void)fprintf(stderr, "%s: %s: %s\n", what, GOPM(gopm_status_text)(status),
		              GOPM(gopm_error_message)(err));
		exit(1);
	}
}

/* Counts the DIEs with libdw: the root of each unit, and its children. */
static uint64_t count_dies(Dwarf *dwarf)
{
	Dwarf_Off offset = 0, next;
	size_t header_size;
	uint64_t count = 0;
	Dwarf_Die die, child;

	while (dwarf_nextcu(dwarf, offset, &next, &header_size, NULL, NULL, NULL) == 0) {
		expect(dwarf_offdie(dwarf, offset + header_size, &die) != NULL, "libdw: no root");
		expect(dwarf_tag(&die) == 0x11, "libdw: the root is not a compile unit");
		count++;
		for (int more = dwarf_child(&die, &child); more == 0; more = dwarf_siblingof(&child, &child)) {
			expect(dwarf_dieoffset(&child) > offset, "libdw: a child before its unit");
			count++;
		}
		offset = next;
	}
	return count;
}

static void print_vars(gopm_vars *vars)
{
	static char text[MAX_TEXT];

	for (size_t i = 0; i < GOPM(gopm_vars_size)(vars); i++) {
		gopm_value_info info = {.struct_size = sizeof info};
		gopm_value *value;
		size_t length;
		if (GOPM(gopm_vars_value)(vars, i, &value) != GOPM_OK) {
			continue;
		}
		expect(GOPM(gopm_value_get_info)(value, &info) == GOPM_OK, "no facts about a value");
		expect(GOPM(gopm_value_text)(value, text, sizeof text, &length) == GOPM_OK, "no text of a value");
		(void)printf("%.*s = %s\n", (int)info.name.size, info.name.data, text);
		GOPM(gopm_value_free)(value);
	}
	GOPM(gopm_vars_free)(vars);
}

static void print_frame(gopm_core *core, uint64_t goroutine, size_t frame, const gopm_value_options *options)
{
	gopm_stack_options stack_options;
	gopm_stack *stack;
	gopm_vars *vars;
	gopm_error *err = NULL;

	GOPM(gopm_stack_options_init)(&stack_options, sizeof stack_options);
	stack_options.goroutine_id = goroutine;
	expect_ok(GOPM(gopm_stack_open)(core, &stack_options, &stack, &err), err, "stack");
	expect_ok(GOPM(gopm_frame_vars)(stack, frame, options, &vars, &err), err, "variables of a frame");
	print_vars(vars);
	GOPM(gopm_stack_free)(stack);
}

int main(int argc, char **argv)
{
	gopm_value_options options;
	gopm_core *core;
	gopm_vars *vars;
	gopm_error *err = NULL;

	expect(argc == 7, "usage: libdw CORE EXE LIBRARY GOROUTINE FRAME GLOB");
	const int fd = open(argv[2], O_RDONLY | O_CLOEXEC);
	Dwarf *dwarf = dwarf_begin(fd, DWARF_C_READ);
	const uint64_t count = count_dies(dwarf);
	expect(count > 1, "libdw finds no DIE");
#ifdef GOPM_LOAD
	library = dlopen(argv[3], RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
	expect(library != NULL, "libgopm cannot be loaded");
#endif
	expect_ok(GOPM(gopm_core_open_path)(argv[1], argv[2], &core, &err), err, "core");
	GOPM(gopm_value_options_init)(&options, sizeof options);
	/* As the command `vars` without options. */
	options.max_depth = UINT32_MAX;
	options.max_fields = 16;
	options.flags |= GOPM_VALUE_OPTION_CHANNELS;
	print_frame(core, strtoull(argv[4], NULL, 10), strtoull(argv[5], NULL, 10), &options);
	expect(count_dies(dwarf) == count, "libdw finds other DIEs after libgopm read some");
	const gopm_status status = GOPM(gopm_package_vars)(core, argv[6], &options, &vars, &err);
	if (status == GOPM_OK) {
		print_vars(vars);
	} else {
		(void)printf("status %d: %s\n", status, GOPM(gopm_error_message)(err));
		GOPM(gopm_error_free)(err);
	}
	GOPM(gopm_core_close)(core);
	expect(count_dies(dwarf) == count, "libdw finds other DIEs after libgopm closed the core");
	(void)dwarf_end(dwarf);
	(void)close(fd);
	return 0;
}
