/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluates expressions on a frame with correct DWARF. The input: 16 bits of length, the expression, then changes to
 * the memory of the process, each 16 bits of offset and a byte. */
#include <stdlib.h>
#include <string.h>

#include "eval/eval.h"
#include "fuzz/fuzz.h"
#include "support/testframe.h"
#include "value/text.h"

static void ask(struct test_frame *t, const char *expression)
{
	const struct gopm__eval_scope scope = {.variables = t->variables, .function = {"main.f", 6}};
	struct gopm__eval_error error;
	struct gopm__variable v;
	struct gopm__text text = {0};

	t->context.budget = 2000;
	gopm_status status = gopm__eval(&t->context, &scope, expression, &v, &error);
	if ((status == GOPM_OK) != (error.status == GOPM_OK) ||
	    (status != GOPM_OK && (error.text == NULL || error.at > strlen(expression)))) {
		abort();
	}
	if (status == GOPM_OK) {
		gopm__variable_load(&t->context, &v, 0);
		gopm__variable_text(&text, &t->context, &v);
		gopm__text_free(&text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct test_dwarf made;
	struct test_frame t;
	uint16_t length;

	if (size < sizeof length) {
		return 0;
	}
	memcpy(&length, data, sizeof length);
	data += sizeof length;
	size -= sizeof length;
	size_t own = length < size ? length : size;
	char *expression = malloc(own + 1);
	if (expression == NULL) {
		return 0;
	}
	memcpy(expression, data, own);
	expression[own] = '\0';
	test_dwarf_make(&made, 5);
	for (size_t i = own; i + 2 < size; i += 3) {
		size_t at = (size_t)data[i] | (size_t)data[i + 1] << 8;
		if (made.memory.size != 0) {
			made.memory.data[at % made.memory.size] = data[i + 2];
		}
	}
	test_frame_open(&t, &made, 5);
	if (t.dwarf != NULL && test_frame_at(&t, TESTDWARF_LOW, 0, 50) == GOPM_OK) {
		ask(&t, expression);
	}
	test_frame_close(&t);
	test_dwarf_free(&made);
	free(expression);
	return 0;
}
