/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval_private.h"

gopm_str gopm__function_package(gopm_str function)
{
	size_t start = 0;

	/* Type arguments in brackets have slashes of their own. */
	for (size_t i = 0; i < function.size && function.data[i] != '['; i++) {
		start = function.data[i] == '/' ? i : start;
	}
	const char *dot = function.size > start ? memchr(function.data + start, '.', function.size - start) : NULL;
	return (gopm_str){function.data, dot != NULL ? (size_t)(dot - function.data) : 0};
}
