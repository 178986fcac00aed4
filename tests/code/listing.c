/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

#include <ctype.h>
#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "code/cfa_rule.h"
#include "code/escape.h"
#include "code/liveness.h"
#include "code/values.h"
#include "listing_sync.h"
#include "listing_text.h"

#define ENTRY UINT64_C(0x10000)
#define MAX_LINES 400
#define MAX_BYTES 4096
#define MAX_CALLEES 8
#define UNKNOWN_SP INT32_MIN

/* A line that states a fact. */
struct fact {
	int number;  /* of the line */
	uint64_t pc; /* of the instruction after it */
	char text[512];
};

struct function {
	const char *path;
	char name[80];
	const struct gopm__arch *arch;
	uint8_t bytes[MAX_BYTES];
	int32_t sp[MAX_BYTES]; /* of the instruction at each byte */
	size_t size;
	int32_t current_sp;
	struct {
		uint64_t target;
		struct gopm__callee callee;
		uint8_t role; /* enum gopm__func_role */
	} callees[MAX_CALLEES];
	size_t callee_count;
	struct gopm__frame_map map;
	struct fact facts[MAX_LINES];
	size_t fact_count;

	struct gopm__cfg cfg;
	struct gopm__escape escape;
	struct gopm__values values;
	struct gopm__values_cursor cursor;
	struct gopm__liveness liveness;
	struct gopm__sync *sync;
	bool has_graph;
};

/* Names of registers */

static const char *const amd64_registers[] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
                                              "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15"};

static void add_register(struct text *text, const struct function *f, unsigned number)
{
	bool amd64 = f->arch->elf_machine == EM_X86_64;

	if (number >= GOPM__CODE_VECTOR) {
		add_text(text, "%s%u", amd64 ? "xmm" : "v", number - GOPM__CODE_VECTOR);
	} else if (amd64) {
		add_text(text, "%s", number < 16 ? amd64_registers[number] : "r?");
	} else if (number == 31) {
		add_text(text, "sp");
	} else {
		add_text(text, "x%u", number);
	}
}

/* -1: not the name of a register. */
static int register_number(const struct function *f, const char *name, size_t size)
{
	for (unsigned number = 0; number < GOPM__CODE_REGISTERS; number++) {
		struct text text = {.size = 0};
		add_register(&text, f, number);
		if (text.size == size && memcmp(text.data, name, size) == 0) {
			return (int)number;
		}
	}
	return -1;
}

/* Facts as text */

static void add_value(struct text *text, const struct function *f, const struct gopm__value_number *number)
{
	switch (number->kind) {
	case GOPM__VN_UNKNOWN:
		add_text(text, "unknown");
		return;
	case GOPM__VN_LIVE_IN:
		add_text(text, "live-in:");
		add_register(text, f, (unsigned)number->value);
		break;
	case GOPM__VN_LIVE_IN_SLOT:
		add_text(text, "live-in:[cfa%+" PRId64 "]", number->value);
		break;
	case GOPM__VN_CONSTANT:
		add_text(text, "const:%" PRId64, number->value);
		break;
	case GOPM__VN_FRAME:
		add_text(text, "cfa%+" PRId64, number->value);
		break;
	case GOPM__VN_CAPTURED:
		add_text(text, "closure%+" PRId64, number->value);
		break;
	case GOPM__VN_DEFINITION:
		add_text(text, "def@0x%x:", f->cfg.instructions[number->at].offset);
		add_register(text, f, (unsigned)number->value);
		break;
	default:
		add_text(text, "phi@0x%x:", f->cfg.instructions[number->at].offset);
		if (number->value < GOPM__CODE_REGISTERS) {
			add_register(text, f, (unsigned)number->value);
		} else {
			add_text(text, "[cfa%+d]", f->escape.slots[number->value - GOPM__CODE_REGISTERS]);
		}
		break;
	}
	if (number->width != 8) {
		add_text(text, "/%u", number->width);
	}
}

/* "rax" or "[cfa-16]": the location's value. "[cfa-16]:4": that of 4 bytes, unknown if the slot escapes. */
static void add_location(struct text *text, const struct function *f, const struct gopm__abstract_state *state,
                         const char *name, size_t size)
{
	int number = register_number(f, name, size);
	int64_t offset = 0;
	unsigned bytes = 0;

	add_text(text, " %.*s=", (int)size, name);
	if (number >= 0) {
		add_value(text, f, &state->registers[number]);
	} else if (sscanf(name, "[cfa%" SCNd64 "]:%u", &offset, &bytes) >= 1) {
		struct gopm__value_number value = bytes != 0 ? gopm__abstract_state_slot(state, offset, bytes)
		                                             : gopm__abstract_state_stored(state, offset, 0);
		add_value(text, f, &value);
	} else {
		add_text(text, "(no such location)");
	}
}

