/* SPDX-License-Identifier: Apache-2.0 */
#include "export/arrow_goroutine.h"

#include <stdlib.h>
#include <string.h>

#include "export/arrow_array.h"
#include "runtime/wait_kind.h"
#include "util/allocate.h"

enum column_kind { ID, NUMBER, INTEGER, DURATION, COUNT, DESCRIPTOR, FLAG, TEXT, WAIT_KIND };

static const struct {
	const char *format;
	size_t size; /* bytes of a value; 0: a bit */
	bool nullable;
} kinds[] = {
    [ID] = {"L", 8, false},        [NUMBER] = {"L", 8, true}, [INTEGER] = {"I", 4, true},
    [DURATION] = {"tDn", 8, true}, [COUNT] = {"I", 4, false}, [DESCRIPTOR] = {"i", 4, true},
    [FLAG] = {"b", 0, false},      [TEXT] = {"i", 4, true},   [WAIT_KIND] = {"i", 4, true},
};

/* When a value is null. */
enum null_rule {
	IF_ZERO,        /* 0 or empty */
	UNLESS_CHANNEL, /* not of a channel that can be read */
	UNLESS_COUNTS,  /* its queues are not complete */
	IF_NEGATIVE,
};

#define AT(member) offsetof(gopm_goroutine, member)
#define PLACE(name, field, member)                                                                                     \
	{name "_function", TEXT, IF_ZERO, field, AT(member.function), 0},                                              \
	    {name "_file", TEXT, IF_ZERO, field, AT(member.file), 0},                                                  \
	{                                                                                                              \
		name "_line", INTEGER, IF_ZERO, field, AT(member.line), 0                                              \
	}

static const struct column_type {
	const char *name;
	enum column_kind kind;
	enum null_rule null;
	uint32_t field; /* GOPM_FIELD_*; 0: always */
	size_t offset;  /* in gopm_goroutine */
	uint32_t flag;  /* of FLAG: GOPM_G_FLAG_* */
} types[] = {
    {"id", ID, IF_ZERO, 0, AT(id), 0},
    {"address", ID, IF_ZERO, 0, AT(address), 0},
    {"status", TEXT, IF_ZERO, 0, AT(status_name), 0},
    {"wait_reason", TEXT, IF_ZERO, 0, AT(wait_reason), 0},
    {"wait_time", DURATION, IF_ZERO, 0, AT(wait_time), 0},
    {"system", FLAG, IF_ZERO, 0, AT(flags), GOPM_G_FLAG_SYSTEM},
    {"partial", FLAG, IF_ZERO, 0, AT(flags), GOPM_G_FLAG_PARTIAL},
    {"locked", FLAG, IF_ZERO, 0, AT(flags), GOPM_G_FLAG_LOCKED},
    {"parent_id", NUMBER, IF_ZERO, 0, AT(parent_id), 0},
    {"thread_id", NUMBER, IF_ZERO, 0, AT(thread_id), 0},
    {"pc", NUMBER, IF_ZERO, 0, AT(pc), 0},
    {"sp", NUMBER, IF_ZERO, 0, AT(sp), 0},
    PLACE("current", GOPM_FIELD_CURRENT, current),
    PLACE("user", GOPM_FIELD_USER, user),
    PLACE("go", GOPM_FIELD_GO, go_statement),
    PLACE("start", GOPM_FIELD_START, start),
    {"wait_kind", WAIT_KIND, IF_ZERO, GOPM_FIELD_WAIT, AT(wait.kind), 0},
    {"wait_object", NUMBER, IF_ZERO, GOPM_FIELD_WAIT, AT(wait.object), 0},
    {"wait_type", TEXT, IF_ZERO, GOPM_FIELD_WAIT, AT(wait.type), 0},
    {"wait_length", NUMBER, UNLESS_CHANNEL, GOPM_FIELD_WAIT, AT(wait.length), 0},
    {"wait_capacity", NUMBER, UNLESS_CHANNEL, GOPM_FIELD_WAIT, AT(wait.capacity), 0},
    {"wait_senders", NUMBER, UNLESS_COUNTS, GOPM_FIELD_WAIT, AT(wait.senders), 0},
    {"wait_receivers", NUMBER, UNLESS_COUNTS, GOPM_FIELD_WAIT, AT(wait.receivers), 0},
    {"wait_fd", DESCRIPTOR, IF_NEGATIVE, GOPM_FIELD_WAIT, AT(wait.fd), 0},
    {"wait_count", COUNT, IF_ZERO, GOPM_FIELD_WAIT, AT(wait_count), 0},
    {"label_count", COUNT, IF_ZERO, GOPM_FIELD_LABELS, AT(label_count), 0},
    {"stack_id", NUMBER, IF_ZERO, GOPM_FIELD_STACK, AT(stack_id), 0},
};

#define TYPES (sizeof types / sizeof types[0])

