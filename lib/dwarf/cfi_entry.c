/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/cfi_entry.h"

/* DW_EH_PE_*: the format is in the low four bits, the base in the next three (Linux Standard Base 5.0, 10.5). */
enum {
	PE_ABSPTR = 0x00,
	PE_UDATA2 = 0x02,
	PE_UDATA4 = 0x03,
	PE_UDATA8 = 0x04,
	PE_SDATA2 = 0x0a,
	PE_SDATA4 = 0x0b,
	PE_SDATA8 = 0x0c,
	PE_FORMAT = 0x0f,
	PE_PCREL = 0x10,
	PE_BASE = 0x70,
	PE_INDIRECT = 0x80,
	PE_OMIT = 0xff,
};

#define LONG_FORM UINT32_C(0xffffffff)
#define ADDRESS_SIZE 8

bool gopm__cfi_pointer(const struct gopm__cfi_table *table, struct gopm__cursor *c, uint8_t encoding, uint64_t *out)
{
	const uint64_t place = table->address + gopm__cursor_offset(c);

	if (encoding == PE_OMIT || (encoding & PE_INDIRECT) != 0) {
		return false;
	}
	switch (encoding & PE_FORMAT) {
	case PE_ABSPTR:
	case PE_UDATA8:
	case PE_SDATA8:
		*out = gopm__cursor_u64(c);
		break;
	case PE_UDATA2:
		*out = gopm__cursor_u16(c);
		break;
	case PE_UDATA4:
		*out = gopm__cursor_u32(c);
		break;
	case PE_SDATA2:
		*out = (uint64_t)(int64_t)(int16_t)gopm__cursor_u16(c);
		break;
	case PE_SDATA4:
		*out = (uint64_t)(int64_t)(int32_t)gopm__cursor_u32(c);
		break;
	default:
		return false;
	}
	switch (encoding & PE_BASE) {
	case 0:
		*out += table->bias;
		break;
	case PE_PCREL:
		*out += place;
		break;
	default:
		return false;
	}
	return !c->failed;
}

gopm_status gopm__cfi_entry(const struct gopm__cfi_table *table, uint64_t offset, struct gopm__cfi_entry *out)
{
	struct gopm__cursor c = gopm__cursor(table->data, (size_t)table->size);

	*out = (struct gopm__cfi_entry){.offset = offset};
	gopm__cursor_seek(&c, offset);
	if (gopm__cursor_left(&c) < 4) {
		return GOPM_DONE;
	}
	uint64_t length = gopm__cursor_u32(&c);
	const bool wide = length == LONG_FORM;
	if (wide) {
		length = gopm__cursor_u64(&c);
	}
	/* Linkers put an empty entry at the end of .eh_frame, and may put one between two files. */
	if (length == 0 && !c.failed) {
		out->next = gopm__cursor_offset(&c);
		return table->eh_frame ? GOPM_NOT_FOUND : GOPM_ERR_FORMAT;
	}
	if (c.failed || length > gopm__cursor_left(&c)) {
		return GOPM_ERR_FORMAT;
	}
	out->next = gopm__cursor_offset(&c) + length;
	c.end = c.begin + out->next;
	const uint64_t id_place = gopm__cursor_offset(&c);
	/* In .eh_frame, the id has 4 bytes in either form in practice, as its readers expect. */
	const uint64_t id = wide && !table->eh_frame ? gopm__cursor_u64(&c) : gopm__cursor_u32(&c);
	if (c.failed) {
		return GOPM_ERR_FORMAT;
	}
	if (table->eh_frame) {
		out->is_cie = id == 0;
		out->cie = id_place - id;
		if (id > id_place) {
			return GOPM_ERR_FORMAT;
		}
	} else {
		out->is_cie = id == (wide ? UINT64_MAX : LONG_FORM);
		out->cie = id;
	}
	out->content = c;
	return GOPM_OK;
}

/* Reads the data that the augmentation string, which begins with 'z', describes. */
static gopm_status read_augmentation(const struct gopm__cfi_table *table, struct gopm__cursor *c, const char *text,
                                     struct gopm__cie *out)
{
	const uint64_t size = gopm__cursor_uleb(c);
	const uint8_t *data = size <= gopm__cursor_left(c) ? c->at : NULL;

