/* SPDX-License-Identifier: Apache-2.0 */
#include "why/descriptor_file.h"

#include "runtime/layout/field.h"
#include "unwind/stack.h"
#include "util/str.h"

#define MOST_FRAMES 24u
#define MOST_WORDS 2048u /* of the stack */
#define MOST_PATH 4096u  /* bytes */
#define ADDRESS_BYTES 80u

struct file_search {
	struct gopm__program *program;
	struct gopm__types *types;
	struct gopm__arena *arena;
	struct gopm__reader reader;
	uint64_t object;
	uint64_t poll;   /* offset in a poll.FD of the pollDesc's address */
	uint64_t number; /* of the descriptor */
	gopm_status status;
};

/* The offset of field `path`, as {"pd", "runtimeCtx"}, of a struct, and its type. NULL: there is none. */
static const struct gopm__type *field_offset(struct gopm__types *types, const struct gopm__type *type,
                                             const char *const *path, uint64_t *offset)
{
	*offset = 0;
	for (; type != NULL && *path != NULL; path++) {
		const struct gopm__field *field = gopm__type_field(gopm__type_resolve(types, type), *path);
		if (field == NULL) {
			return NULL;
		}
		*offset += field->offset;
		type = gopm__types_at(types, field->type);
	}
	return type;
}

static const struct gopm__type *type_named(struct file_search *s, const char *name)
{
	return gopm__types_named(s->types, (gopm_str){name, strlen(name)});
}

static gopm_str copy_text(struct file_search *s, const char *data, size_t size)
{
	const gopm_str text = gopm__arena_str(s->arena, data, size);

	if (text.data == NULL) {
		s->status = GOPM_ERR_NO_MEMORY;
		return (gopm_str){"", 0};
	}
	return text;
}

/* The string in a field of the value at `address`; empty: it cannot be read. */
static gopm_str string_field(struct file_search *s, const struct gopm__type *type, uint64_t address, const char *name)
{
	const char *const path[] = {name, NULL};
	uint64_t offset, data, size;
	char text[MOST_PATH];

	if (field_offset(s->types, type, path, &offset) == NULL ||
	    !gopm__read_u64(&s->reader, address + offset, &data) ||
	    !gopm__read_u64(&s->reader, address + offset + 8, &size) || size == 0 || size > sizeof text ||
	    gopm__read_copy(&s->reader, data, text, (size_t)size) != size) {
		return (gopm_str){"", 0};
	}
	return copy_text(s, text, (size_t)size);
}

/* Text of an address that is being made. */
struct address_text {
	char text[ADDRESS_BYTES];
	size_t size;
};

static void add_text(struct address_text *out, const char *text, size_t size)
{
	size = size < sizeof out->text - out->size ? size : sizeof out->text - out->size;
	memcpy(out->text + out->size, text, size);
	out->size += size;
}

static void add_number(struct address_text *out, uint64_t number, unsigned base)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number != 0);
	add_text(out, digits + at, sizeof digits - at);
}

/* RFC 5952: the longest run of two or more zero groups is "::". */
static void add_ipv6(struct address_text *out, const uint8_t *ip)
{
	unsigned best = 8, best_size = 1, run = 0;

	for (unsigned i = 0; i < 8; i++) {
		run = ip[2 * i] == 0 && ip[2 * i + 1] == 0 ? run + 1 : 0;
		if (run > best_size) {
			best_size = run;
			best = i + 1 - run;
		}
	}
	add_text(out, "[", 1);
	for (unsigned i = 0; i < 8; i++) {
		if (i == best) {
			add_text(out, "::", 2);
			i += best_size - 1;
			continue;
		}
		if (i != 0 && i != best + best_size) {
			add_text(out, ":", 1);
		}
		add_number(out, (uint64_t)ip[2 * i] << 8 | ip[2 * i + 1], 16);
	}
	add_text(out, "]", 1);
}

/* An IPv4 address may have the form of an IPv6 one: ::ffff:1.2.3.4. */
static bool add_ip(struct address_text *out, const uint8_t *ip, uint64_t size)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	const bool is_mapped = size == 16 && memcmp(ip, mapped, sizeof mapped) == 0;

	if (size == 16 && !is_mapped) {
		add_ipv6(out, ip);
		return true;
	}
	if (size != 4 && !is_mapped) {
		return false;
	}
	for (unsigned i = 0; i < 4; i++) {
		add_text(out, ".", i != 0);
		add_number(out, ip[(is_mapped ? 12 : 0) + i], 10);
	}
	return true;
}

/* "127.0.0.1:80" of a net.TCPAddr or net.UDPAddr: {IP []byte; Port int; Zone string}. */
static gopm_str ip_address(struct file_search *s, const struct gopm__type *type, uint64_t address)
{
	static const char *const ip_path[] = {"IP", NULL}, *const port_path[] = {"Port", NULL};
	struct address_text out = {.size = 0};
	uint64_t ip_offset, port_offset, data, size, port;
	uint8_t ip[16];

	if (field_offset(s->types, type, ip_path, &ip_offset) == NULL ||
	    field_offset(s->types, type, port_path, &port_offset) == NULL ||
	    !gopm__read_u64(&s->reader, address + ip_offset, &data) ||
	    !gopm__read_u64(&s->reader, address + ip_offset + 8, &size) ||
	    !gopm__read_u64(&s->reader, address + port_offset, &port) || port > UINT16_MAX || size > sizeof ip ||
	    gopm__read_copy(&s->reader, data, ip, (size_t)size) != size || !add_ip(&out, ip, size)) {
		return (gopm_str){"", 0};
	}
	add_text(&out, ":", 1);
	add_number(&out, port, 10);
	return copy_text(s, out.text, out.size);
}

