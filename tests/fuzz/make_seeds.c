/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the seed inputs of the core and executable targets: make_seeds CORPUS-FOLDER */
#include <lz4frame.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "support/dwarfbuilder.h"
#include "support/testprogram.h"

static const char *folder;

static void put(const char *name, const uint8_t *data, size_t size)
{
	char path[1024];

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	if (file == NULL || fwrite(data, 1, size, file) != size || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static void cores(const uint8_t *program, size_t program_size)
{
	static const struct test_process processes[] = {
	    {.path = "/srv/server", .data_size = 32},
	    {.path = "/srv/server", .no_auxv = true, .with_text = true, .bias = 0x555555000000},
	};
	uint8_t packed[32768];
	size_t made = 0;
	char name[64];

	for (size_t i = 0; i < sizeof processes / sizeof processes[0]; i++) {
		size_t size;
		uint8_t *core = test_process_core(&processes[i], program, program_size, &size);
		(void)snprintf(name, sizeof name, "core/plain-%zu", i);
		put(name, core, size);
		if (i == 0) {
			put("core/packed.zst", packed, ZSTD_compress(packed, sizeof packed, core, size, 19));
			put("core/packed.lz4", packed, LZ4F_compressFrame(packed, sizeof packed, core, size, NULL));
			if (lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, core, size, packed, &made,
			                            sizeof packed) == LZMA_OK) {
				put("core/packed.xz", packed, made);
			}
		}
		free(core);
	}
}

static void notes(void)
{
	static const struct elf_builder_mapping files[] = {{0x1000, 0x2000, 0, "/a"}, {0x2000, 0x3000, 1, "/b"}};
	struct elf_builder b;
	size_t size;

	elf_builder_init(&b, ET_CORE);
	elf_builder_prpsinfo(&b, 4711, "/a -b");
	elf_builder_siginfo(&b, 11, 1, 0x1234);
	elf_builder_thread(&b, 1, 11, 0x1000, 0x2000, 0);
	elf_builder_thread(&b, 2, 0, 0x1000, 0x2000, 0);
	elf_builder_auxv(&b, 0x1000, 0x1040);
	elf_builder_files(&b, files, 2);
	elf_builder_load(&b, 0x1000, "abcdefgh", 8, 0x1000, PF_R);
	elf_builder_load(&b, 0x2000, "abcdefgh", 8, 0x1000, PF_R);
	b.notes_last = true;
	uint8_t *core = elf_builder_finish(&b, &size);
	put("core/notes-last", core, size);
	free(core);
	elf_builder_free(&b);
}

static void debug_sections(uint16_t version)
{
	struct test_dwarf made;
	struct elf_bytes out = {0};
	char name[64];

	test_dwarf_make(&made, version);
	const struct elf_bytes *sections[4] = {&made.info, &made.abbrev, &made.locations, &made.ranges};
	uint8_t first = (uint8_t)version;
	elf_bytes_add(&out, &first, 1);
	for (size_t i = 0; i < 4; i++) {
		uint16_t size = (uint16_t)sections[i]->size;
		elf_bytes_add(&out, &size, sizeof size);
	}
	for (size_t i = 0; i < 4; i++) {
		elf_bytes_add(&out, sections[i]->data, sections[i]->size);
	}
	elf_bytes_add(&out, made.memory.data, 0xd00);
	(void)snprintf(name, sizeof name, "variables/version-%u", (unsigned)version);
	put(name, out.data, out.size);
	elf_bytes_free(&out);
	test_dwarf_free(&made);
}

int main(int argc, char **argv)
{
	static const struct test_program programs[] = {
	    {.build_id = "aaaaaaaaaaaaaaaaaaaa", .go_id = "go/a"},
	    {.build_id = "aaaaaaaaaaaaaaaaaaaa", .go_id = "go/a", .id_outside_segment = true},
	    {.go_id = "go/b", .pie = true},
	    {.build_id = "bbbbbbbbbbbbbbbbbbbb", .no_sections = true},
	};

	if (argc != 2) {
		return 2;
	}
	folder = argv[1];
	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
		char name[64];
		size_t size;
		uint8_t *program = test_program_make(&programs[i], &size);
		(void)snprintf(name, sizeof name, "executable/program-%zu", i);
		put(name, program, size);
		if (i == 0) {
			cores(program, size);
		}
		free(program);
	}
	notes();
	debug_sections(4);
	debug_sections(5);
	return 0;
}
