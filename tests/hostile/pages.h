/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of the files that a function touches. */
#ifndef GOPM_TESTS_HOSTILE_PAGES_H
#define GOPM_TESTS_HOSTILE_PAGES_H

#include <stddef.h>
#include <stdint.h>

/* Calls `read`, and returns the number of pages of core_file and exe_file that it touched. `pages` is static. The pages
 * of the core come first, then those of the executable, in their order. */
size_t pages_record(void (*read)(void), uint8_t ***pages);

#endif
