/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/gopm.h>
#include <stdlib.h>

#include "read.h"

static void insist(bool ok)
{
	if (!ok) {
		abort();
	}
}

void read_lists(gopm_core *core)
{
	static gopm_function functions[64];
	static gopm_source_file files[64];
	static gopm_type_name types[64];
	gopm_function_iter *of_functions;
	gopm_source_file_iter *of_files;
	gopm_type_iter *of_types;
	size_t got;

	if (gopm_function_iter_open(core, NULL, &of_functions, NULL) == GOPM_OK) {
		while (gopm_function_iter_next(of_functions, functions, sizeof functions[0], 64, &got) == GOPM_OK) {
			insist(got <= 64 && functions[got - 1].entry < functions[got - 1].end);
		}
	}
	if (gopm_source_file_iter_open(core, "*.go", &of_files, NULL) == GOPM_OK) {
		while (gopm_source_file_iter_next(of_files, files, sizeof files[0], 64, &got) == GOPM_OK) {
			insist(got <= 64 && files[got - 1].path.size > 3);
		}
	}
	if (gopm_type_iter_open(core, "*a*", &of_types, NULL) == GOPM_OK) {
		while (gopm_type_iter_next(of_types, types, sizeof types[0], 64, &got) == GOPM_OK) {
			insist(got <= 64 && types[got - 1].name.size != 0);
		}
	}
	gopm_function_iter_free(of_functions);
	gopm_source_file_iter_free(of_files);
	gopm_type_iter_free(of_types);
}
