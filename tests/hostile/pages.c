/* SPDX-License-Identifier: Apache-2.0 */
#include "hostile/pages.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "hostile/files.h"

#define MAX_PAGES 65536

static uint8_t *touched[MAX_PAGES];
static size_t touched_count;

/* Opens the page of the first access. */
static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	uint8_t *page = (uint8_t *)info->si_addr - (uintptr_t)info->si_addr % PAGE_BYTES;

	(void)context;
	if ((file_contains(&core_file, page) || file_contains(&exe_file, page)) && touched_count < MAX_PAGES &&
	    mprotect(page, PAGE_BYTES, PROT_READ | PROT_WRITE) == 0) {
		touched[touched_count++] = page;
		return;
	}
	(void)signal(signal_number, SIG_DFL);
}

static void protect(const struct file *file, int protection)
{
	if (file->data != NULL) {
		require(mprotect(file->data, file->capacity, protection) == 0, "protecting a file");
	}
}

/* The order must be the same in each run, wherever the files are mapped. */
static int compare_pages(const void *x, const void *y)
{
	uint8_t *const *a = x, *const *b = y;
	const int in_exe = file_contains(&exe_file, *a) - file_contains(&exe_file, *b);

	return in_exe != 0 ? in_exe : (*a < *b ? -1 : *a > *b);
}

size_t pages_record(void (*read)(void), uint8_t ***pages)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER}, old_segv, old_bus;

	touched_count = 0;
	(void)sigaction(SIGSEGV, &action, &old_segv);
	(void)sigaction(SIGBUS, &action, &old_bus);
	protect(&core_file, PROT_NONE);
	protect(&exe_file, PROT_NONE);
	read();
	protect(&core_file, PROT_READ | PROT_WRITE);
	protect(&exe_file, PROT_READ | PROT_WRITE);
	(void)sigaction(SIGSEGV, &old_segv, NULL);
	(void)sigaction(SIGBUS, &old_bus, NULL);
	qsort(touched, touched_count, sizeof touched[0], compare_pages);
	*pages = touched;
	return touched_count;
}
