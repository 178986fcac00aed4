/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sigcontext.h"

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
