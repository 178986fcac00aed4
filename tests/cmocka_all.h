/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka.h wants these before it. */
#ifndef GOPM_TESTS_CMOCKA_ALL_H
#define GOPM_TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
