/* SPDX-License-Identifier: Apache-2.0 */
#include <gopm/value.h>

#include "api/vars.h"
#include "export/value_json.h"
#include "util/allocate.h"

gopm_status gopm__value_json_text(const gopm_value *value, uint32_t flags, struct gopm__text *text)
{
	struct gopm__arena scratch = {0};
	gopm_core *core = gopm__value_core(value);
	const uint64_t begun = gopm__call_begin();

	gopm__program_lock(core->program);
	struct gopm__context context = gopm__context(core->program, &scratch, gopm__value_limits(value));
	gopm__context_use_type(&context, gopm__value_variable(value)->type);
	gopm__variable_json(text, &context, gopm__value_variable(value),
	                    (flags & GOPM_VALUE_JSON_DELVE) != 0 ? 0 : GOPM__VALUE_JSON_OURS);
	gopm__program_unlock(core->program);
	gopm_status st =
	    gopm__call_result(begun, text->failed || context.no_memory ? GOPM_ERR_NO_MEMORY : GOPM_OK, NULL);
	gopm__arena_free(&scratch);
	return gopm__read_status(core, st, NULL);
}

gopm_status gopm_value_json(const gopm_value *value, uint32_t flags, char *buffer, size_t size, size_t *length)
{
	struct gopm__text text = {0};

	if (length != NULL) {
		*length = 0;
	}
	if (value == NULL || (buffer == NULL && size != 0)) {
		return GOPM_ERR_ARGUMENT;
	}
	if ((flags & ~GOPM_VALUE_JSON_DELVE) != 0) {
		return GOPM_ERR_UNSUPPORTED;
	}
	gopm_status st = gopm__value_json_text(value, flags, &text);
	if (st == GOPM_OK && size != 0) {
		size_t copy = text.size < size - 1 ? text.size : size - 1;
		memcpy(buffer, text.data, copy);
		buffer[copy] = '\0';
	}
	if (st == GOPM_OK && length != NULL) {
		*length = text.size;
	}
	gopm__text_free(&text);
	return st;
}
