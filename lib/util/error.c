/* SPDX-License-Identifier: Apache-2.0 */
#include "util/error.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/allocate.h"
#include "util/escape.h"

struct gopm_error {
	gopm_status status;
	uint64_t offset;
	uint64_t address;
	uint64_t expression_offset;
	const char *path; /* NULL: none. Both strings are in the allocation of the struct, after it. */
	const char *message;
};

/* Static: reporting that memory ran out must not allocate. */
static const struct gopm_error out_of_memory = {GOPM_ERR_NO_MEMORY, GOPM_NO_OFFSET, GOPM_NO_OFFSET,
                                                GOPM_NO_OFFSET,     NULL,           "out of memory"};

gopm_status gopm__fail_memory(gopm_error **err)
{
	gopm__allocation_failed();
	if (err != NULL) {
		/* The cast drops const. It is safe because gopm_error is opaque and never written to. */
		*err = (gopm_error *)(uintptr_t)&out_of_memory;
	}
	return GOPM_ERR_NO_MEMORY;
}

gopm_status gopm__fail(gopm_error **err, gopm_status status, struct gopm__place place, const char *format, ...)
{
	char body[768];
	char prefix[96] = "";
	va_list args;

	if (err == NULL) {
		return status;
	}
	va_start(args, format);
	(void)vsnprintf(body, sizeof body, format, args);
	va_end(args);
	if (place.offset != GOPM_NO_OFFSET) {
		(void)snprintf(prefix, sizeof prefix, "at offset %" PRIu64 ": ", place.offset);
	} else if (place.address != GOPM_NO_OFFSET) {
		(void)snprintf(prefix, sizeof prefix, "at address 0x%" PRIx64 ": ", place.address);
	}
	size_t path_size = place.path != NULL ? strlen(place.path) + 1 : 0;
	size_t body_size = gopm__escape((gopm_str){body, strlen(body)}, 0, NULL, 0);
	size_t shown_path =
	    place.path != NULL ? gopm__escape((gopm_str){place.path, path_size - 1}, 0, NULL, 0) + 2 : 0;
	size_t message_size = shown_path + strlen(prefix) + body_size + 1;
	struct gopm_error *error = gopm__malloc(sizeof *error + path_size + message_size);
	if (error == NULL) {
		return gopm__fail_memory(err);
	}
	char *text = (char *)(error + 1);
	error->status = status;
	error->offset = place.offset;
	error->address = place.address;
	error->expression_offset = GOPM_NO_OFFSET;
	error->path = NULL;
	if (place.path != NULL) {
		error->path = memcpy(text, place.path, path_size);
	}
	char *message = text + path_size;
	size_t at = 0;
	if (place.path != NULL) {
		at = gopm__escape((gopm_str){place.path, path_size - 1}, 0, message, message_size);
		at += (size_t)snprintf(message + at, message_size - at, ": ");
	}
	at += (size_t)snprintf(message + at, message_size - at, "%s", prefix);
	at += gopm__escape((gopm_str){body, strlen(body)}, 0, message + at, message_size - at);
	message[at] = '\0';
	error->message = message;
	*err = error;
	return status;
}

gopm_status gopm__fail_expression(gopm_error **err, gopm_status status, uint64_t at, const char *text)
{
	status = gopm__fail(err, status, GOPM__NOWHERE, "at offset %" PRIu64 ": %s", at, text);
	if (err != NULL && *err != &out_of_memory) {
		(*err)->expression_offset = at;
	}
	return status;
}

void gopm_error_free(gopm_error *err)
{
	if (err != NULL && err != &out_of_memory) {
		free(err);
	}
}

gopm_status gopm_error_status(const gopm_error *err)
{
	return err != NULL ? err->status : GOPM_OK;
}

const char *gopm_error_message(const gopm_error *err)
{
	return err != NULL ? err->message : "";
}

const char *gopm_error_path(const gopm_error *err)
{
	return err != NULL ? err->path : NULL;
}

uint64_t gopm_error_offset(const gopm_error *err)
{
	return err != NULL ? err->offset : GOPM_NO_OFFSET;
}

uint64_t gopm_error_expression_offset(const gopm_error *err)
{
	return err != NULL ? err->expression_offset : GOPM_NO_OFFSET;
}

uint64_t gopm_error_address(const gopm_error *err)
{
	return err != NULL ? err->address : GOPM_NO_OFFSET;
}
