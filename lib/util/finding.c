/* SPDX-License-Identifier: Apache-2.0 */
#include "util/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"
#include "util/escape.h"
#include "util/str.h"
#include "util/vector.h"

void gopm__findings_init(struct gopm__findings *findings, size_t limit)
{
	*findings = (struct gopm__findings){.limit = limit};
	(void)pthread_mutex_init(&findings->lock, NULL);
}

void gopm__findings_clear(struct gopm__findings *findings)
{
	gopm__arena_free(&findings->arena);
	free(findings->list);
	(void)pthread_mutex_destroy(&findings->lock);
	*findings = (struct gopm__findings){0};
}

/* The caller holds the lock. */
static void add_finding(struct gopm__findings *findings, uint32_t kind, struct gopm__place place, gopm_str text)
{
	findings->total++;
	for (size_t i = 0; i < findings->count; i++) {
		gopm_finding *old = &findings->list[i];
		if (old->kind == kind && gopm__str_equal(old->message, text)) {
			old->count++;
			return;
		}
	}
	if (findings->count >= findings->limit ||
	    !GOPM__VECTOR_RESERVE(findings->list, findings->count, findings->capacity, 1)) {
		return;
	}
	gopm_str message = gopm__arena_str(&findings->arena, text.data, text.size);
	if (message.data == NULL) {
		return;
	}
	findings->list[findings->count++] = (gopm_finding){
	    .kind = kind, .count = 1, .address = place.address, .offset = place.offset, .message = message};
}

void gopm__finding_add(struct gopm__findings *findings, uint32_t kind, struct gopm__place place, const char *format,
                       ...)
{
	char body[512];
	char text[768], escaped[4 * sizeof text]; /* an escape has at most four bytes for each byte */
	va_list args;

	/* What looks like damage may be the lack of memory. */
	if (findings == NULL || gopm__call_lacks_memory()) {
		return;
	}
	va_start(args, format);
	(void)vsnprintf(body, sizeof body, format, args);
	va_end(args);
	(void)snprintf(text, sizeof text, "%s%s%s", place.path != NULL ? place.path : "",
	               place.path != NULL ? ": " : "", body);
	gopm_str message = {escaped, gopm__escape((gopm_str){text, strlen(text)}, 0, escaped, sizeof escaped)};
	(void)pthread_mutex_lock(&findings->lock);
	add_finding(findings, kind, place, message);
	(void)pthread_mutex_unlock(&findings->lock);
}
