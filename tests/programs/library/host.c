/* SPDX-License-Identifier: Apache-2.0 */
/* A C program that loads the library named by its argument, and waits inside it. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void *library;

static void *block(void *argument)
{
	long (*function)(long) = (long (*)(long))dlsym(library, "Block");

	(void)argument;
	function(42);
	return NULL;
}

static void *back(void *argument)
{
	void (*function)(void) = (void (*)(void))dlsym(library, "Back");

	(void)argument;
	function();
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t first, second;
	int (*start)(int);

	if (argc != 2)
		return 2;
	library = dlopen(argv[1], RTLD_NOW);
	if (library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	start = (int (*)(int))dlsym(library, "Start");
	if (start == NULL || start(5) != 5)
		return 1;
	pthread_create(&first, NULL, block, NULL);
	pthread_create(&second, NULL, back, NULL);
	sleep(1);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