static bool find_index(const struct function *f, uint64_t pc, bool returning, size_t *index)
{
	return returning ? gopm__cfg_find_call(&f->cfg, pc, index) : gopm__cfg_find(&f->cfg, pc, index);
}

/* The items of `line` are locations, each with "=" and a value that is not read. */
static void add_state(struct text *text, struct function *f, const struct fact *fact, bool returning)
{
	struct gopm__abstract_state state;
	size_t index;

	if (!find_index(f, fact->pc, returning, &index) ||
	    !gopm__values_state(&f->values, &f->cursor, index, returning, &state)) {
		add_text(text, " none");
		return;
	}
	for (const char *at = strchr(fact->text, ' '); at != NULL; at = strchr(at, ' ')) {
		while (*at == ' ') {
			at++;
		}
		add_location(text, f, &state, at, strcspn(at, "="));
	}
	gopm__abstract_state_clear(&state);
}

static void add_live(struct text *text, struct function *f, const struct fact *fact, bool returning)
{
	struct gopm__live_set set;
	size_t index, count = text->size;

	if (!find_index(f, fact->pc, returning, &index) ||
	    !(returning ? gopm__liveness_after_call(&f->liveness, index, &set)
	                : gopm__liveness_before(&f->liveness, index, &set))) {
		add_text(text, " unknown");
		return;
	}
	for (unsigned number = 0; number < GOPM__CODE_REGISTERS; number++) {
		if (number != f->arch->code->sp && gopm__is_live_register(&set, number)) {
			add_text(text, " ");
			add_register(text, f, number);
		}
	}
	for (int64_t at = -512; at < 512; at++) {
		bool begins = gopm__is_live(&set, at, 1) && !gopm__is_live(&set, at - 1, 1);
		if (begins) {
			int64_t end = at;
			while (gopm__is_live(&set, end, 1)) {
				end++;
			}
			add_text(text, " [cfa%+" PRId64 ",%+" PRId64 ")", at, end);
		}
	}
	if (text->size == count) {
		add_text(text, " nothing");
	}
}

static void add_slots(struct text *text, const struct function *f)
{
	for (size_t i = 0; i < f->escape.slot_count; i++) {
		add_text(text, " [cfa%+d]%s", f->escape.slots[i], f->escape.non_escaping[i] ? "" : "*");
	}
}

static void add_graph(struct text *text, const struct function *f)
{
	for (size_t i = 0; f->has_graph && i < f->cfg.block_count; i++) {
		const struct gopm__cfg_block *block = &f->cfg.blocks[i];
		add_text(text, " 0x%x", f->cfg.instructions[block->begin].offset);
		if (block->rank == GOPM__CFG_UNREACHABLE) {
			add_text(text, "(unreachable)");
			continue;
		}
		add_text(text, "(%u)", block->rank);
		for (uint32_t k = 0; k < block->successor_count; k++) {
			add_text(text, "%s0x%x", k == 0 ? "->" : ",",
			         f->cfg.instructions[f->cfg.blocks[block->successors[k]].begin].offset);
		}
		for (uint32_t k = 0; k < block->predecessor_count; k++) {
			uint32_t from = f->cfg.predecessors[block->predecessors + k];
			add_text(text, "%s0x%x", k == 0 ? "<-" : ",",
			         f->cfg.instructions[f->cfg.blocks[from].begin].offset);
		}
	}
	if (!f->has_graph) {
		add_text(text, " none");
	}
}

/* Phis */

struct accepted {
	const struct function *f;
	const char *values; /* with a space around each */
};

static bool is_accepted(void *user_data, const struct gopm__value_number *number)
{
	const struct accepted *accepted = user_data;
	struct text text = {.size = 0};

	add_text(&text, " ");
	add_value(&text, accepted->f, number);
	add_text(&text, " ");
	return strstr(accepted->values, text.data) != NULL;
}

