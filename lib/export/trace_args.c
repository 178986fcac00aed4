#include "export/trace_args.h"

#include <inttypes.h>

/* internal/abi/symtab.go: FUNCDATA_ArgInfo is a sequence of offset and size, and these. */
enum {
	ARGS_END = 0xff,
	ARGS_OPEN = 0xfe,
	ARGS_CLOSE = 0xfd,
	ARGS_DOTS = 0xfc,
	ARGS_TOO_LARGE = 0xfb,
	MAX_ARGS_BYTES = 256,
	MAX_RAW_WORDS = 10,
};

/* Which spill slots hold their argument at this pc: FUNCDATA_ArgLiveInfo. */
struct liveness {
	uint64_t bits; /* address of the bit map; 0: everything is live */
	uint8_t first; /* slots at lower offsets are always live */
};

static struct liveness liveness_at(struct gopm__reader *reader, const struct gopm__func *func, uint64_t pc)
{
	uint64_t info = gopm__funcdata(func, GOPM__FUNCDATA_ARG_LIVE), first = 0;
	struct liveness live = {0, 0xff};
	int32_t index = -1;

	if (info == 0 || !gopm__read_word(reader, info, 1, &first)) {
		return live;
	}
	live.first = (uint8_t)first;
	if (gopm__pcvalue(func, gopm__pcdata(func, GOPM__PCDATA_ARG_LIVE), pc, &index) && index > 0) {
		live.bits = info + (uint32_t)index;
	}
	return live;
}

static bool is_live(struct gopm__reader *reader, const struct liveness *live, uint8_t offset, uint8_t slot)
{
	uint64_t bits;

	if (live->bits == 0 || offset < live->first) {
		return true;
	}
	return gopm__read_word(reader, live->bits + slot / 8, 1, &bits) && (bits >> (slot % 8) & 1) != 0;
}

static void print_word(struct gopm__reader *reader, uint64_t address, uint8_t size, bool live, struct gopm__text *out)
{
	uint64_t word = 0;
	uint8_t bytes[8] = {0};

	if (size > 8 || gopm__read_copy(reader, address, bytes, size) != size) {
		gopm__text_str(out, "?");
		return;
	}
	word = gopm__load64(bytes);
	gopm__text_printf(out, "0x%" PRIx64 "%s", word, live ? "" : "?");
}

void gopm__trace_args(struct gopm__reader *reader, const struct gopm__func *func, uint64_t argp, uint64_t pc,
                      struct gopm__text *out)
{
	uint64_t info = gopm__funcdata(func, GOPM__FUNCDATA_ARG_INFO), byte, size;
	struct liveness live = liveness_at(reader, func, pc);
	bool start = true;
	uint8_t slot = 0;

	if (info == 0 || argp == 0) {
		return;
	}
	for (unsigned i = 0; i < MAX_ARGS_BYTES && gopm__read_word(reader, info + i, 1, &byte) && byte != ARGS_END;
	     i++) {
		if (byte != ARGS_CLOSE && !start) {
			gopm__text_str(out, ", ");
		}
		start = false;
		switch (byte) {
		case ARGS_OPEN:
			gopm__text_str(out, "{");
			start = true;
			break;
		case ARGS_CLOSE:
			gopm__text_str(out, "}");
			break;
		case ARGS_DOTS:
			gopm__text_str(out, "...");
			break;
		case ARGS_TOO_LARGE:
			gopm__text_str(out, "_");
			break;
		default:
			if (!gopm__read_word(reader, info + ++i, 1, &size)) {
				return;
			}
			print_word(reader, argp + byte, (uint8_t)size, is_live(reader, &live, (uint8_t)byte, slot),
			           out);
			if (byte >= live.first) {
				slot++;
			}
		}
	}
}

void gopm__trace_raw_args(struct gopm__reader *reader, const struct gopm__func *func, uint64_t argp,
                          struct gopm__text *out)
{
	/* A negative size stands for an unknown one. */
	for (int32_t i = 0; i < func->args / 8 && argp != 0; i++) {
		if (i == MAX_RAW_WORDS) {
			gopm__text_str(out, ", ...");
			break;
		}
		if (i != 0) {
			gopm__text_str(out, ", ");
		}
		print_word(reader, argp + (uint64_t)i * 8, 8, true, out);
	}
}
