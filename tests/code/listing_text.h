/* SPDX-License-Identifier: Apache-2.0 */
/* Text of a limited size; what does not fit is cut. */
#ifndef GOPM_TESTS_LISTING_TEXT_H
#define GOPM_TESTS_LISTING_TEXT_H

#include <stddef.h>

struct text {
	char data[4096];
	size_t size;
};

__attribute__((format(printf, 2, 3))) void add_text(struct text *text, const char *format, ...);

#endif