/* "inputs LOCATION of VALUE VALUE ...: yes": the phi in the location is one of these values on every path. */
static void add_inputs(struct text *text, struct function *f, const struct fact *fact)
{
	struct gopm__abstract_state state;
	struct gopm__value_number phi = {0};
	char name[32], values[512];
	int64_t offset;
	unsigned bytes = 8;
	size_t index;

	if (sscanf(fact->text, "inputs %31[^ :]:%u of", name, &bytes) < 1 ||
	    !gopm__cfg_find(&f->cfg, fact->pc, &index) ||
	    !gopm__values_state(&f->values, &f->cursor, index, false, &state)) {
		add_text(text, " (no such state)");
		return;
	}
	const char *list = strstr(fact->text, " of ");
	const char *end = list != NULL ? strstr(list, " :") : NULL;
	if (end == NULL) {
		add_text(text, " (no list)");
		gopm__abstract_state_clear(&state);
		return;
	}
	(void)snprintf(values, sizeof values, "%.*s ", (int)(end - list - 3), list + 3);
	int number = register_number(f, name, strlen(name));
	if (number >= 0) {
		phi = state.registers[number];
	} else if (sscanf(name, "[cfa%" SCNd64 "]", &offset) == 1) {
		phi = gopm__abstract_state_stored(&state, offset, 0);
	}
	gopm__abstract_state_clear(&state);
	struct accepted accepted = {f, values};
	add_text(text, " %s", name);
	if (bytes != 8) {
		add_text(text, ":%u", bytes);
	}
	add_text(text, " of%s: %s", values,
	         phi.kind != GOPM__VN_PHI                                                   ? "no phi"
	         : gopm__values_phi_inputs(&f->values, &phi, bytes, is_accepted, &accepted) ? "yes"
	                                                                                    : "no");
}

/* "passed [cfa-24,-16) to 0x1000: yes": its addresses are computed for calls to that function alone. */
static void add_passed(struct text *text, const struct function *f, const struct fact *fact)
{
	int64_t begin = 0, end = 0;
	uint64_t target = 0;

	if (sscanf(fact->text, "passed [cfa%" SCNd64 ",%" SCNd64 ") to %" SCNx64, &begin, &end, &target) != 3) {
		add_text(text, " (no range)");
		return;
	}
	add_text(text, " [cfa%+" PRId64 ",%+" PRId64 ") to 0x%" PRIx64 ": %s", begin, end, target,
	         gopm__escape_only_passed(&f->cfg, begin, (uint64_t)(end - begin), ENTRY + target) ? "yes" : "no");
}

static void add_cfa(struct text *text, const struct function *f, const struct fact *fact, bool returning)
{
	const struct gopm__cfa_code code = {f->arch, ENTRY, f->bytes, f->size};
	const struct gopm__cfa_rule rule = gopm__cfa_rule_at(&code, fact->pc, returning);

	add_text(text, " ");
	switch (rule.kind) {
	case GOPM__CFA_SP:
		add_register(text, f, f->arch->code->sp);
		add_text(text, "%+d", rule.offset);
		return;
	case GOPM__CFA_REGISTER:
		add_register(text, f, rule.reg);
		add_text(text, "%+d", rule.offset);
		return;
	case GOPM__CFA_SLOT:
		add_text(text, "[");
		add_register(text, f, f->arch->code->sp);
		add_text(text, "%+d]%+d", rule.slot, rule.offset);
		return;
	default:
		add_text(text, "%s", rule.kind == GOPM__CFA_LOST ? "lost" : "unknown");
		return;
	}
}

/* Analysis */

static bool source_sp(void *user_data, uint64_t pc, int32_t *sp)
{
	const struct function *f = user_data;

	*sp = f->sp[pc - ENTRY];
	return *sp != UNKNOWN_SP;
}

static struct gopm__callee source_callee(void *user_data, uint64_t target)
{
	const struct function *f = user_data;

	for (size_t i = 0; i < f->callee_count; i++) {
		if (f->callees[i].target == target - ENTRY) {
			return f->callees[i].callee;
		}
	}
	return (struct gopm__callee){GOPM__CALL_NORMAL, GOPM__CFG_UNKNOWN_SIZE};
}

static struct gopm__sync_callee source_sync_callee(void *user_data, uint64_t target)
{
	const struct function *f = user_data;

	for (size_t i = 0; i < f->callee_count; i++) {
		if (f->callees[i].target == target - ENTRY) {
			return (struct gopm__sync_callee){
			    .role = f->callees[i].role, .restarts = f->callees[i].callee.effect == GOPM__CALL_RESTARTS};
		}
	}
	return (struct gopm__sync_callee){.role = GOPM__ROLE_NORMAL};
}

