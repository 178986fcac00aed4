/* SPDX-License-Identifier: Apache-2.0 */
#include "dwarf/static_address.h"

#include "dwarf/dwarf.h"
#include "dwarf/expression.h"

uint64_t gopm__static_address(const struct gopm__die *die, uint64_t bias, const char **why)
{
	const struct gopm__expression_frame frame = {.bias = bias, .unit = &die->unit->list};
	struct gopm__location_description location;

	*why = NULL;
	if (die->location.class_ != GOPM__CLASS_BLOCK || die->location.size == 0) {
		*why = "optimized out: no location";
		return 0;
	}
	if (gopm__expression_run(die->location.data, die->location.size, &frame, &location, why) != GOPM_OK) {
		return 0;
	}
	if (location.count != 1 || location.pieces[0].kind != GOPM__PIECE_MEMORY || location.pieces[0].size != 0 ||
	    location.pieces[0].value == 0) {
		*why = "location is not in memory";
		return 0;
	}
	return location.pieces[0].value;
}
