/* SPDX-License-Identifier: Apache-2.0 */
#include "export/json.h"

#include "util/escape.h"

/* The most bytes of an escape for one byte: "\u001b". */
enum { MOST_ESCAPE = 6 };

void gopm__json_init(struct gopm__json *w, char *buffer, size_t size)
{
	/* A buffer of no bytes has no room for the NUL either. */
	*w = (struct gopm__json){0};
	if (size != 0) {
		w->at = w->buffer = buffer;
		w->end = buffer + size - 1;
	}
}

static void pass_on(struct gopm__json *w, const char *data, size_t size)
{
	if (size != 0 && !w->stopped && w->write(w->user_data, data, size) != 0) {
		w->stopped = true;
	}
	w->gone += size;
}

static void flush_buffer(struct gopm__json *w)
{
	pass_on(w, w->buffer, (size_t)(w->at - w->buffer));
	w->at = w->buffer;
}

size_t gopm__json_end(struct gopm__json *w)
{
	size_t length = (size_t)(w->at - w->buffer) + w->gone;

	if (w->write != NULL) {
		flush_buffer(w);
	} else if (w->buffer != NULL) {
		*w->at = '\0';
	}
	return length;
}

/* Leaves out `size` bytes and all that follow. */
static void leave_out(struct gopm__json *w, size_t size)
{
	w->gone += size;
	w->end = w->at;
}

void gopm__json_long(struct gopm__json *w, const char *data, size_t size)
{
	if (w->write == NULL) {
		size_t room = (size_t)(w->end - w->at);
		if (room != 0) {
			memcpy(w->at, data, room);
			w->at += room;
		}
		leave_out(w, size - room);
		return;
	}
	flush_buffer(w);
	if (size > (size_t)(w->end - w->at)) {
		pass_on(w, data, size);
		return;
	}
	memcpy(w->at, data, size);
	w->at += size;
}

/* Writes the escapes of `str` if they fit. Returns their length: they did not if the room was less. */
static size_t escape_into(struct gopm__json *w, gopm_str str)
{
	size_t room = (size_t)(w->end - w->at);
	size_t length = gopm__escape(str, GOPM_ESCAPE_JSON, w->at, w->at != NULL ? room + 1 : 0);

	w->at += length <= room ? length : 0;
	return length;
}

/* Escapes part by part, with a flushed buffer for each. */
static void escape_parts(struct gopm__json *w, gopm_str str)
{
	size_t most = (size_t)(w->end - w->buffer) / MOST_ESCAPE;

	while (str.size != 0) {
		size_t part = str.size < most ? str.size : most;

		/* Do not cut a rune: bytes 0x80 to 0xbf continue one. */
		for (unsigned back = 0; part < str.size && back < 3 && ((unsigned char)str.data[part] & 0xc0) == 0x80;
		     back++) {
			part--;
		}
		flush_buffer(w);
		(void)escape_into(w, (gopm_str){str.data, part});
		str.data += part;
		str.size -= part;
	}
}

void gopm__json_string(struct gopm__json *w, gopm_str str)
{
	gopm__json_text(w, "\"");
	size_t room = (size_t)(w->end - w->at), length = escape_into(w, str);
	if (length > room && w->write != NULL) {
		escape_parts(w, str);
	} else if (length > room) {
		leave_out(w, length);
	}
	gopm__json_text(w, "\"");
}

void gopm__json_cstring(struct gopm__json *w, const char *text)
{
	gopm__json_string(w, (gopm_str){text, strlen(text)});
}

static const char digit_pairs[201] = "00010203040506070809101112131415161718192021222324"
                                     "25262728293031323334353637383940414243444546474849"
                                     "50515253545556575859606162636465666768697071727374"
                                     "75767778798081828384858687888990919293949596979899";

void gopm__json_u64(struct gopm__json *w, uint64_t value)
{
	char digits[20];
	char *p = digits + sizeof digits;

	while (value >= 100) {
		p -= 2;
		memcpy(p, digit_pairs + 2 * (value % 100), 2);
		value /= 100;
	}
	if (value >= 10) {
		p -= 2;
		memcpy(p, digit_pairs + 2 * value, 2);
	} else {
		*--p = (char)('0' + value);
	}
	gopm__json_raw(w, p, (size_t)(digits + sizeof digits - p));
}

void gopm__json_i64(struct gopm__json *w, int64_t value)
{
	if (value < 0) {
		gopm__json_text(w, "-");
	}
	gopm__json_u64(w, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}
