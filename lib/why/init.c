/* SPDX-License-Identifier: Apache-2.0 */
#include "why/init.h"

#include <string.h>

#include "unwind/walk.h"
#include "util/str.h"

#define MOST_FRAMES 1024u

static bool is_init(gopm_str function)
{
	static const char *const names[] = {"runtime.doInit", "runtime.doInit1"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (gopm__str_equal(function, (gopm_str){names[i], strlen(names[i])})) {
			return true;
		}
	}
	return false;
}

uint32_t gopm__member_in_init(struct gopm__program *program, const struct gopm__blocked *blocked)
{
	const uint32_t member = gopm__blocked_by_id(blocked, 1);
	struct gopm__reader reader = gopm__reader(&program->file.memory);
	struct gopm__walk walk;
	struct gopm__g g;
	unsigned frames = 0;

	if (member == GOPM__NO_INDEX || blocked->members[member].wait_count == 0 ||
	    !gopm__g_read(&program->runtime, &reader, blocked->members[member].g, &g)) {
		return GOPM__NO_INDEX;
	}
	gopm__walk_goroutine(&walk, &program->runtime, &g, true, NULL);
	for (bool more = walk.at_frame; more && frames < MOST_FRAMES; more = gopm__walk_next(&walk)) {
		frames++;
		for (uint32_t i = 0; walk.info != NULL && walk.info->known && i < walk.info->call_count; i++) {
			if (is_init(walk.info->calls[i].function)) {
				return member;
			}
		}
	}
	return GOPM__NO_INDEX;
}