struct gopm__arrow_column {
	const struct column_type *type;
	unsigned char *values;
	unsigned char *validity; /* a bit for each row: it is not null */
	int64_t nulls;
	struct gopm__arrow_dictionary dictionary;
};

static bool has_column(uint32_t fields, const struct column_type *type)
{
	return type->field == 0 || (fields & type->field) != 0;
}

static bool has_dictionary(enum column_kind kind)
{
	return kind == TEXT || kind == WAIT_KIND;
}

bool gopm__arrow_goroutines_schema(uint32_t fields, struct ArrowSchema *out)
{
	struct gopm__arrow_field list[TYPES];
	size_t count = 0;

	for (size_t i = 0; i < TYPES; i++) {
		if (has_column(fields, &types[i])) {
			enum column_kind kind = types[i].kind;
			list[count++] = (struct gopm__arrow_field){types[i].name, kinds[kind].format,
			                                           kinds[kind].nullable, has_dictionary(kind)};
		}
	}
	return gopm__arrow_schema(out, list, count);
}

static bool begin_batch(struct gopm__arrow_goroutines *batch)
{
	batch->columns = gopm__calloc(TYPES, sizeof *batch->columns);
	batch->column_count = 0;
	for (size_t i = 0; batch->columns != NULL && i < TYPES; i++) {
		if (!has_column(batch->fields, &types[i])) {
			continue;
		}
		struct gopm__arrow_column *column = &batch->columns[batch->column_count++];
		size_t size = kinds[types[i].kind].size;
		column->type = &types[i];
		column->values = gopm__calloc(GOPM__ARROW_BATCH, size != 0 ? size : 1);
		column->validity = gopm__calloc(GOPM__ARROW_BATCH / 8, 1);
		if (column->values == NULL || column->validity == NULL) {
			gopm__arrow_goroutines_clear(batch);
			return false;
		}
	}
	return batch->columns != NULL;
}

static bool is_null(enum null_rule rule, bool zero, const gopm_wait *wait)
{
	bool chan =
	    wait->kind == GOPM_WAIT_CHAN_SEND || wait->kind == GOPM_WAIT_CHAN_RECEIVE || wait->kind == GOPM_WAIT_SELECT;

	switch (rule) {
	case UNLESS_CHANNEL:
		return !chan || wait->object == 0 || (wait->flags & GOPM_WAIT_FLAG_UNREADABLE) != 0;
	case UNLESS_COUNTS:
		return !chan || (wait->flags & GOPM_WAIT_FLAG_COUNTS) == 0;
	case IF_NEGATIVE:
		return wait->fd < 0;
	default:
		return zero;
	}
}

/* Appends bits to a bitmap, a byte at a time: a bit at a time, each store would wait for the one before. */
struct bit_writer {
	unsigned char *at;
	unsigned byte, shift; /* the bits that are not stored yet, and their number */
	int64_t set;
};

static struct bit_writer begin_bits(unsigned char *bits, size_t row)
{
	const unsigned shift = (unsigned)(row % 8);

	return (struct bit_writer){.at = bits + row / 8, .byte = shift != 0 ? bits[row / 8] : 0, .shift = shift};
}

static inline void add_bit(struct bit_writer *w, bool bit)
{
	w->byte |= (unsigned)bit << w->shift;
	w->set += bit;
	if (++w->shift == 8) {
		*w->at++ = (unsigned char)w->byte;
		w->byte = w->shift = 0;
	}
}

static void end_bits(const struct bit_writer *w)
{
	if (w->shift != 0) {
		*w->at = (unsigned char)w->byte;
	}
}

static void end_validity(struct gopm__arrow_column *column, const struct bit_writer *w, size_t count)
{
	end_bits(w);
	column->nulls += (int64_t)count - w->set;
}

static void add_flags(struct gopm__arrow_column *column, size_t row, const gopm_goroutine *records, size_t count)
{
	struct bit_writer bits = begin_bits(column->values, row);

	for (size_t i = 0; i < count; i++) {
		add_bit(&bits, (records[i].flags & column->type->flag) != 0);
	}
	end_bits(&bits);
}

static void add_u64(struct gopm__arrow_column *column, size_t row, const gopm_goroutine *records, size_t count)
{
	const bool nullable = kinds[column->type->kind].nullable;
	const enum null_rule rule = column->type->null;
	const unsigned char *at = (const unsigned char *)records + column->type->offset;
	uint64_t *values = (uint64_t *)(void *)column->values + row, value;
	struct bit_writer valid = begin_bits(column->validity, row);

	for (size_t i = 0; i < count; i++, at += sizeof *records) {
		memcpy(&value, at, sizeof value);
		const bool null =
		    nullable && (rule == IF_ZERO ? value == 0 : is_null(rule, value == 0, &records[i].wait));
		values[i] = null ? 0 : value;
		add_bit(&valid, !null);
	}
	end_validity(column, &valid, count);
}