	if (data == NULL) {
		return GOPM_ERR_FORMAT;
	}
	struct gopm__cursor a = *c;
	a.end = a.at + size;
	(void)gopm__cursor_bytes(c, (size_t)size);
	out->has_augmentation = true;
	for (const char *p = text + 1; *p != '\0'; p++) {
		uint64_t pointer;
		switch (*p) {
		case 'R':
			out->pointer_encoding = gopm__cursor_u8(&a);
			break;
		case 'L':
			(void)gopm__cursor_u8(&a);
			break;
		case 'P': {
			const uint8_t encoding = gopm__cursor_u8(&a);
			if (!gopm__cfi_pointer(table, &a, encoding & (uint8_t)~PE_INDIRECT, &pointer)) {
				return GOPM_ERR_UNSUPPORTED;
			}
			break;
		}
		case 'S':
			out->signal = true;
			break;
		case 'B': /* arm64: the key of authentication codes */
		case 'G': /* arm64: memory tagging of the stack */
			break;
		default:
			/* The rest of the data is not needed. */
			return a.failed ? GOPM_ERR_FORMAT : GOPM_OK;
		}
	}
	return a.failed ? GOPM_ERR_FORMAT : GOPM_OK;
}

gopm_status gopm__cie_read(const struct gopm__cfi_table *table, uint64_t offset, struct gopm__cie *out)
{
	struct gopm__cfi_entry entry;
	gopm_status status = gopm__cfi_entry(table, offset, &entry);

	*out = (struct gopm__cie){.offset = offset};
	if (status != GOPM_OK || !entry.is_cie) {
		return GOPM_ERR_FORMAT;
	}
	struct gopm__cursor c = entry.content;
	const uint8_t version = gopm__cursor_u8(&c);
	const size_t left = gopm__cursor_left(&c), length = left != 0 ? strnlen((const char *)c.at, left) : 0;
	const char *text = (const char *)c.at;
	if (length == left) {
		return GOPM_ERR_FORMAT;
	}
	(void)gopm__cursor_bytes(&c, length + 1);
	if (version != 1 && version != 3 && version != 4) {
		return GOPM_ERR_UNSUPPORTED;
	}
	if (version == 4) {
		const uint8_t address_size = gopm__cursor_u8(&c), segment_size = gopm__cursor_u8(&c);
		if (address_size != ADDRESS_SIZE || segment_size != 0) {
			return GOPM_ERR_UNSUPPORTED;
		}
	}
	out->code_align = gopm__cursor_uleb(&c);
	out->data_align = gopm__cursor_sleb(&c);
	out->return_column = version == 1 ? gopm__cursor_u8(&c) : gopm__cursor_uleb(&c);
	if (length != 0) {
		if (text[0] != 'z') {
			return GOPM_ERR_UNSUPPORTED;
		}
		status = read_augmentation(table, &c, text, out);
		if (status != GOPM_OK) {
			return status;
		}
	}
	out->code = c.at;
	out->code_size = gopm__cursor_left(&c);
	return c.failed ? GOPM_ERR_FORMAT : GOPM_OK;
}

gopm_status gopm__fde_read(const struct gopm__cfi_table *table, const struct gopm__cie *cie,
                           const struct gopm__cfi_entry *entry, struct gopm__fde *out, struct gopm__cursor *code)
{
	struct gopm__cursor c = entry->content;
	uint64_t start, size;
	/* The size has the format of the address, and no base. */
	struct gopm__cfi_table absolute = *table;

	absolute.bias = 0;
	if (!gopm__cfi_pointer(table, &c, cie->pointer_encoding, &start) ||
	    !gopm__cfi_pointer(&absolute, &c, cie->pointer_encoding & PE_FORMAT, &size)) {
		return c.failed ? GOPM_ERR_FORMAT : GOPM_ERR_UNSUPPORTED;
	}
	if (cie->has_augmentation) {
		const uint64_t skipped = gopm__cursor_uleb(&c);
		if (skipped > gopm__cursor_left(&c)) {
			return GOPM_ERR_FORMAT;
		}
		(void)gopm__cursor_bytes(&c, (size_t)skipped);
	}
	if (c.failed || size > UINT64_MAX - start) {
		return GOPM_ERR_FORMAT;
	}
	*out = (struct gopm__fde){start, start + size, entry->offset};
	*code = c;
	return GOPM_OK;
}
