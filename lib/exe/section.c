/* SPDX-License-Identifier: Apache-2.0 */
/* One section of one ELF file: finds it by name, and decompresses it. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "exe/executable_private.h"
#include "util/allocate.h"

/* Zeroes after decompressed bytes, for readers that look a little past the end. */
#define PADDING 64

#ifndef ELFCOMPRESS_ZSTD
#define ELFCOMPRESS_ZSTD 2
#endif

static bool section_is_named(const struct gopm__executable *exe, size_t index, const uint8_t *names,
                             uint64_t names_size, const char *name)
{
	uint64_t at = exe->private_->elf.sections[index].sh_name;
	size_t size = strlen(name) + 1;
	return at < names_size && size <= names_size - at && memcmp(names + at, name, size) == 0;
}

size_t gopm__section_index(const struct gopm__executable *exe, const char *name)
{
	const struct gopm__elf *elf = &exe->private_->elf;

	if (elf->names == 0) {
		return 0;
	}
	const GElf_Shdr *table = &elf->sections[elf->names];
	const uint8_t *names = table->sh_type != SHT_NOBITS && (table->sh_flags & SHF_COMPRESSED) == 0
	                           ? gopm__source_span(&exe->source, table->sh_offset, table->sh_size)
	                           : NULL;
	if (names == NULL) {
		return 0;
	}
	for (size_t i = 1; i < elf->section_count; i++) {
		if (section_is_named(exe, i, names, table->sh_size, name)) {
			return i;
		}
	}
	return 0;
}

static gopm_status inflate_zlib(uint8_t *out, uint64_t size, const uint8_t *in, uint64_t in_size)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in};
	uint64_t done = 0, taken = 0;
	gopm__library_begin();
	int result = inflateInit(&z);

	if (result != Z_OK) {
		gopm__allocation_failed();
		return GOPM_ERR_NO_MEMORY;
	}
	/* zlib's counters have 32 bits; sections may be larger. */
	while (result == Z_OK) {
		uInt room = (uInt)(size - done < 1U << 30 ? size - done : 1U << 30);
		uInt left = (uInt)(in_size - taken < 1U << 30 ? in_size - taken : 1U << 30);
		z.next_out = out + done;
		z.avail_out = room;
		z.avail_in = left;
		result = inflate(&z, Z_NO_FLUSH);
		done += room - z.avail_out;
		taken += left - z.avail_in;
		if (result == Z_BUF_ERROR || (result == Z_OK && room == z.avail_out && left == z.avail_in)) {
			break;
		}
	}
	(void)inflateEnd(&z);
	if (result == Z_MEM_ERROR || gopm__library_lacked_memory()) {
		gopm__allocation_failed();
		return GOPM_ERR_NO_MEMORY;
	}
	return result == Z_STREAM_END && done == size ? GOPM_OK : GOPM_ERR_FORMAT;
}

/* A compressed section: its kind, its declared size, and its bytes. */
struct packed_section {
	uint32_t type; /* ELFCOMPRESS_* */
	uint64_t size; /* unpacked */
	const uint8_t *in;
	uint64_t in_size;
};

static gopm_status unpack_section(const struct gopm__executable_private *p, struct gopm__section_slot *slot,
                                  const struct packed_section *packed)
{
	uint64_t size = packed->size, in_size = packed->in_size;
	const uint8_t *in = packed->in;
	uint32_t type = packed->type;
	gopm_status status;

	if (size > p->max_section_size || gopm__io_is_section_bomb(p->io, size, in_size)) {
		return GOPM_ERR_LIMIT;
	}
	/* Deflate compresses at most 1032 to 1. A larger declared size is false. */
	if (type == ELFCOMPRESS_ZLIB && size / 1032 > in_size + 1) {
		return GOPM_ERR_FORMAT;
	}
	if (!gopm__io_take_memory(p->io, size)) {
		return GOPM_ERR_LIMIT;
	}
	uint8_t *out = gopm__calloc(1, (size_t)size + PADDING);
	if (out == NULL) {
		gopm__io_give_memory(p->io, size);
		return GOPM_ERR_NO_MEMORY;
	}
	if (type == ELFCOMPRESS_ZLIB) {
		status = inflate_zlib(out, size, in, in_size);
	} else {
		gopm__library_begin();
		size_t got = ZSTD_decompress(out, (size_t)size, in, (size_t)in_size);
		status = !ZSTD_isError(got) && got == size ? GOPM_OK
		         : gopm__library_lacked_memory()   ? GOPM_ERR_NO_MEMORY
		                                           : GOPM_ERR_FORMAT;
	}
	if (status != GOPM_OK) {
		gopm__io_give_memory(p->io, size);
		free(out);
		return status;
	}
	slot->owned = out;
	slot->data = out;
	slot->size = size;
	return GOPM_OK;
}