static uint64_t source_closure(void *user_data, uint64_t address)
{
	(void)user_data;
	(void)address;
	return 0;
}

static void add_base(void *user_data, struct text *text, const struct gopm__value_number *base)
{
	add_value(text, user_data, base);
}

static int report(const struct function *f, const struct fact *fact, const char *found)
{
	if (strcmp(fact->text, found) == 0) {
		return 0;
	}
	(void)printf("%s:%d: %s\n  stated: %s\n  found:  %s\n", f->path, fact->number, f->name, fact->text, found);
	return 1;
}

static int check_fact(struct function *f, const struct fact *fact)
{
	struct text text = {.size = 0};

	add_text(&text, "%.*s", (int)strcspn(fact->text, " "), fact->text);
	if (strcmp(text.data, "graph") == 0) {
		add_graph(&text, f);
	} else if (strcmp(text.data, "cfa") == 0) {
		add_cfa(&text, f, fact, false);
	} else if (strcmp(text.data, "cfa-during") == 0) {
		add_cfa(&text, f, fact, true);
	} else if (strcmp(text.data, "link") == 0) {
		const struct gopm__cfa_code code = {f->arch, ENTRY, f->bytes, f->size};
		add_text(&text, gopm__cfa_rule_at(&code, fact->pc, false).link ? " kept" : " lost");
	} else if (!f->has_graph) {
		add_text(&text, " (no graph)");
	} else if (strcmp(text.data, "state") == 0) {
		add_state(&text, f, fact, false);
	} else if (strcmp(text.data, "during") == 0) {
		add_state(&text, f, fact, true);
	} else if (strcmp(text.data, "live") == 0) {
		add_live(&text, f, fact, false);
	} else if (strcmp(text.data, "resumes") == 0) {
		add_live(&text, f, fact, true);
	} else if (strcmp(text.data, "inputs") == 0) {
		add_inputs(&text, f, fact);
	} else if (strcmp(text.data, "passed") == 0) {
		add_passed(&text, f, fact);
	} else if (strcmp(text.data, "slots") == 0) {
		add_slots(&text, f);
	} else if (listing_is_sync(text.data)) {
		listing_sync(&text, f->sync, fact->pc, add_base, f);
	} else {
		add_text(&text, " (not understood)");
	}
	return report(f, fact, text.data);
}

static int check_function(struct function *f)
{
	const struct gopm__cfg_source source = {.desc = f->arch->code,
	                                        .entry = ENTRY,
	                                        .bytes = f->bytes,
	                                        .size = f->size,
	                                        .sp = source_sp,
	                                        .callee = source_callee,
	                                        .user_data = f};
	int wrong = 0;

	f->has_graph = gopm__cfg_build(&f->cfg, &source);
	if (f->has_graph) {
		gopm__escape_analyze(&f->escape, &f->cfg, &f->map);
		if (!gopm__values_analyze(&f->values, &f->cfg, &f->escape) ||
		    !gopm__liveness_analyze(&f->liveness, &f->cfg)) {
			f->has_graph = false;
			wrong++;
		}
		const struct gopm__sync_source sync = {
		    .values = &f->values, .callee = source_sync_callee, .closure = source_closure, .user_data = f};
		f->sync = f->has_graph ? gopm__sync_analyze(&sync) : NULL;
	}
	for (size_t i = 0; i < f->fact_count; i++) {
		wrong += check_fact(f, &f->facts[i]);
	}
	/* The order of queries makes no difference. */
	for (size_t i = wrong == 0 ? f->fact_count : 0; i > 0; i--) {
		wrong += check_fact(f, &f->facts[i - 1]);
	}
	free(f->cursor.at);
	gopm__sync_free(f->sync);
	gopm__values_clear(&f->values);
	gopm__liveness_clear(&f->liveness);
	gopm__cfg_clear(&f->cfg);
	return wrong;
}

/* Parsing */

/* False: not an instruction, "12: 48 89 c3 | mov %rax,%rbx". */
static bool parse_instruction(struct function *f, const char *line)
{
	char *end;
	unsigned long offset = strtoul(line, &end, 16);

	if (end == line || *end != ':' || offset != f->size) {
		return false;
	}
	f->sp[f->size] = f->current_sp;
	for (const char *at = end + 1; *at != '|' && f->size < MAX_BYTES; at = end) {
		unsigned long byte = strtoul(at, &end, 16);
		if (end == at) {
			return *(at + strspn(at, " ")) == '|';
		}
		f->bytes[f->size++] = (uint8_t)byte;
	}
	return f->size != offset;
}

