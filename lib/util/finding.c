/* SPDX-License-Identifier: Apache-2.0 */
#include "util/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
static void add_finding(struct gopm__findings *findings, uint32_t kind, struct gopm__place place, const char *text)
{
	size_t size = strlen(text);

	findings->total++;
	for (size_t i = 0; i < findings->count; i++) {
		gopm_finding *old = &findings->list[i];
		if (old->kind == kind && old->message.size == size && memcmp(old->message.data, text, size) == 0) {
			old->count++;
			return;
		}
	}
	if (findings->count >= findings->limit ||
	    !GOPM__VECTOR_RESERVE(findings->list, findings->count, findings->capacity, 1)) {
		return;
	}
	gopm_str message = gopm__arena_str(&findings->arena, text, size);
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
	char text[768];
	va_list args;

	if (findings == NULL) {
		return;
	}
	va_start(args, format);
	(void)vsnprintf(body, sizeof body, format, args);
	va_end(args);
	(void)snprintf(text, sizeof text, "%s%s%s", place.path != NULL ? place.path : "",
	               place.path != NULL ? ": " : "", body);
	(void)pthread_mutex_lock(&findings->lock);
	add_finding(findings, kind, place, text);
	(void)pthread_mutex_unlock(&findings->lock);
}
