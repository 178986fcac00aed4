/* SPDX-License-Identifier: Apache-2.0 */
#include "symbol/arg_info.h"

struct gopm__arg_liveness gopm__arg_liveness(struct gopm__reader *reader, const struct gopm__func *func, uint64_t pc)
{
	uint64_t info = gopm__funcdata(func, GOPM__FUNCDATA_ARG_LIVE), first = 0;
	uint32_t table = gopm__pcdata(func, GOPM__PCDATA_ARG_LIVE);
	struct gopm__arg_liveness live = {.first = 0xff};
	int32_t index = -1;

	if (info == 0 || !gopm__read_word(reader, info, 1, &first)) {
		return live;
	}
	live.first = (uint8_t)first;
	if (!gopm__pcvalue(func, table, pc, &index)) {
		return live;
	}
	if (index > 0) {
		live.bits = info + (uint32_t)index;
	}
	/* cmd/compile/internal/liveness/arg.go, allLiveIdx. In the prologue, before the first block, no
	 * slot is written yet. */
	live.all = index == -1 && !gopm__pcvalue_is_first(func, table, pc);
	return live;
}

bool gopm__arg_is_live(struct gopm__reader *reader, const struct gopm__arg_liveness *live, uint8_t offset, uint8_t slot)
{
	uint64_t bits;

	if (live->bits == 0 || offset < live->first) {
		return true;
	}
	return gopm__read_word(reader, live->bits + slot / 8, 1, &bits) && (bits >> (slot % 8) & 1) != 0;
}

bool gopm__arg_first(const struct gopm__func *func, const struct gopm__arg_liveness *live, uint8_t *slot)
{
	gopm_str name = func->module != NULL ? gopm__func_name(func->module, func->name) : (gopm_str){"", 0};

	*slot = 0;
	if (name.size == 0 || memchr(name.data, '[', name.size) == NULL) {
		return true;
	}
	*slot = live->first == 0 ? 1 : 0;
	return name.data[name.size - 1] == ']';
}

bool gopm__arg_next(struct gopm__reader *reader, struct gopm__arg_item *item)
{
	uint64_t at = item->next, byte, size, end = 0, first = UINT64_MAX;
	unsigned depth = 0;

	*item = (struct gopm__arg_item){.table = at};
	for (unsigned i = 0; i < GOPM__ARGS_MAX_BYTES && gopm__read_word(reader, at++, 1, &byte); i++) {
		switch (byte) {
		case GOPM__ARGS_END:
			return false;
		case GOPM__ARGS_DOTS:
			if (depth == 0) {
				return false;
			}
			item->cut = true;
			continue;
		case GOPM__ARGS_OPEN:
			item->composite = true;
			depth++;
			continue;
		case GOPM__ARGS_CLOSE:
			if (depth == 0) {
				return false;
			}
			depth--;
			break;
		case GOPM__ARGS_TOO_LARGE:
			item->cut = true;
			break;
		default:
			if (!gopm__read_word(reader, at++, 1, &size) || byte + size > UINT8_MAX) {
				return false;
			}
			first = byte < first ? byte : first;
			end = byte + size > end ? byte + size : end;
			break;
		}
		if (depth == 0) {
			item->next = at;
			item->lost = end == 0 && item->cut;
			item->offset = end != 0 ? (uint8_t)first : 0;
			item->size = end != 0 ? (uint8_t)(end - first) : 0;
			return true;
		}
	}
	return false;
}

bool gopm__arg_place(struct gopm__reader *reader, const struct gopm__func *func, uint64_t pc, size_t index,
                     uint8_t *offset, bool *live)
{
	uint64_t info = gopm__funcdata(func, GOPM__FUNCDATA_ARG_INFO), byte, size;
	struct gopm__arg_liveness liveness = gopm__arg_liveness(reader, func, pc);
	unsigned depth = 0;
	size_t at = 0;
	uint8_t slot;
	bool found = false;

	/* Otherwise a slot may never have been written. */
	*live = liveness.bits != 0 || liveness.all;
	if (info == 0 || !gopm__arg_first(func, &liveness, &slot)) {
		return false;
	}
	for (unsigned i = 0; i < GOPM__ARGS_MAX_BYTES && at <= index && gopm__read_word(reader, info + i, 1, &byte);
	     i++) {
		bool item = false;
		switch (byte) {
		case GOPM__ARGS_END:
		case GOPM__ARGS_DOTS:
			return found && depth == 0;
		case GOPM__ARGS_OPEN:
			depth++;
			continue;
		case GOPM__ARGS_CLOSE:
			if (depth == 0) {
				return false;
			}
			depth--;
			break;
		case GOPM__ARGS_TOO_LARGE:
			if (at == index) {
				return false;
			}
			break;
		default:
			if (!gopm__read_word(reader, info + ++i, 1, &size)) {
				return false;
			}
			item = true;
			break;
		}
		if (item && at == index) {
			*offset = !found || byte < *offset ? (uint8_t)byte : *offset;
			*live = *live && gopm__arg_is_live(reader, &liveness, (uint8_t)byte, slot);
			found = true;
		}
		slot = (uint8_t)(slot + (item && byte >= liveness.first ? 1 : 0));
		at += depth == 0 ? 1 : 0;
	}
	return found;
}
