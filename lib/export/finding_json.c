/* SPDX-License-Identifier: Apache-2.0 */
#include "export/finding_json.h"

gopm_str gopm__finding_kind_name(uint32_t kind)
{
	static const char *const names[] = {
	    [GOPM_FINDING_EXE_MISMATCH] = "exe-mismatch",
	    [GOPM_FINDING_TRUNCATED] = "truncated",
	    [GOPM_FINDING_BAD_NOTE] = "bad-note",
	    [GOPM_FINDING_BAD_POINTER] = "bad-pointer",
	    [GOPM_FINDING_BAD_GOROUTINE] = "bad-goroutine",
	    [GOPM_FINDING_STACK_INCOMPLETE] = "stack-incomplete",
	    [GOPM_FINDING_BAD_SYMBOLS] = "bad-symbols",
	    [GOPM_FINDING_BAD_DWARF] = "bad-dwarf",
	    [GOPM_FINDING_CYCLE] = "cycle",
	    [GOPM_FINDING_LIMIT] = "limit",
	    [GOPM_FINDING_MISSING] = "missing",
	    [GOPM_FINDING_SLIM] = "other",
	    [GOPM_FINDING_BAD_HEAP] = "bad-heap",
	    [GOPM_FINDING_IO] = "io",
	};
	const char *name = kind < sizeof names / sizeof names[0] && names[kind] != NULL ? names[kind] : "other";

	return (gopm_str){name, strlen(name)};
}

void gopm__finding_json(struct gopm__json *w, const gopm_finding *finding, uint32_t flags)
{
	gopm__json_open(w, flags);
	gopm__json_key(w, "kind");
	gopm__json_string(w, gopm__finding_kind_name(finding->kind));
	gopm__json_next_key(w, "message");
	gopm__json_string(w, finding->message);
	gopm__json_next_key(w, "count");
	gopm__json_u64(w, finding->count);
	if (finding->address != GOPM_NO_OFFSET) {
		gopm__json_next_key(w, "address");
		gopm__json_u64(w, finding->address);
	}
	if (finding->offset != GOPM_NO_OFFSET) {
		gopm__json_next_key(w, "offset");
		gopm__json_u64(w, finding->offset);
	}
	gopm__json_close(w, flags);
}
