/* SPDX-License-Identifier: Apache-2.0 */
#include "export/trace_args.h"

#include <inttypes.h>

#include "symbol/arg_info.h"

enum { MAX_RAW_WORDS = 10 };

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
	struct gopm__arg_liveness live = gopm__arg_liveness(reader, func, pc);
	bool start = true;
	uint8_t slot = 0;

	if (info == 0 || argp == 0) {
		return;
	}
	for (unsigned i = 0;
	     i < GOPM__ARGS_MAX_BYTES && gopm__read_word(reader, info + i, 1, &byte) && byte != GOPM__ARGS_END; i++) {
		if (byte != GOPM__ARGS_CLOSE && !start) {
			gopm__text_str(out, ", ");
		}
		start = false;
		switch (byte) {
		case GOPM__ARGS_OPEN:
			gopm__text_str(out, "{");
			start = true;
			break;
		case GOPM__ARGS_CLOSE:
			gopm__text_str(out, "}");
			break;
		case GOPM__ARGS_DOTS:
			gopm__text_str(out, "...");
			break;
		case GOPM__ARGS_TOO_LARGE:
			gopm__text_str(out, "_");
			break;
		default:
			if (!gopm__read_word(reader, info + ++i, 1, &size)) {
				return;
			}
			print_word(reader, argp + byte, (uint8_t)size,
			           gopm__arg_is_live(reader, &live, (uint8_t)byte, slot), out);
			if (byte >= live.first) {
				slot++;
			}
		}
	}
}

void gopm__trace_raw_args(struct gopm__reader *reader, const struct gopm__func *func, uint64_t argp,
                          struct gopm__text *out)
{
	/* A negative size means unknown. */
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
