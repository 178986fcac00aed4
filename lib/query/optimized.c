/* SPDX-License-Identifier: Apache-2.0 */
#include "query/optimized.h"

#include "dwarf/dwarf.h"

static bool is_optimized(struct gopm__program *program, uint64_t entry)
{
	struct gopm__dwarf *dwarf;
	bool optimized = false;

	gopm__program_lock(program);
	if (gopm__program_dwarf(program, &dwarf, NULL) == GOPM_OK) {
		const struct gopm__unit *unit = gopm__dwarf_unit_at(dwarf, entry - program->exe.bias);
		optimized = unit != NULL && unit->optimized;
	}
	gopm__program_unlock(program);
	return optimized;
}

void gopm__optimized_mark(struct gopm__optimized *optimized, struct gopm__program *program, gopm_location *location)
{
	bool fresh;
	uint64_t *known = location->entry != 0 ? gopm__map64_put(&optimized->functions, location->entry, &fresh) : NULL;

	if (known == NULL) {
		return;
	}
	if (fresh) {
		*known =
		    is_optimized(program, location->entry) ? 1 : 0; /* if memory ran out, the iterator clears them */
	}
	location->flags |= *known != 0 ? GOPM_LOCATION_OPTIMIZED : 0;
}

void gopm__optimized_clear(struct gopm__optimized *optimized)
{
	gopm__map64_free(&optimized->functions);
}