/* "callee 0x1000 noreturn outgoing=16". Instead of its effect, the role of the function may be named. */
static bool parse_callee(struct function *f, const char *line)
{
	uint64_t target;
	char kind[16];
	int outgoing = -1;

	if (f->callee_count == MAX_CALLEES ||
	    sscanf(line, "callee %" SCNx64 " %15s outgoing=%d", &target, kind, &outgoing) < 2) {
		return false;
	}
	f->callees[f->callee_count].target = target;
	f->callees[f->callee_count].role = listing_sync_role(kind);
	f->callees[f->callee_count++].callee =
	    (struct gopm__callee){strcmp(kind, "noreturn") == 0  ? GOPM__CALL_NORETURN
	                          : strcmp(kind, "restart") == 0 ? GOPM__CALL_RESTARTS
	                          : strcmp(kind, "barrier") == 0 ? GOPM__CALL_WRITE_BARRIER
	                                                         : GOPM__CALL_NORMAL,
	                          outgoing < 0 ? GOPM__CFG_UNKNOWN_SIZE : (uint32_t)outgoing};
	return true;
}

static bool parse_frame(struct function *f, const char *line)
{
	struct gopm__frame_object object;

	if (strcmp(line, "objects unknown") == 0) {
		f->map.complete = false;
		return true;
	}
	if (strcmp(line, "sp unknown") == 0) {
		f->current_sp = UNKNOWN_SP;
		return true;
	}
	if (sscanf(line, "object [cfa%" SCNd64 ",%" SCNd64 ")", &object.begin, &object.end) == 2) {
		f->map.objects[f->map.object_count++] = object;
		return true;
	}
	return sscanf(line, "pointers [cfa%" SCNd64 ",%" SCNd64 ")", &f->map.pointers_begin, &f->map.pointers_end) ==
	           2 ||
	       sscanf(line, "sp cfa%d", &f->current_sp) == 1;
}

static bool parse_line(struct function *f, const char *line, int number)
{
	size_t size = strlen(line);

	if (size == 0 || line[0] == '#' || line[size - 1] == ':' || parse_instruction(f, line)) {
		return true;
	}
	if (strncmp(line, "callee ", 7) == 0) {
		return parse_callee(f, line);
	}
	if (parse_frame(f, line)) {
		return true;
	}
	if (f->fact_count == MAX_LINES || size >= sizeof f->facts[0].text) {
		return false;
	}
	struct fact *fact = &f->facts[f->fact_count++];
	fact->number = number;
	fact->pc = ENTRY + f->size;
	memcpy(fact->text, line, size + 1);
	return true;
}

/* Begins "function NAME amd64". */
static bool begin_function(struct function *f, const char *path, const char *line)
{
	char arch[16];

	memset(f, 0, sizeof *f);
	f->path = path;
	f->map.complete = true;
	if (sscanf(line, "function %79s %15s", f->name, arch) != 2) {
		return false;
	}
	f->arch = gopm__arch_by_machine(strcmp(arch, "amd64") == 0 ? EM_X86_64 : EM_AARCH64);
	f->current_sp = f->arch->return_address_on_stack ? -8 : 0;
	f->map.pointers_begin = f->map.pointers_end = f->arch->return_address_on_stack ? -16 : -8;
	return true;
}

int listing_check(const char *path)
{
	struct function *f = calloc(1, sizeof *f);
	FILE *file = fopen(path, "re");
	char raw[1024];
	int wrong = 0, number = 0;
	bool understood = f != NULL && file != NULL;

	while (understood && fgets(raw, sizeof raw, file) != NULL) {
		char *line = raw + strspn(raw, " \t");
		size_t size = strlen(line);
		while (size > 0 && isspace((unsigned char)line[size - 1])) {
			line[--size] = '\0';
		}
		number++;
		bool begins = strncmp(line, "function ", 9) == 0;
		if (begins && f->arch != NULL) {
			wrong += check_function(f);
		}
		understood = begins ? begin_function(f, path, line) : f->arch == NULL || parse_line(f, line, number);
	}
	if (!understood) {
		(void)printf("%s:%d: not understood\n", path, number);
	} else if (f->arch != NULL) {
		wrong += check_function(f);
	}
	if (file != NULL) {
		(void)fclose(file);
	}
	free(f);
	return wrong + (understood ? 0 : 1);
}
