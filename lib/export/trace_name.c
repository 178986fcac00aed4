/* SPDX-License-Identifier: Apache-2.0 */
#include "export/trace_name.h"

#include <string.h>

#include "symbol/functions.h"
#include "util/escape.h"

static void add_part(struct gopm__text *out, const char *begin, const char *end)
{
	gopm__text_escaped(out, (gopm_str){begin, (size_t)(end - begin)}, 0);
}

/* Source: runtime/traceback.go, funcNamePiecesForPrint. Since Go 1.27 a generic method of a generic type has two lists
 * of type arguments: "a[x].b[y]". Before Go 1.27 no name has that form. */
void gopm__trace_name(gopm_str name, struct gopm__text *out)
{
	const char *open = name.size != 0 ? memchr(name.data, '[', name.size) : NULL;
	const char *close = name.size != 0 ? memrchr(name.data, ']', name.size) : NULL;

	if (gopm__function_role(name, true) == GOPM__ROLE_GOPANIC) {
		/* The name in the source code. */
		gopm__text_str(out, "panic");
		return;
	}
	if (open == NULL || close == NULL || close < open) {
		gopm__text_escaped(out, name, 0);
		return;
	}
	const char *middle_begin = NULL, *middle_end = NULL;
	int depth = 1;
	for (const char *p = open + 1; p < close; p++) {
		if (*p == '[' && ++depth == 1) {
			middle_end = p;
			break;
		}
		if (*p == ']' && --depth == 0) {
			middle_begin = p + 1;
		}
	}
	add_part(out, name.data, open);
	gopm__text_str(out, "[...]");
	if (middle_begin != NULL && middle_end != NULL && middle_begin <= middle_end) {
		add_part(out, middle_begin, middle_end);
		gopm__text_str(out, "[...]");
	}
	add_part(out, close + 1, name.data + name.size);
}
