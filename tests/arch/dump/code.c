/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the memory accesses of instructions and the registers they read: dump_code MACHINE FILE <LIST. MACHINE is an
 * ELF machine number. Each line of LIST is the offset of an instruction in FILE, in hex. A line of output has its size,
 * the mask of registers read, and its memory operands: r or w, base, displacement, size. Size 0: not decoded. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "arch/arch.h"
#include "arch/instruction.h"

static char letter(const struct gopm__code_effect *e)
{
	switch (e->kind) {
	case GOPM__CODE_LOAD:
	case GOPM__CODE_READ:
		return 'r';
	case GOPM__CODE_STORE:
	case GOPM__CODE_STORE_CONSTANT:
	case GOPM__CODE_STORE_OTHER:
		return 'w';
	default:
		return 0;
	}
}

int main(int argc, char **argv)
{
	const struct gopm__arch *arch = argc == 3 ? gopm__arch_by_machine((uint16_t)strtoul(argv[1], NULL, 10)) : NULL;
	int file = argc == 3 ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1;
	struct stat st;
	char line[64];

	if (arch == NULL || file < 0 || fstat(file, &st) != 0) {
		(void)fprintf(stderr, "usage: dump_code MACHINE FILE <LIST\n");
		return 2;
	}
	const uint8_t *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	if (bytes == MAP_FAILED) {
		return 1;
	}
	while (fgets(line, sizeof line, stdin) != NULL) {
		struct gopm__instruction i;
		uint64_t at = strtoull(line, NULL, 16);
		if (at >= (uint64_t)st.st_size ||
		    !arch->code->decode(bytes + at, (size_t)((uint64_t)st.st_size - at), at, &i)) {
			(void)printf("0 0\n");
			continue;
		}
		(void)printf("%u %" PRIx64, i.size, i.reads);
		for (unsigned k = 0; k < i.effect_count; k++) {
			const struct gopm__code_effect *e = &i.effects[k];
			if (letter(e) != 0) {
				(void)printf(" %c,%u,%" PRId64 ",%u", letter(e), e->base, e->value, e->size);
			}
		}
		(void)printf("\n");
	}
	return 0;
}