static void add_u32(struct gopm__arrow_column *column, size_t row, const gopm_goroutine *records, size_t count)
{
	const bool nullable = kinds[column->type->kind].nullable;
	const enum null_rule rule = column->type->null;
	const unsigned char *at = (const unsigned char *)records + column->type->offset;
	uint32_t *values = (uint32_t *)(void *)column->values + row, value;
	struct bit_writer valid = begin_bits(column->validity, row);

	for (size_t i = 0; i < count; i++, at += sizeof *records) {
		memcpy(&value, at, sizeof value);
		const bool null =
		    nullable && (rule == IF_ZERO ? value == 0 : is_null(rule, value == 0, &records[i].wait));
		values[i] = null ? 0 : value;
		add_bit(&valid, !null);
	}
	end_validity(column, &valid, count);
}

static bool add_texts(struct gopm__arrow_column *column, size_t row, const gopm_goroutine *records, size_t count)
{
	int32_t *values = (int32_t *)(void *)column->values + row;
	struct bit_writer valid = begin_bits(column->validity, row);
	gopm_str last = {NULL, 0}, str;
	int32_t number = 0;

	for (size_t i = 0; i < count; i++) {
		if (column->type->kind == WAIT_KIND) {
			str = gopm__wait_kind_name(records[i].wait.kind);
		} else {
			memcpy(&str, (const unsigned char *)&records[i] + column->type->offset, sizeof str);
		}
		if (str.size != 0 && (str.data != last.data || str.size != last.size)) {
			number = gopm__arrow_dictionary_add(&column->dictionary, str);
			last = str;
		}
		if (number < 0) {
			return false;
		}
		values[i] = str.size != 0 ? number : 0;
		add_bit(&valid, str.size != 0);
	}
	end_validity(column, &valid, count);
	return true;
}

bool gopm__arrow_goroutines_add(struct gopm__arrow_goroutines *batch, const gopm_goroutine *records, size_t count)
{
	if (batch->columns == NULL && !begin_batch(batch)) {
		return false;
	}
	for (size_t i = 0; i < batch->column_count; i++) {
		struct gopm__arrow_column *column = &batch->columns[i];
		if (column->type->kind == FLAG) {
			add_flags(column, batch->rows, records, count);
		} else if (!has_dictionary(column->type->kind)) {
			(kinds[column->type->kind].size == 8 ? add_u64 : add_u32)(column, batch->rows, records, count);
		} else if (!add_texts(column, batch->rows, records, count)) {
			return false;
		}
	}
	batch->rows += count;
	return true;
}

/* Gives back the memory past `size` bytes. */
static void shrink(unsigned char **buffer, size_t size)
{
	unsigned char *smaller = gopm__realloc(*buffer, size != 0 ? size : 1);

	*buffer = smaller != NULL ? smaller : *buffer;
}

/* Moves a column to an array. False: out of memory; the column is unchanged, or its dictionary is at `out`. */
static bool finish_column(struct gopm__arrow_column *column, size_t rows, struct ArrowArray *out)
{
	struct ArrowArray dictionary = {.release = NULL};
	const bool has = has_dictionary(column->type->kind);
	const size_t size = kinds[column->type->kind].size;

	if (has && !gopm__arrow_dictionary_finish(&column->dictionary, &dictionary)) {
		return false;
	}
	if (rows < GOPM__ARROW_BATCH) {
		shrink(&column->values, size != 0 ? rows * size : (rows + 7) / 8);
		shrink(&column->validity, (rows + 7) / 8);
	}
	const struct gopm__arrow_buffers buffers = {
	    {column->nulls != 0 ? column->validity : NULL, column->values, NULL}, 2};
	if (!gopm__arrow_array(out, (int64_t)rows, column->nulls, &buffers, has ? &dictionary : NULL)) {
		if (dictionary.release != NULL) {
			dictionary.release(&dictionary);
		}
		return false;
	}
	if (column->nulls == 0) {
		free(column->validity);
	}
	column->values = column->validity = NULL;
	return true;
}

bool gopm__arrow_goroutines_finish(struct gopm__arrow_goroutines *batch, struct ArrowArray *out)
{
	if (!gopm__arrow_struct(out, (int64_t)batch->rows, batch->column_count)) {
		return false;
	}
	for (size_t i = 0; i < batch->column_count; i++) {
		if (!finish_column(&batch->columns[i], batch->rows, out->children[i])) {
			out->release(out);
			return false;
		}
	}
	gopm__arrow_goroutines_clear(batch);
	return true;
}

void gopm__arrow_goroutines_clear(struct gopm__arrow_goroutines *batch)
{
	for (size_t i = 0; batch->columns != NULL && i < batch->column_count; i++) {
		free(batch->columns[i].values);
		free(batch->columns[i].validity);
		gopm__arrow_dictionary_clear(&batch->columns[i].dictionary);
	}
	free(batch->columns);
	batch->columns = NULL;
	batch->column_count = 0;
	batch->rows = 0;
}
