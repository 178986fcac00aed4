/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sigcontext.h"

#include <signal.h>

#define MAX_SIGNAL 64

static bool read_saved_word(void *reader, uint64_t address, uint64_t *out)
{
	return gopm__read_u64(reader, address, out);
}

bool gopm__sigcontext_read(const struct gopm__arch *arch, struct gopm__reader *reader, uint64_t cfa,
                           struct gopm__registers *out)
{
	uint64_t word;

	memset(out, 0, sizeof *out);
	if (arch->sigcontext == NULL) {
		return false;
	}
	for (size_t i = 0; i < arch->register_count; i++) {
		if (arch->sigcontext[i] == 0) {
			continue;
		}
		if (!gopm__read_u64(reader, cfa + arch->sigcontext[i], &word)) {
			return false;
		}
		out->value[i] = word;
	}
	if (arch->vectors.saved != NULL) {
		out->vectors = arch->vectors.saved(read_saved_word, reader, cfa);
		out->vectors_in = out->vectors != 0 ? GOPM__VECTORS_MEMORY : GOPM__VECTORS_NOWHERE;
	}
	return true;
}

/* Offsets in siginfo_t; the same on every 64-bit Linux. */
enum { SIGINFO_SIGNO = 0, SIGINFO_CODE = 8, SIGINFO_ADDR = 16 };

bool gopm__siginfo_is_fault(int32_t signal, int32_t code)
{
	return code > 0 &&
	       (signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE || signal == SIGTRAP);
}

bool gopm__siginfo_is_sent(int32_t code)
{
	return code == SI_USER || code == SI_TKILL || code == SI_QUEUE;
}

bool gopm__siginfo_read(const struct gopm__arch *arch, struct gopm__reader *reader, uint64_t cfa,
                        struct gopm__siginfo *out)
{
	uint64_t at = cfa + arch->siginfo, number, code, address;

	*out = (struct gopm__siginfo){0};
	if (arch->sigcontext == NULL || !gopm__read_word(reader, at + SIGINFO_SIGNO, 4, &number) ||
	    !gopm__read_word(reader, at + SIGINFO_CODE, 4, &code) ||
	    !gopm__read_u64(reader, at + SIGINFO_ADDR, &address) || number == 0 || number > MAX_SIGNAL) {
		return false;
	}
	out->signal = (int32_t)number;
	out->code = (int32_t)(uint32_t)code;
	out->raw_address = address;
	out->sender = gopm__siginfo_is_sent(out->code) ? (uint32_t)address : 0;
	out->address = gopm__siginfo_is_fault(out->signal, out->code) ? address : 0;
	return true;
}
