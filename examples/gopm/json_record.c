/* SPDX-License-Identifier: Apache-2.0 */
/* Records as JSON: the library writes them into the output's buffer. */
#include <stdlib.h>

#include "json.h"

/* Most texts are shorter. */
enum { usual_size = 16 * 1024 };

/* A record, and what its text depends on. */
struct record {
	gopm_core *core;
	const void *data;
	uint32_t flags, group_by;
};

/* As gopm_goroutine_json(). */
typedef gopm_status record_writer(const struct record *r, char *buffer, size_t size, size_t *length);

/* The text does not fit into the output's buffer. */
static gopm_status print_long(record_writer *write_record, const struct record *r, size_t length)
{
	char *text = malloc(length + 1);
	gopm_status status = text != NULL ? write_record(r, text, length + 1, &length) : GOPM_ERR_NO_MEMORY;

	if (status == GOPM_OK) {
		output_raw(text, length);
	}
	free(text);
	return status;
}

static gopm_status print_record(record_writer *write_record, const struct record *r)
{
	char *room = output_room(usual_size);
	size_t length = 0;
	gopm_status status = write_record(r, room, (size_t)(out.end - room), &length);

	if (status == GOPM_OK && length >= (size_t)(out.end - room)) {
		return print_long(write_record, r, length);
	}
	out.at += length;
	return status;
}

static gopm_status write_location(const struct record *r, char *buffer, size_t size, size_t *length)
{
	return gopm_location_json(r->data, sizeof(gopm_location), r->flags, buffer, size, length);
}

void json_location(const gopm_location *location)
{
	(void)print_record(write_location, &(struct record){.data = location});
}

static gopm_status write_goroutine(const struct record *r, char *buffer, size_t size, size_t *length)
{
	return gopm_goroutine_json(r->core, r->data, sizeof(gopm_goroutine), r->flags, buffer, size, length);
}

gopm_status json_goroutine(gopm_core *core, const gopm_goroutine *g, uint32_t flags)
{
	return print_record(write_goroutine, &(struct record){.core = core, .data = g, .flags = flags});
}

static gopm_status write_group(const struct record *r, char *buffer, size_t size, size_t *length)
{
	return gopm_group_json(r->data, sizeof(gopm_group), r->group_by, r->flags, buffer, size, length);
}

void json_group(const gopm_group *group, uint32_t group_by, uint32_t flags)
{
	(void)print_record(write_group, &(struct record){.data = group, .group_by = group_by, .flags = flags});
}

static gopm_status write_thread(const struct record *r, char *buffer, size_t size, size_t *length)
{
	return gopm_thread_json(r->core, r->data, sizeof(gopm_thread), r->flags, buffer, size, length);
}

void json_thread(gopm_core *core, const gopm_thread *thread, uint32_t flags)
{
	(void)print_record(write_thread, &(struct record){.core = core, .data = thread, .flags = flags});
}

static gopm_status write_frame(const struct record *r, char *buffer, size_t size, size_t *length)
{
	return gopm_frame_json(r->data, sizeof(gopm_frame), r->flags, buffer, size, length);
}

void json_frame(const gopm_frame *frame)
{
	(void)print_record(write_frame, &(struct record){.data = frame});
}

static gopm_status write_finding(const struct record *r, char *buffer, size_t size, size_t *length)
{
	return gopm_finding_json(r->data, sizeof(gopm_finding), r->flags, buffer, size, length);
}

void json_finding(const gopm_finding *finding)
{
	(void)print_record(write_finding, &(struct record){.data = finding});
}

static gopm_status write_value(const struct record *r, char *buffer, size_t size, size_t *length)
{
	return gopm_value_json(r->data, r->flags, buffer, size, length);
}

void json_value(const gopm_value *value)
{
	if (print_record(write_value, &(struct record){.data = value}) != GOPM_OK) {
		output_text("{}");
	}
}

static int32_t write_piece(void *user_data, const char *data, size_t size)
{
	(void)user_data;
	output_raw(data, size);
	return 0;
}

gopm_status json_stack(const gopm_stack *stack, const gopm_value_options *variables, uint32_t flags, gopm_error **err)
{
	return gopm_stack_json(stack, variables, flags, write_piece, NULL, err);
}
