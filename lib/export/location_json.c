/* SPDX-License-Identifier: Apache-2.0 */
#include "export/location_json.h"

void gopm__location_json(struct gopm__json *w, const gopm_location *location, uint32_t flags)
{
	gopm__json_open(w, flags);
	gopm__json_key(w, "pc");
	gopm__json_u64(w, location->pc);
	gopm__json_next_key(w, "file");
	gopm__json_string(w, location->file);
	gopm__json_next_key(w, "line");
	gopm__json_u64(w, location->line);
	if (location->function.size != 0) {
		gopm__json_text(w, ",\"function\":{\"name\":");
		gopm__json_string(w, location->function);
		gopm__json_next_key(w, "value");
		gopm__json_u64(w, location->entry);
		gopm__json_text(w, ",\"type\":0,\"goType\":0");
		if ((flags & GOPM_JSON_DELVE) != 0) {
			gopm__json_next_key(w, "optimized");
			gopm__json_bool(w, (location->flags & GOPM_LOCATION_OPTIMIZED) != 0);
		}
		gopm__json_text(w, "}");
	}
	gopm__json_close(w, flags);
}