static gopm_status load_compressed(const struct gopm__executable_private *p, struct gopm__section_slot *slot,
                                   const uint8_t *data, uint64_t size)
{
	struct gopm__cursor c = gopm__cursor(data, (size_t)size);
	uint32_t type = gopm__cursor_u32(&c);
	(void)gopm__cursor_u32(&c);
	uint64_t unpacked = gopm__cursor_u64(&c);
	(void)gopm__cursor_u64(&c);

	if (c.failed || (type != ELFCOMPRESS_ZLIB && type != ELFCOMPRESS_ZSTD)) {
		return GOPM_ERR_FORMAT;
	}
	const struct packed_section packed = {type, unpacked, c.at, gopm__cursor_left(&c)};
	return unpack_section(p, slot, &packed);
}

/* Decompresses a ".zdebug_*" section, GNU's form before SHF_COMPRESSED: "ZLIB", the size in big endian, a zlib
 * stream. */
static gopm_status load_gnu(const struct gopm__executable_private *p, struct gopm__section_slot *slot,
                            const uint8_t *data, uint64_t size)
{
	uint64_t unpacked = 0;

	if (size < 12 || memcmp(data, "ZLIB", 4) != 0) {
		return GOPM_ERR_FORMAT;
	}
	for (int i = 4; i < 12; i++) {
		unpacked = unpacked << 8 | data[i];
	}
	const struct packed_section packed = {ELFCOMPRESS_ZLIB, unpacked, data + 12, size - 12};
	return unpack_section(p, slot, &packed);
}

static gopm_status load_data(struct gopm__executable *exe, size_t index, bool gnu, struct gopm__section_slot *slot)
{
	const GElf_Shdr *s = &exe->private_->elf.sections[index];

	if (s->sh_type == SHT_NOBITS) {
		return GOPM_OK;
	}
	if (s->sh_size > exe->private_->max_section_size) {
		return GOPM_ERR_LIMIT;
	}
	const uint8_t *data = gopm__source_span(&exe->source, s->sh_offset, s->sh_size);
	if (data == NULL) {
		return GOPM_ERR_FORMAT;
	}
	if ((s->sh_flags & SHF_COMPRESSED) != 0) {
		return load_compressed(exe->private_, slot, data, s->sh_size);
	}
	if (gnu) {
		return load_gnu(exe->private_, slot, data, s->sh_size);
	}
	slot->data = data;
	slot->size = s->sh_size;
	return GOPM_OK;
}

/* Makes a section that cannot be read a finding. */
static void report_section(const struct gopm__executable *exe, size_t index, gopm_status status)
{
	struct gopm__place place = GOPM__AT_OFFSET(exe->source.name, exe->private_->elf.sections[index].sh_offset);
	struct gopm__findings *findings = exe->private_->findings;

	if (status == GOPM_ERR_LIMIT) {
		gopm__finding_add(
		    findings, GOPM_FINDING_LIMIT, place,
		    "section %zu is not read: it unpacks to more bytes than allowed; raise max_section_size, "
		    "max_unpacked_memory or max_unpacked_ratio, or use gopm --max-unpacked",
		    index);
	} else if (status != GOPM_OK) {
		gopm__finding_add(findings, GOPM_FINDING_BAD_SYMBOLS, place, "cannot read section %zu: %s", index,
		                  gopm_status_text(status));
	}
}

gopm_status gopm__section_load(struct gopm__executable *exe, size_t index, bool gnu, struct gopm__section *out)
{
	struct gopm__executable_private *p = exe->private_;
	struct gopm__section_slot *slot = &p->slots[index];
	const GElf_Shdr *s = &p->elf.sections[index];

	if (!slot->ready) {
		const uint64_t failures = gopm__failed_allocations();
		slot->status = load_data(exe, index, gnu, slot);
		slot->ready = gopm__is_cacheable(failures);
		if (slot->ready) {
			report_section(exe, index, slot->status);
		}
	}
	*out =
	    (struct gopm__section){slot->data, slot->size, (s->sh_flags & SHF_ALLOC) != 0 ? s->sh_addr + exe->bias : 0};
	return slot->status;
}
