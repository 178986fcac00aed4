/* SPDX-License-Identifier: Apache-2.0 */
#include "why/wait_frame.h"

#include "util/str.h"

#define MOST_FRAMES 64u /* of the runtime, sync and internal packages */

bool gopm__waits_inside(gopm_str function)
{
	return gopm__name_is_runtime(function) || gopm__str_has_prefix(function, "sync.") ||
	       gopm__str_has_prefix(function, "internal/");
}

void gopm__wait_frame(const struct gopm__runtime *rt, const struct gopm__g *g, uint64_t *budget,
                      struct gopm__place_in_code *out)
{
	struct gopm__walk walk;
	unsigned frames = 0;

	*out = (struct gopm__place_in_code){0};
	gopm__walk_goroutine(&walk, rt, g, true, budget);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		for (uint32_t i = 0; walk.info != NULL && walk.info->known && i < walk.info->call_count; i++) {
			const struct gopm__call *call = &walk.info->calls[i];
			if (!gopm__waits_inside(call->function)) {
				*out = (struct gopm__place_in_code){
				    .info = walk.info, .call = call, .line_call = call, .pc = walk.pc};
				return;
			}
		}
	}
}
