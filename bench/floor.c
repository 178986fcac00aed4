/* SPDX-License-Identifier: Apache-2.0 */
/* The floor for a program that lists goroutines: maps the core, touches each g and eight words of each stack, and
 * prints milliseconds. Reads the addresses from standard input before the clock starts: lines of "G STACK" in
 * hexadecimal. */
#include <elf.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The bytes of `address` in the file, or NULL. `segments` are sorted by address. */
static const unsigned char *find(const unsigned char *file, const Elf64_Phdr *segments, size_t count, uint64_t address)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (segments[middle].p_vaddr + segments[middle].p_memsz <= address) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low == count || address < segments[low].p_vaddr ||
	    address - segments[low].p_vaddr + 64 > segments[low].p_filesz) {
		return NULL;
	}
	return file + segments[low].p_offset + (address - segments[low].p_vaddr);
}

static int by_address(const void *a, const void *b)
{
	const Elf64_Phdr *left = a, *right = b;

	return (left->p_vaddr > right->p_vaddr) - (left->p_vaddr < right->p_vaddr);
}

int main(int argc, char **argv)
{
	uint64_t(*pairs)[2] = NULL, g, stack, sum = 0;
	size_t count = 0, capacity = 0;
	struct stat st;

	while (scanf("%" SCNx64 " %" SCNx64, &g, &stack) == 2) {
		if (count == capacity) {
			capacity = capacity != 0 ? capacity * 2 : 1024;
			pairs = realloc(pairs, capacity * sizeof *pairs);
			if (pairs == NULL) {
				return 1;
			}
		}
		pairs[count][0] = g;
		pairs[count++][1] = stack;
	}
	double start = now();
	int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0 || fstat(fd, &st) != 0) {
		perror("floor");
		return 1;
	}
	const unsigned char *file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (file == MAP_FAILED) {
		perror("floor");
		return 1;
	}
	const Elf64_Ehdr *header = (const void *)file;
	const Elf64_Phdr *all = (const void *)(file + header->e_phoff);
	Elf64_Phdr *segments = calloc(header->e_phnum, sizeof *segments);
	size_t loads = 0;
	if (segments == NULL) {
		return 1;
	}
	for (size_t i = 0; i < header->e_phnum; i++) {
		if (all[i].p_type == PT_LOAD) {
			segments[loads++] = all[i];
		}
	}
	qsort(segments, loads, sizeof *segments, by_address);
	for (size_t i = 0; i < count; i++) {
		const uint64_t *words = (const void *)find(file, segments, loads, pairs[i][0]);

		sum += words != NULL ? words[0] : 0;
		words = (const void *)find(file, segments, loads, pairs[i][1]);
		for (size_t w = 0; words != NULL && w < 8; w++) {
			sum += words[w];
		}
	}
	printf("%.1f\n", now() - start);
	free(segments);
	free(pairs);
	close(fd);
	return sum == 42 ? 2 : 0;
}
