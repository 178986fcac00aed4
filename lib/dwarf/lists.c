/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/lists.h"

#include <gopm/core.h>

/* DW_LLE_*. DW_RLE_* are the same but for DW_LLE_default_location, which they lack (7.7.3 and 7.25 of DWARF 5). */
enum {
	END_OF_LIST,
	BASE_ADDRESSX,
	STARTX_ENDX,
	STARTX_LENGTH,
	OFFSET_PAIR,
	LLE_DEFAULT_LOCATION,
	LLE_BASE_ADDRESS,
	LLE_START_END,
	LLE_START_LENGTH,
};

bool gopm__address_at(const struct gopm__list_unit *unit, uint64_t index, uint64_t *out)
{
	struct gopm__cursor c = gopm__cursor(unit->address.data, (size_t)unit->address.size);

	*out = 0;
	if (index > unit->address.size / 8 || unit->addr_base > unit->address.size) {
		return false;
	}
	gopm__cursor_seek(&c, unit->addr_base + index * 8);
	*out = gopm__cursor_u64(&c);
	return !c.failed;
}

bool gopm__list_offset(const struct gopm__section *section, const struct gopm__list_unit *unit, uint64_t lists_base,
                       uint64_t index, uint64_t *out)
{
	struct gopm__cursor c = gopm__cursor(section->data, (size_t)section->size);
	unsigned size = unit->offset_size;

	*out = 0;
	if (index > section->size / size || lists_base > section->size) {
		return false;
	}
	gopm__cursor_seek(&c, lists_base + index * size);
	uint64_t relative = size == 8 ? gopm__cursor_u64(&c) : gopm__cursor_u32(&c);
	if (c.failed || relative > section->size - lists_base) {
		return false;
	}
	*out = lists_base + relative;
	return true;
}

struct gopm__list gopm__list_open(const struct gopm__section *section, uint64_t offset,
                                  const struct gopm__list_unit *unit, bool locations)
{
	struct gopm__list list = {gopm__cursor(section->data, (size_t)section->size), unit, unit->base, locations};

	gopm__cursor_seek(&list.at, offset);
	return list;
}

static gopm_status next_entry4(struct gopm__list *list, struct gopm__list_entry *out)
{
	struct gopm__cursor *c = &list->at;

	for (;;) {
		uint64_t low = gopm__cursor_u64(c);
		uint64_t high = gopm__cursor_u64(c);
		if (c->failed) {
			return GOPM_ERR_FORMAT;
		}
		if (low == 0 && high == 0) {
			return GOPM_DONE;
		}
		if (low == UINT64_MAX) {
			list->base = high;
			continue;
		}
		out->range = (struct gopm__pc_range){list->base + low, list->base + high};
		if (list->locations) {
			out->expression_size = gopm__cursor_u16(c);
			out->expression = gopm__cursor_bytes(c, (size_t)out->expression_size);
		}
		return c->failed ? GOPM_ERR_FORMAT : GOPM_OK;
	}
}

static gopm_status next_entry5(struct gopm__list *list, struct gopm__list_entry *out)
{
	struct gopm__cursor *c = &list->at;
	struct gopm__pc_range *r = &out->range;

	for (;;) {
		unsigned kind = gopm__cursor_u8(c);
		bool good = true;
		if (c->failed) {
			return GOPM_ERR_FORMAT;
		}
		if (!list->locations && kind >= LLE_DEFAULT_LOCATION) {
			kind++;
		}
		switch (kind) {
		case END_OF_LIST:
			return GOPM_DONE;
		case BASE_ADDRESSX:
			if (!gopm__address_at(list->unit, gopm__cursor_uleb(c), &list->base)) {
				return GOPM_ERR_FORMAT;
			}
			continue;
		case LLE_BASE_ADDRESS:
			list->base = gopm__cursor_u64(c);
			continue;
		case STARTX_ENDX:
			good = gopm__address_at(list->unit, gopm__cursor_uleb(c), &r->low);
			good = gopm__address_at(list->unit, gopm__cursor_uleb(c), &r->high) && good;
			break;
		case STARTX_LENGTH:
			good = gopm__address_at(list->unit, gopm__cursor_uleb(c), &r->low);
			r->high = r->low + gopm__cursor_uleb(c);
			break;
		case OFFSET_PAIR:
			r->low = list->base + gopm__cursor_uleb(c);
			r->high = list->base + gopm__cursor_uleb(c);
			break;
		case LLE_DEFAULT_LOCATION:
			out->fallback = true;
			break;
		case LLE_START_END:
			r->low = gopm__cursor_u64(c);
			r->high = gopm__cursor_u64(c);
			break;
		case LLE_START_LENGTH:
			r->low = gopm__cursor_u64(c);
			r->high = r->low + gopm__cursor_uleb(c);
			break;
		default:
			return GOPM_ERR_FORMAT;
		}
		if (list->locations) {
			out->expression_size = gopm__cursor_uleb(c);
			out->expression = out->expression_size <= gopm__cursor_left(c)
			                      ? gopm__cursor_bytes(c, (size_t)out->expression_size)
			                      : NULL;
			good = good && out->expression != NULL;
		}
		return good && !c->failed ? GOPM_OK : GOPM_ERR_FORMAT;
	}
}

gopm_status gopm__list_next(struct gopm__list *list, struct gopm__list_entry *out)
{
	*out = (struct gopm__list_entry){0};
	return list->unit->version >= 5 ? next_entry5(list, out) : next_entry4(list, out);
}

gopm_status gopm__location_find(const struct gopm__section *section, uint64_t offset,
                                const struct gopm__list_unit *unit, uint64_t pc, const uint8_t **expression,
                                uint64_t *size)
{
	struct gopm__list list = gopm__list_open(section, offset, unit, true);
	struct gopm__list_entry entry;
	bool found = false;
	gopm_status st;

	*expression = NULL;
	*size = 0;
	while ((st = gopm__list_next(&list, &entry)) == GOPM_OK) {
		bool covers = pc >= entry.range.low && pc < entry.range.high;
		if (covers || (entry.fallback && !found)) {
			*expression = entry.expression;
			*size = entry.expression_size;
			found = true;
		}
		if (covers) {
			return GOPM_OK;
		}
	}
	if (st != GOPM_DONE) {
		return st;
	}
	return found ? GOPM_OK : GOPM_NOT_FOUND;
}
