/* SPDX-License-Identifier: Apache-2.0 */
#include "export/group_json.h"

#include "export/location_json.h"
#include "export/wait_json.h"

static bool is_by_location(uint32_t group_by)
{
	return group_by == GOPM_GROUP_USER || group_by == GOPM_GROUP_START || group_by == GOPM_GROUP_GO ||
	       group_by == GOPM_GROUP_CURRENT;
}

void gopm__group_json(struct gopm__json *w, const gopm_group *group, uint32_t group_by, uint32_t flags)
{
	gopm__json_open(w, flags);
	gopm__json_key(w, "count");
	gopm__json_u64(w, group->count);
	if (is_by_location(group_by)) {
		gopm__json_next_key(w, "location");
		gopm__location_json(w, &group->location, flags & GOPM_JSON_DELVE);
	} else {
		gopm__json_next_key(w, "key");
		gopm__json_string(w, group->key);
	}
	if (group_by == GOPM_GROUP_OBJECT) {
		gopm__json_next_key(w, "object");
		gopm__wait_json(w, &group->object);
	}
	gopm__json_next_key(w, "exampleID");
	gopm__json_u64(w, group->example_id);
	gopm__json_next_key(w, "longestWait");
	gopm__json_i64(w, group->longest_wait);
	if (group->partial_count != 0) {
		gopm__json_next_key(w, "partial");
		gopm__json_u64(w, group->partial_count);
	}
	gopm__json_close(w, flags);
}