/* The net.Addr in a field of the netFD at `address`. itab is {inter, type *; ...} (internal/abi/iface.go). */
static gopm_str address_field(struct file_search *s, const struct gopm__type *type, uint64_t address, const char *name)
{
	static const char *const kinds[] = {"*net.TCPAddr", "*net.UDPAddr"};
	const char *const path[] = {name, NULL};
	uint64_t offset, itab, data, descriptor;

	if (field_offset(s->types, type, path, &offset) == NULL ||
	    !gopm__read_u64(&s->reader, address + offset, &itab) || itab == 0 ||
	    !gopm__read_u64(&s->reader, address + offset + 8, &data) || data == 0 ||
	    !gopm__read_u64(&s->reader, itab + 8, &descriptor)) {
		return (gopm_str){"", 0};
	}
	const struct gopm__type *pointer = gopm__types_of_descriptor(s->types, descriptor);
	const struct gopm__type *target = pointer != NULL ? gopm__type_target(s->types, pointer) : NULL;
	if (target == NULL) {
		return (gopm_str){"", 0};
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (gopm__str_equal(pointer->name, (gopm_str){kinds[i], strlen(kinds[i])})) {
			return ip_address(s, target, data);
		}
	}
	return gopm__str_equal(pointer->name, (gopm_str){"*net.UnixAddr", 13}) ? string_field(s, target, data, "Name")
	                                                                       : (gopm_str){"", 0};
}

/* True if the value at `address` begins with the poll.FD of the object. */
static bool is_file(struct file_search *s, struct gopm__reader *probe, uint64_t address)
{
	uint64_t word, fd, own;

	if (address % 8 != 0 || address < 4096 || !gopm__read_u64(probe, address + s->poll, &word) ||
	    (word != s->object && address != s->object)) {
		return false;
	}
	/* Both structures have the descriptor. */
	return gopm__read_u64(probe, address + s->number, &fd) && fd <= INT32_MAX &&
	       gopm__field_u64(probe, word, s->program->runtime.layout.poll.fd, &own) && own == fd;
}

/* The type of the file, by a method of the frames: a net.netFD and an os.file begin with their poll.FD. */
static const char *file_type(const struct gopm__stack *stack)
{
	for (size_t i = 0; i < stack->count; i++) {
		const struct gopm__call *call = stack->frames[i].call;
		if (call != NULL && gopm__str_has_prefix(call->function, "net.(*netFD).")) {
			return "net.netFD";
		}
		if (call != NULL && gopm__str_has_prefix(call->function, "os.(*File).")) {
			return "os.file";
		}
	}
	return NULL;
}

/* The address of the poll.FD in the words of the stack; 0: not found. */
static uint64_t find_file(struct file_search *s, const struct gopm__stack *stack)
{
	struct gopm__reader probe = s->reader;
	const uint64_t begin = stack->frames[0].sp, last = stack->frames[stack->count - 1].cfa;
	uint64_t word;

	for (uint64_t at = begin, i = 0; at < last && i < MOST_WORDS; at += 8, i++) {
		if (gopm__read_u64(&s->reader, at, &word) && is_file(s, &probe, word)) {
			return word;
		}
	}
	return 0;
}

static void describe_file(struct file_search *s, const char *name, uint64_t address, struct gopm__descriptor_file *out)
{
	const struct gopm__type *type = type_named(s, name);

	out->address = address;
	out->type = (gopm_str){name, strlen(name)};
	if (type == NULL) {
		return;
	}
	if (name[0] == 'o') {
		out->name = string_field(s, type, address, "name");
		return;
	}
	out->local = address_field(s, type, address, "laddr");
	out->remote = address_field(s, type, address, "raddr");
}

gopm_status gopm__descriptor_file(struct gopm__program *program, struct gopm__types *types, struct gopm__arena *arena,
                                  uint64_t g, uint64_t object, struct gopm__descriptor_file *out)
{
	static const char *const poll_path[] = {"pd", "runtimeCtx", NULL}, *const number_path[] = {"Sysfd", NULL};
	struct file_search s = {.program = program,
	                        .types = types,
	                        .arena = arena,
	                        .reader = gopm__reader(&program->file.memory),
	                        .object = object,
	                        .status = GOPM_OK};
	struct gopm__stack stack = {0};
	struct gopm__g read;

	*out = (struct gopm__descriptor_file){.type = {"", 0}, .name = {"", 0}, .local = {"", 0}, .remote = {"", 0}};
	const struct gopm__type *file = type_named(&s, "internal/poll.FD");
	if (field_offset(types, file, poll_path, &s.poll) == NULL ||
	    field_offset(types, file, number_path, &s.number) == NULL ||
	    !gopm__g_read(&program->runtime, &s.reader, g, &read)) {
		return GOPM_OK;
	}
	gopm__walk_goroutine(&stack.walk, &program->runtime, &read, true, NULL);
	if (gopm__stack_collect(&stack, MOST_FRAMES) != GOPM_OK) {
		gopm__stack_clear(&stack);
		return GOPM_ERR_NO_MEMORY;
	}
	const char *type = stack.count != 0 ? file_type(&stack) : NULL;
	const uint64_t address = type != NULL ? find_file(&s, &stack) : 0;
	if (address != 0) {
		describe_file(&s, type, address, out);
	}
	gopm__stack_clear(&stack);
	return s.status;
}
