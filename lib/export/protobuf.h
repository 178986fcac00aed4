/* SPDX-License-Identifier: Apache-2.0 */
/* A writer of protocol buffers: varints, strings and nested messages. Fields of value 0 are left out, as in proto3.
 *
 *	struct gopm__protobuf_message m = gopm__protobuf_begin(&pb, 2);
 *	gopm__protobuf_int(&pb, 1, value);
 *	gopm__protobuf_end(&pb, m);
 */
#ifndef GOPM_EXPORT_PROTOBUF_H
#define GOPM_EXPORT_PROTOBUF_H

#include <gopm/types.h>
#include <stdbool.h>

/* Zero-initialized is empty. Free `data` in the end. */
struct gopm__protobuf {
	uint8_t *data;
	size_t size, capacity;
	bool failed; /* out of memory: the contents are useless */
};

struct gopm__protobuf_message {
	size_t begin; /* of its contents */
};

void gopm__protobuf_int(struct gopm__protobuf *pb, unsigned field, uint64_t value);
/* An element of a repeated field, which is written if it is 0 too. */
void gopm__protobuf_element(struct gopm__protobuf *pb, unsigned field, uint64_t value);
void gopm__protobuf_str(struct gopm__protobuf *pb, unsigned field, gopm_str value);

/* Messages nest; end them in reverse order. */
struct gopm__protobuf_message gopm__protobuf_begin(struct gopm__protobuf *pb, unsigned field);
void gopm__protobuf_end(struct gopm__protobuf *pb, struct gopm__protobuf_message message);

#endif
